import type { Clock } from "@baton/proto/clock";
import { type ServiceError, status } from "@grpc/grpc-js";
import type { AttemptKey } from "../attempts/assignment.ts";
import type { AttemptCalls, CallableMethod, WaitingCall } from "../attempts/attempt-calls.ts";
import type { HeldAttempt } from "../attempts/held-attempt.ts";
import { type CallError, type CoordinatorClient, readCallError } from "./coordinator-client.ts";

/** Methods that a task may call: the name on the wire and the client's method. */
const allowedMethods: ReadonlyMap<string, CallableMethod> = new Map([
  ["Trigger", "trigger"],
  ["TriggerMany", "triggerMany"],
  ["BatchTrigger", "batchTrigger"],
  ["GetRun", "getRun"],
  ["ListRuns", "listRuns"],
  ["CancelRun", "cancelRun"],
  ["ReplayRun", "replayRun"],
]);

type UnaryCall = (
  request: object,
  metadata: unknown,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, response: object | undefined) => void,
) => void;

const inFlightAtMost = 32;
const waitingAtMost = 1_000;
const callTimeoutMs = 30_000;

/** Passes the answer to a call to the attempt's thread. `body`: JSON of the response or of a {@link CallError}. */
export type AnswerCall = (attempt: HeldAttempt, callId: number, isError: boolean, body: string) => void;

/**
 * Makes the calls of tasks. Runs that a call triggers get the calling run as their parent, whatever the request
 * contains.
 */
export class ApiCalls {
  readonly #client: CoordinatorClient;
  readonly #clock: Clock;
  readonly #answer: AnswerCall;

  constructor(client: CoordinatorClient, clock: Clock, answer: AnswerCall) {
    this.#client = client;
    this.#clock = clock;
    this.#answer = answer;
  }

  /** Makes one call of an attempt. `body`: JSON of the request. */
  make(attempt: HeldAttempt, callId: number, methodName: string, body: string): void {
    const method = allowedMethods.get(methodName);
    if (method === undefined) {
      const message = `A task cannot call "${methodName}"; it may call ${[...allowedMethods.keys()].join(", ")}.`;
      this.#refuse(attempt, callId, { status: status.PERMISSION_DENIED, code: "METHOD_NOT_ALLOWED", message });
      return;
    }
    attempt.calls ??= { inFlight: 0, waiting: [] };
    const { calls } = attempt;
    if (calls.waiting.length >= waitingAtMost) {
      const message = `One attempt may have ${inFlightAtMost + waitingAtMost} calls open. Await some before making more.`;
      this.#refuse(attempt, callId, { status: status.RESOURCE_EXHAUSTED, code: "OVERLOADED", message });
      return;
    }
    const request = parseRequest(body);
    if (request === undefined) {
      const message = "The request is not an object; expected the request message of the method.";
      this.#refuse(attempt, callId, { status: status.INVALID_ARGUMENT, code: "OPTION_INVALID", message });
      return;
    }
    calls.waiting.push({ callId, method, request: speakFor(attempt.assignment, request) });
    this.#next(attempt, calls);
  }

  /** Drops waiting calls and answers of an attempt that ended. */
  ended(attempt: HeldAttempt): void {
    attempt.calls = undefined;
  }

  #next(attempt: HeldAttempt, calls: AttemptCalls): void {
    while (calls.inFlight < inFlightAtMost) {
      const call = calls.waiting.shift();
      if (call === undefined) return;
      calls.inFlight += 1;
      this.#send(attempt, calls, call);
    }
  }

  #send(attempt: HeldAttempt, calls: AttemptCalls, { callId, method, request }: WaitingCall): void {
    const done = (isError: boolean, result: object): void => {
      calls.inFlight -= 1;
      if (attempt.calls !== calls) return;
      this.#answer(attempt, callId, isError, JSON.stringify(result));
      this.#next(attempt, calls);
    };
    const call = this.#client.runs[method].bind(this.#client.runs) as unknown as UnaryCall;
    try {
      call(request, this.#client.metadata, { deadline: this.#clock.wallNow() + callTimeoutMs }, (error, response) => {
        if (error === null) done(false, response ?? {});
        else done(true, readCallError(error));
      });
    } catch (error) {
      done(true, {
        status: status.INVALID_ARGUMENT,
        code: "OPTION_INVALID",
        message: String((error as Error).message),
      });
    }
  }

  #refuse(attempt: HeldAttempt, callId: number, error: CallError): void {
    this.#answer(attempt, callId, true, JSON.stringify(error));
  }
}

/** Parses a request. Returns undefined when it is not an object; task code can send anything. */
function parseRequest(body: string): Record<string, unknown> | undefined {
  try {
    const request: unknown = JSON.parse(body);
    return typeof request === "object" && request !== null ? (request as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function speakFor(owner: AttemptKey, request: Record<string, unknown>): object {
  const parent = { parentRunId: owner.runId, parentAttemptId: owner.attemptId };
  const { item, items } = request;
  return {
    ...request,
    ...(item === null || typeof item !== "object" ? undefined : { item: { ...item, ...parent } }),
    ...(Array.isArray(items) ? { items: items.map((one: object) => ({ ...one, ...parent })) } : undefined),
  };
}
