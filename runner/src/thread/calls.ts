/** Sends one call towards the coordinator; its answer comes to {@link PendingCalls.answer}. */
export type SendCall = (callId: number, method: string, body: string) => void;

/** What one attempt may have open; a loop that makes calls and awaits none ends here, and not in the host. */
const openAtMost = 2_048;

interface PendingCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls of one thread that are not answered. */
export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  #lastId = 0;

  /** Makes one call. Rejects with the plain object that the runtime's `call` promises. */
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

  /** Settles a call; an unknown one belonged to an attempt that ended. */
  answer(callId: number, isError: boolean, body: string): void {
    const call = this.#calls.get(callId);
    if (call === undefined) return;
    this.#calls.delete(callId);
    const value: unknown = JSON.parse(body);
    if (isError) call.reject(value);
    else call.resolve(value);
  }

  /** Forgets every call: their attempt ended. Their promises never settle. */
  forgetAll(): void {
    if (this.#calls.size > 0) this.#calls.clear();
  }
}
