import { setTimeout as sleep } from "node:timers/promises";
import { grpcStatus } from "@baton/proto/contract/error-codes";
import { CallFailure } from "../show/failure.ts";

/** How long the coordinator may be away while something is followed, in milliseconds; a restart takes a second or two. */
const limitMs = 60_000;
const reconnectMs = 500;

/** Waits for a coordinator that goes away in the middle of a stream. */
export class Outage {
  readonly #onBegin: () => void;
  #since: number | undefined;

  /** @param onBegin - told once for each time that the connection is lost */
  constructor(onBegin: () => void) {
    this.#onBegin = onBegin;
  }

  /** The stream broke. @throws the failure, when it is no outage or lasts too long */
  onFailure(error: unknown): void {
    const isOutage = error instanceof CallFailure && error.grpcStatus === grpcStatus.unavailable;
    if (!isOutage || (this.#since !== undefined && Date.now() - this.#since > limitMs)) throw error;
    if (this.#since === undefined) this.#onBegin();
  }

  /** Waits before the next try. @throws AbortError when the signal ends it */
  async pause(signal?: AbortSignal): Promise<void> {
    this.#since ??= Date.now();
    await sleep(reconnectMs, undefined, signal === undefined ? {} : { signal });
  }

  /** The coordinator answers. */
  end(): void {
    this.#since = undefined;
  }
}
