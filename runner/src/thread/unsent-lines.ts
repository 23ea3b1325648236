/** Bytes of JSON text that a thread may hold back; what does not fit is sent instead. */
const capacityBytes = 64 * 1024;
/** Three counters of 32 bits: batches sent, bytes of whole lines, bytes of unfinished lines after them. */
const headerBytes = 12;
const sentAt = 0;
const wholeAt = 1;
const unfinishedAt = 2;

/** Makes the memory in which a thread keeps the lines that it has not sent, for its host to read. */
export function makeUnsentMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(headerBytes + capacityBytes);
}

/**
 * The thread's side: lines that wait for the end of the event-loop turn are written here too, because a thread that blocks,
 * or is ended, sends nothing more. Each line is JSON text; a comma stands between two.
 */
export class UnsentLines {
  readonly #counters: Int32Array;
  readonly #text: Buffer;
  #wholeBytes = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 3);
    this.#text = Buffer.from(memory, headerBytes);
  }

  /** Keeps one more line; false when it does not fit. */
  add(line: string): boolean {
    const bytes = this.#write(line);
    if (bytes === undefined) return false;
    this.#wholeBytes += bytes;
    Atomics.store(this.#counters, unfinishedAt, 0);
    Atomics.store(this.#counters, wholeAt, this.#wholeBytes);
    return true;
  }

  /** Keeps lines that have not ended, JSON texts with commas between, instead of those kept before. */
  keepUnfinished(lines: string): void {
    Atomics.store(this.#counters, unfinishedAt, lines === "" ? 0 : (this.#write(lines) ?? 0));
  }

  /** The lines were posted as one batch. */
  sent(): void {
    this.#wholeBytes = 0;
    // In this order: a thread that is ended between two of these statements has nothing left here that it posted.
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

/** The host's side. Reads while the thread writes, and takes only what it finds unchanged afterwards. */
export class UnsentLinesReader {
  readonly #counters: Int32Array;
  readonly #text: Buffer;
  #received = 0;
  /** The lines of the batch that the thread collects which were taken already. */
  #taken = "";

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 3);
    this.#text = Buffer.from(memory, headerBytes);
  }

  /** A batch came, JSON text of an array. Returns it without the lines that were taken before. */
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
   * Takes the lines that the thread holds back, as JSON text of an array; undefined when there are none, or while a batch
   * is under way.
   * @param withUnfinished - the thread is gone, so that lines without an end will get none
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
