/** The client methods that a task may call. */
export type CallableMethod =
  | "trigger"
  | "triggerMany"
  | "batchTrigger"
  | "getRun"
  | "listRuns"
  | "cancelRun"
  | "replayRun";

/** A call that has not been sent. */
export interface WaitingCall {
  readonly callId: number;
  readonly method: CallableMethod;
  readonly request: object;
}

/** The unanswered calls of one attempt. */
export interface AttemptCalls {
  inFlight: number;
  readonly waiting: WaitingCall[];
}
