import type { RunId } from "./core/run.ts";

/** Characters of payload kept for runs that are about to be assigned. */
export const payloadCacheLength = 16 * 1024 * 1024;

/** Payloads of runs in working memory that have not been sent yet, so that most assignments cost no read. Bounded. */
export class PayloadCache {
  readonly #payloads = new Map<RunId, string>();
  #length = 0;

  /** Keeps a payload if there is room. `isWanted` says which of the kept ones still are, when there is none. */
  put(runId: RunId, payload: string, isWanted: (runId: RunId) => boolean): void {
    if (this.#payloads.has(runId)) return;
    if (this.#length + payload.length > payloadCacheLength) {
      for (const key of this.#payloads.keys()) if (!isWanted(key)) this.take(key);
      if (this.#length + payload.length > payloadCacheLength) return;
    }
    this.#payloads.set(runId, payload);
    this.#length += payload.length;
  }

  /** Gives a payload out and forgets it. */
  take(runId: RunId): string | undefined {
    const payload = this.#payloads.get(runId);
    if (payload === undefined) return undefined;
    this.#payloads.delete(runId);
    this.#length -= payload.length;
    return payload;
  }
}
