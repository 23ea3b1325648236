import { cutText } from "@baton/sdk/lifecycle";
import type { LogBatchState, LogLine } from "./thread-protocol.ts";

/** Half of what an attempt may store: 1 MiB and 10,000 lines together. */
const halfBytes = 512 * 1024;
const halfLines = 5_000;
const longestLineBytes = 64 * 1024;
/** A batch is sent at the end of the event-loop turn, or before it when it is as large or as old as this. */
const batchBytes = 64 * 1024;
const batchAgeMs = 100;

/**
 * The lines of one attempt. The first half of the limit is sent as it comes; of what follows the last half is kept and
 * sent at the end, after a line that says how many were left out.
 */
export class LogBuffer {
  readonly #send: (lines: readonly LogLine[], state: LogBatchState) => void;
  #batch: LogLine[] = [];
  #batchBytes = 0;
  #batchBegan = 0;
  #sentBytes = 0;
  #sentLines = 0;
  #isCut = false;
  #ring: LogLine[] = [];
  #ringStart = 0;
  #ringBytes = 0;
  #leftOut = 0;
  #isEnded = false;
  #isFlushPlanned = false;

  constructor(send: (lines: readonly LogLine[], state: LogBatchState) => void) {
    this.#send = send;
  }

  /** Takes one line; after {@link end} none. */
  add(line: LogLine): void {
    if (this.#isEnded) return;
    const cut = { ...line, message: cutText(line.message, longestLineBytes) };
    const bytes = bytesOf(cut);
    if (this.#isCut || this.#sentLines >= halfLines || this.#sentBytes + bytes > halfBytes) this.#keep(cut, bytes);
    else this.#enqueue(cut, bytes);
  }

  /** Sends what waits for the end of the turn. */
  flush(): void {
    if (this.#batch.length === 0) return;
    this.#send(this.#batch, "open");
    this.#batch = [];
    this.#batchBytes = 0;
  }

  /** The attempt ended: sends everything that is kept. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const kept = this.#ring.slice(this.#ringStart);
    const marker: LogLine[] =
      this.#leftOut === 0
        ? []
        : [
            {
              time: kept[0]?.time ?? Date.now(),
              level: "warn",
              message: `… ${this.#leftOut} lines were left out here …`,
            },
          ];
    const lines = [...this.#batch, ...marker, ...kept];
    if (lines.length > 0 || this.#sentLines > 0) this.#send(lines, "last");
    this.#batch = [];
    this.#ring = [];
  }

  #enqueue(line: LogLine, bytes: number): void {
    if (this.#batch.length === 0) this.#batchBegan = line.time;
    this.#batch.push(line);
    this.#batchBytes += bytes;
    this.#sentBytes += bytes;
    this.#sentLines += 1;
    if (this.#batchBytes >= batchBytes || line.time - this.#batchBegan >= batchAgeMs) {
      this.flush();
    } else if (!this.#isFlushPlanned) {
      this.#isFlushPlanned = true;
      setImmediate(() => {
        this.#isFlushPlanned = false;
        this.flush();
      });
    }
  }

  #keep(line: LogLine, bytes: number): void {
    if (!this.#isCut) {
      this.#isCut = true;
      this.#send(this.#batch, "cut");
      this.#batch = [];
      this.#batchBytes = 0;
    }
    this.#ring.push(line);
    this.#ringBytes += bytes;
    while (this.#ringBytes > halfBytes || this.#ring.length - this.#ringStart > halfLines) {
      const oldest = this.#ring[this.#ringStart] as LogLine;
      this.#ringStart += 1;
      this.#ringBytes -= bytesOf(oldest);
      this.#leftOut += 1;
    }
    if (this.#ringStart > halfLines) {
      this.#ring = this.#ring.slice(this.#ringStart);
      this.#ringStart = 0;
    }
  }
}

function bytesOf(line: LogLine): number {
  return Buffer.byteLength(line.message) + (line.properties === undefined ? 0 : Buffer.byteLength(line.properties));
}
