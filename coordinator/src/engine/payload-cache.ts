import type { RunId } from "@baton/proto/contract/ids";

/** The most characters of payload that are kept for waiting runs. */
export const payloadCacheLength = 16 * 1024 * 1024;

/** A payload with its types. */
export type PayloadTexts = { readonly [Kind in "payload" | "payloadTypes"]?: string | undefined };

/** Keeps the payloads of runs in working memory until they are sent, so that most assignments cost no read. Bounded. */
export class PayloadCache {
  readonly #payloads = new Map<RunId, PayloadTexts>();
  #length = 0;

  /** Keeps a payload if there is room. Payloads that `isWanted` rejects are dropped to make room. */
  put(runId: RunId, texts: PayloadTexts, isWanted: (runId: RunId) => boolean): void {
    if (this.#payloads.has(runId)) return;
    const length = payloadLength(texts);
    if (this.#length + length > payloadCacheLength) {
      for (const key of this.#payloads.keys()) if (!isWanted(key)) this.take(key);
      if (this.#length + length > payloadCacheLength) return;
    }
    const { payload, payloadTypes } = texts;
    this.#payloads.set(runId, { payload, payloadTypes });
    this.#length += length;
  }

  /** Removes and returns a payload. */
  take(runId: RunId): PayloadTexts | undefined {
    const texts = this.#payloads.get(runId);
    if (texts === undefined) return undefined;
    this.#payloads.delete(runId);
    this.#length -= payloadLength(texts);
    return texts;
  }
}

/** Returns the number of characters of a payload and its types. */
export function payloadLength({ payload, payloadTypes }: PayloadTexts): number {
  return (payload?.length ?? 0) + (payloadTypes?.length ?? 0);
}
