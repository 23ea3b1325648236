import type { AttemptRuntime } from "../attempt/runtime.ts";
import { apiErrorFrom, type CallFailure } from "./errors.ts";
import type { RunCalls, RunMethod, Transport } from "./transport.ts";

/** Makes the calls of a task. The runner sends them, on behalf of this attempt's run only. */
export class RuntimeTransport implements Transport {
  readonly #attempt: AttemptRuntime;

  constructor(attempt: AttemptRuntime) {
    this.#attempt = attempt;
  }

  async call<M extends RunMethod>(method: M, request: RunCalls[M]["request"]): Promise<RunCalls[M]["response"]> {
    try {
      return (await this.#attempt.call(method, request)) as RunCalls[M]["response"];
    } catch (error) {
      throw isCallFailure(error) ? apiErrorFrom(error) : error;
    }
  }
}

function isCallFailure(error: unknown): error is CallFailure {
  return (
    typeof error === "object" &&
    error !== null &&
    typeof (error as CallFailure).status === "number" &&
    typeof (error as CallFailure).message === "string"
  );
}
