import { type ServiceError, status } from "@grpc/grpc-js";
import type { AttemptKey } from "../attempts/ledger.ts";
import { type CallError, type CoordinatorClient, readCallError } from "./coordinator-client.ts";

/** What a task may call; the name on the wire and the name of the client's method. */
const allowedMethods: ReadonlyMap<string, CallableMethod> = new Map([
  ["Trigger", "trigger"],
  ["TriggerMany", "triggerMany"],
  ["BatchTrigger", "batchTrigger"],
  ["GetRun", "getRun"],
  ["ListRuns", "listRuns"],
  ["CancelRun", "cancelRun"],
  ["ReplayRun", "replayRun"],
]);

type CallableMethod = "trigger" | "triggerMany" | "batchTrigger" | "getRun" | "listRuns" | "cancelRun" | "replayRun";

type UnaryCall = (
  request: object,
  metadata: unknown,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, response: object | undefined) => void,
) => void;

const inFlightAtMost = 32;
const waitingAtMost = 1_000;
const callTimeoutMs = 30_000;

/** Tells the thread how its call ended; `body` is JSON of the response or of a {@link CallError}. */
export type AnswerCall = (attemptId: string, callId: number, isError: boolean, body: string) => void;

interface WaitingCall {
  readonly callId: number;
  readonly method: CallableMethod;
  readonly request: object;
}

interface AttemptCalls {
  readonly owner: AttemptKey;
  inFlight: number;
  readonly waiting: WaitingCall[];
}

/**
 * Makes the calls that come from inside tasks. A call speaks for the run that makes it: the runs that it triggers get
 * that run as their parent, whatever the request said.
 */
export class ApiCalls {
  readonly #client: CoordinatorClient;
  readonly #answer: AnswerCall;
  readonly #attempts = new Map<string, AttemptCalls>();

  constructor(client: CoordinatorClient, answer: AnswerCall) {
    this.#client = client;
    this.#answer = answer;
  }

  /** Takes one call of an attempt; `body` is JSON of the request. */
  make(owner: AttemptKey, callId: number, methodName: string, body: string): void {
    const method = allowedMethods.get(methodName);
    if (method === undefined) {
      const message = `A task cannot call "${methodName}"; it may call ${[...allowedMethods.keys()].join(", ")}.`;
      this.#refuse(owner.attemptId, callId, { status: status.PERMISSION_DENIED, code: "METHOD_NOT_ALLOWED", message });
      return;
    }
    const calls = this.#attempts.get(owner.attemptId) ?? { owner, inFlight: 0, waiting: [] };
    this.#attempts.set(owner.attemptId, calls);
    if (calls.waiting.length >= waitingAtMost) {
      const message = `One attempt may have ${inFlightAtMost + waitingAtMost} calls open. Await some before making more.`;
      this.#refuse(owner.attemptId, callId, { status: status.RESOURCE_EXHAUSTED, code: "OVERLOADED", message });
      return;
    }
    const request = parseRequest(body);
    if (request === undefined) {
      const message = "The request is no object; expected the request message of the method.";
      this.#refuse(owner.attemptId, callId, { status: status.INVALID_ARGUMENT, code: "OPTION_INVALID", message });
      return;
    }
    calls.waiting.push({ callId, method, request: speakFor(owner, request) });
    this.#next(calls);
  }

  /** The attempt ended: calls that wait are not made, and nobody is answered. */
  ended(attemptId: string): void {
    const calls = this.#attempts.get(attemptId);
    if (calls === undefined) return;
    calls.waiting.length = 0;
    this.#attempts.delete(attemptId);
  }

  #next(calls: AttemptCalls): void {
    while (calls.inFlight < inFlightAtMost) {
      const call = calls.waiting.shift();
      if (call === undefined) return;
      calls.inFlight += 1;
      this.#send(calls, call);
    }
  }

  #send(calls: AttemptCalls, { callId, method, request }: WaitingCall): void {
    const { attemptId } = calls.owner;
    const done = (isError: boolean, result: object): void => {
      calls.inFlight -= 1;
      if (this.#attempts.get(attemptId) !== calls) return;
      this.#answer(attemptId, callId, isError, JSON.stringify(result));
      this.#next(calls);
    };
    const call = this.#client.runs[method].bind(this.#client.runs) as unknown as UnaryCall;
    try {
      call(request, this.#client.metadata, { deadline: Date.now() + callTimeoutMs }, (error, response) => {
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

  #refuse(attemptId: string, callId: number, error: CallError): void {
    this.#answer(attemptId, callId, true, JSON.stringify(error));
  }
}

/** The request as an object; undefined when it is none. Task code made it, so it may be anything. */
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
