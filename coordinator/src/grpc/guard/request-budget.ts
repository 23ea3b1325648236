/** The most bytes of incomplete or unanswered requests of all clients. At the limit, streams are no longer read. */
export const maxHeldBytes = 128 * 1024 * 1024;
/** The same limit for a connection that is the only one. Several connections share the limit of all. */
export const maxHeldBytesPerConnection = 32 * 1024 * 1024;
/** The least share of a connection, in bytes, however many others there are. */
export const leastShareBytes = 256 * 1024;
/**
 * The most streams of one connection that wait to be read; further ones are refused. HTTP/2 lets a client send 64 KiB
 * ahead on each stream, which takes memory as well.
 */
export const maxWaitingStreams = 64;

/** A call whose request is arriving. */
export interface RequestReader {
  readonly share: RequestShare;
  /** Continues to read. */
  resume(): void;
}

/** The part of the budget that one connection uses. */
export interface RequestShare {
  heldBytes: number;
  /** Calls with an incomplete message, in the order in which the messages began. */
  readonly incomplete: Set<RequestReader>;
  /** Those of the incomplete calls that are paused. */
  readonly waiting: Set<RequestReader>;
}

/**
 * Limits the memory of requests. A connection that has used its share is paused. Only its oldest message is still read,
 * while there is room for all connections, so that every message is completed sooner or later.
 */
export class RequestBudget {
  #heldBytes = 0;
  readonly #holding = new Set<RequestShare>();
  readonly #waiting = new Set<RequestShare>();

  /** Counts bytes that arrived for a call. */
  add({ share }: RequestReader, bytes: number): void {
    share.heldBytes += bytes;
    this.#heldBytes += bytes;
    this.#holding.add(share);
  }

  /** Gives back bytes of a call, and resumes calls where that makes room. */
  remove({ share }: RequestReader, bytes: number): void {
    share.heldBytes -= bytes;
    this.#heldBytes -= bytes;
    if (share.heldBytes === 0) this.#holding.delete(share);
    for (const waiting of this.#waiting) this.#resume(waiting);
  }

  /** Returns whether more of this call's message may be read. */
  mayRead(reader: RequestReader): boolean {
    const { share } = reader;
    if (share.heldBytes < this.#shareBytes()) return true;
    const [oldest] = share.incomplete;
    return oldest === reader && this.#heldBytes < maxHeldBytes;
  }

  /** Registers a call to be resumed when it may be read. Returns false when too many of its connection wait already. */
  wait(reader: RequestReader): boolean {
    const { share } = reader;
    if (share.waiting.size >= maxWaitingStreams) return false;
    share.waiting.add(reader);
    this.#waiting.add(share);
    return true;
  }

  /** Removes a call that is over or whose message is complete. */
  stopWaiting(reader: RequestReader): void {
    const { share } = reader;
    share.incomplete.delete(reader);
    share.waiting.delete(reader);
    if (share.waiting.size === 0) this.#waiting.delete(share);
    else this.#resume(share);
  }

  #shareBytes(): number {
    const equal = maxHeldBytes / Math.max(1, this.#holding.size);
    return Math.max(leastShareBytes, Math.min(maxHeldBytesPerConnection, equal));
  }

  #resume(share: RequestShare): void {
    for (const reader of [...share.incomplete]) {
      if (!share.waiting.has(reader)) continue;
      if (!this.mayRead(reader)) break;
      share.waiting.delete(reader);
      reader.resume();
    }
    if (share.waiting.size === 0) this.#waiting.delete(share);
  }
}
