/** Limits the JSON text of unsent lines in a thread; lines that do not fit are sent at once. */
const capacityBytes = 64 * 1024;
/** Three 32-bit counters: batches sent, bytes of whole lines, bytes of unfinished lines after them. */
const headerBytes = 12;
const sentAt = 0;
const wholeAt = 1;
const unfinishedAt = 2;

/** Creates the memory in which a thread keeps its unsent lines; its host reads it. */
export function makeUnsentMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(headerBytes + capacityBytes);
}

/**
 * The thread's side. Lines that wait for the end of the event-loop turn are also written here, because a thread that
 * blocks or is terminated cannot send them. Lines are JSON texts, separated by commas.
 */
export class UnsentLines {
  readonly #counters: Int32Array;
  readonly #text: Buffer;
  #wholeBytes = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 3);
    this.#text = Buffer.from(memory, headerBytes);
  }

  /** Adds one line. Returns false when it does not fit. */
  add(line: string): boolean {
    const bytes = this.#write(line);
    if (bytes === undefined) return false;
    this.#wholeBytes += bytes;
    Atomics.store(this.#counters, unfinishedAt, 0);
    Atomics.store(this.#counters, wholeAt, this.#wholeBytes);
    return true;
  }

  /** Replaces the unfinished lines. `lines` are JSON texts, separated by commas. */
  keepUnfinished(lines: string): void {
    Atomics.store(this.#counters, unfinishedAt, lines === "" ? 0 : (this.#write(lines) ?? 0));
  }

  /** Removes all lines, because they were posted as one batch. */
  sent(): void {
    this.#wholeBytes = 0;
    // In this order: a thread that is terminated between two of these statements leaves no line here that it posted.
    Atomics.store(this.#counters, unfinishedAt, 0);
    Atomics.store(this.#counters, wholeAt, 0);
    Atomics.add(this.#counters, sentAt, 1);
  }

  #write(lines: string): number | undefined {
    const separated = this.#wholeBytes === 0 ? lines : `,${lines}`;
    const room = capacityBytes - this.#wholeBytes;
    if (separated.length * 3 > room && Buffer.byteLength(separated) > room) return undefined;
    return this.#text.write(separated, this.#wholeBytes);
  }
}

/** The host's side. Reads while the thread writes, and uses text only when the counters did not change meanwhile. */
export class UnsentLinesReader {
  readonly #counters: Int32Array;
  readonly #text: Buffer;
  #received = 0;
  /** Lines of the thread's current batch that were taken already. */
  #taken = "";

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 3);
    this.#text = Buffer.from(memory, headerBytes);
  }

  /** Notes a received batch, JSON text of an array. Returns it without the lines that were taken already. */
  received(batch: string): string {
    this.#received += 1;
    const taken = this.#taken;
    if (taken === "") return batch;
    this.#taken = "";
    if (!batch.startsWith(taken, 1)) return batch;
    const rest = batch.slice(1 + taken.length);
    return `[${rest.startsWith(",") ? rest.slice(1) : rest}`;
  }

  /**
   * Takes the unsent lines, as JSON text of an array. Returns undefined when there are none, or while a sent batch has
   * not arrived.
   * @param withUnfinished - whether to include unfinished lines, because the thread is gone
   */
  take(withUnfinished: boolean): string | undefined {
    const bytes = Atomics.load(this.#counters, wholeAt);
    const unfinished = withUnfinished ? Atomics.load(this.#counters, unfinishedAt) : 0;
    if (bytes + unfinished <= 0 || bytes + unfinished > capacityBytes) return undefined;
    const text = this.#text.toString("utf8", 0, bytes + unfinished);
    const isUnchanged = Atomics.load(this.#counters, wholeAt) >= bytes;
    if (!isUnchanged || Atomics.load(this.#counters, sentAt) !== this.#received) return undefined;
    const taken = this.#taken;
    if (text.length <= taken.length || !text.startsWith(taken)) return undefined;
    this.#taken = text;
    const rest = text.slice(taken.length);
    return `[${taken === "" ? rest : rest.slice(1)}]`;
  }
}
