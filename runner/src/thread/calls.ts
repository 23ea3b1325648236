/** Sends one call towards the coordinator; its answer goes to {@link PendingCalls.answer}. */
export type SendCall = (callId: number, method: string, body: string) => void;

/** Limits the open calls of one attempt, so that a loop of unawaited calls fails here and not in the host. */
const openAtMost = 2_048;

interface PendingCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The unanswered calls of one thread. */
export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  #lastId = 0;

  /** Makes one call. Rejects with a plain object, as specified for `call` of the runtime. */
  make(method: string, request: object, send: SendCall): Promise<unknown> {
    if (this.#calls.size >= openAtMost) {
      const message = `One attempt may have ${openAtMost} calls open. Await some before making more.`;
      return Promise.reject({ status: 8, code: "OVERLOADED", message });
    }
    this.#lastId += 1;
    const callId = this.#lastId;
    return new Promise((resolve, reject) => {
      const body = JSON.stringify(request);
      this.#calls.set(callId, { resolve, reject });
      send(callId, method, body);
    });
  }

  /** Settles a call. Ignores an unknown id: its attempt has ended. */
  answer(callId: number, isError: boolean, body: string): void {
    const call = this.#calls.get(callId);
    if (call === undefined) return;
    this.#calls.delete(callId);
    const value: unknown = JSON.parse(body);
    if (isError) call.reject(value);
    else call.resolve(value);
  }

  /** Forgets every call, because their attempt ended. Their promises never settle. */
  forgetAll(): void {
    if (this.#calls.size > 0) this.#calls.clear();
  }
}
