/** Bytes of incomplete or unanswered requests of all clients. At the limit streams are no longer read. */
export const maxHeldBytes = 128 * 1024 * 1024;
/** The same for a connection that is alone. Several connections share the limit of all. */
export const maxHeldBytesPerConnection = 32 * 1024 * 1024;
/** The share of a connection however many others there are, in bytes. */
export const leastShareBytes = 256 * 1024;
/**
 * Streams of one connection that may wait to be read; more are refused. HTTP/2 lets a client send 64 KiB ahead on each, which
 * is held as well.
 */
export const maxWaitingStreams = 64;

/** A call whose request is being received. */
export interface RequestReader {
  readonly share: RequestShare;
  /** Reads on. */
  resume(): void;
}

/** The part of the budget that one connection has taken. */
export interface RequestShare {
  heldBytes: number;
  /** Calls whose message is not complete, in the order in which they began. */
  readonly incomplete: Set<RequestReader>;
  /** Those of them that are paused. */
  readonly waiting: Set<RequestReader>;
}

/**
 * Limits the memory that requests take. A connection that has used its share is paused. Only its oldest message is read on
 * while there is room for all connections, so that a message always comes to its end.
 */
export class RequestBudget {
  #heldBytes = 0;
  readonly #holding = new Set<RequestShare>();
  readonly #waiting = new Set<RequestShare>();

  /** Counts bytes that came for a call. */
  add({ share }: RequestReader, bytes: number): void {
    share.heldBytes += bytes;
    this.#heldBytes += bytes;
    this.#holding.add(share);
  }

  /** Gives back bytes of a call, and reads on where that makes room. */
  remove({ share }: RequestReader, bytes: number): void {
    share.heldBytes -= bytes;
    this.#heldBytes -= bytes;
    if (share.heldBytes === 0) this.#holding.delete(share);
    for (const waiting of this.#waiting) this.#resume(waiting);
  }

  /** Whether more of this call's message may be read. */
  mayRead(reader: RequestReader): boolean {
    const { share } = reader;
    if (share.heldBytes < this.#shareBytes()) return true;
    const [oldest] = share.incomplete;
    return oldest === reader && this.#heldBytes < maxHeldBytes;
  }

  /** Resumes the call when it may be read. Returns whether it may wait: false when too many of its connection do. */
  wait(reader: RequestReader): boolean {
    const { share } = reader;
    if (share.waiting.size >= maxWaitingStreams) return false;
    share.waiting.add(reader);
    this.#waiting.add(share);
    return true;
  }

  /** Forgets a call whose message is complete, or which is over. */
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
