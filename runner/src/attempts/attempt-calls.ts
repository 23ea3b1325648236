/** The calls that a task may make, by the name of the client's method. */
export type CallableMethod =
  | "trigger"
  | "triggerMany"
  | "batchTrigger"
  | "getRun"
  | "listRuns"
  | "cancelRun"
  | "replayRun";

/** A call that is not sent yet. */
export interface WaitingCall {
  readonly callId: number;
  readonly method: CallableMethod;
  readonly request: object;
}

/** Calls of one attempt that the coordinator has not answered. */
export interface AttemptCalls {
  inFlight: number;
  readonly waiting: WaitingCall[];
}
