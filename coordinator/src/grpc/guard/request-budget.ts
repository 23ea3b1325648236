/** Bytes of requests that are incomplete or not answered, for all clients, before streams are no longer read. */
export const maxHeldBytes = 128 * 1024 * 1024;
/** The same for one connection, when it is alone; with others it has its share of what all may have. */
export const maxHeldBytesPerConnection = 32 * 1024 * 1024;
/** The share that a connection has however many there are, in bytes. */
export const leastShareBytes = 256 * 1024;
/**
 * Streams of one connection that may wait to be read; more are refused. HTTP/2 lets a client send 64 KiB ahead on each, which
 * is held as well.
 */
export const maxWaitingStreams = 64;

/** One call whose request comes in. */
export interface RequestReader {
  readonly share: RequestShare;
  /** Reads on. */
  resume(): void;
}

/** What one connection has of the budget. */
export interface RequestShare {
  heldBytes: number;
  /** Calls whose message is not complete, in the order in which they began. */
  readonly incomplete: Set<RequestReader>;
  /** Those of them that are not read at the moment. */
  readonly waiting: Set<RequestReader>;
}

/**
 * Bounds what clients make the server hold of requests. A connection that has its share is not read on, but for its oldest
 * message as long as there is room for all, so that something always ends.
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

  /** May more of this call's message be read? */
  mayRead(reader: RequestReader): boolean {
    const { share } = reader;
    if (share.heldBytes < this.#shareBytes()) return true;
    const [oldest] = share.incomplete;
    return oldest === reader && this.#heldBytes < maxHeldBytes;
  }

  /** Resumes the call when it may be read. Returns whether it can wait: false when too many of its connection do. */
  wait(reader: RequestReader): boolean {
    const { share } = reader;
    if (share.waiting.size >= maxWaitingStreams) return false;
    share.waiting.add(reader);
    this.#waiting.add(share);
    return true;
  }

  /** The call's message is complete, or the call is over. */
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
