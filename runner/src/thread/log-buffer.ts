import { cutText } from "@baton/sdk/lifecycle";
import type { LogBatchState, LogLine } from "./thread-protocol.ts";
import type { UnsentLines } from "./unsent-lines.ts";

/** Half of an attempt's log limits, which are 1 MiB and 10,000 lines. */
const halfBytes = 512 * 1024;
const halfLines = 5_000;
const longestLineBytes = 64 * 1024;
/** A batch is sent at the end of the event-loop turn, or earlier when it reaches this size. */
const batchBytes = 64 * 1024;
/**
 * A line this many milliseconds after the last batch is sent at once, because the process may abort in the same turn.
 */
const quietMs = 10;

// Task code may replace them.
const { stringify } = JSON;
const planTurnEnd = setImmediate;

/** Sends a batch: JSON texts of lines. */
export type SendLines = (lines: readonly string[], state: LogBatchState) => void;

/**
 * Limits and sends the lines of one attempt. Lines up to half the limit are sent as they come. Of the later ones the
 * newest are kept, up to the other half, and sent at the end, after a line with the number of those left out. Lines
 * that wait for the end of the turn are in memory that the host reads when the thread ends before.
 */
export class LogBuffer {
  readonly #send: SendLines;
  readonly #unsent: UnsentLines;
  #batch: string[] = [];
  /** JSON texts of unfinished lines, which follow all other unsent lines. */
  #unfinished = "";
  #batchBytes = 0;
  /** Time of the last batch, at first of the attempt's start. Milliseconds since the epoch. */
  #sentAt: number;
  #sentBytes = 0;
  #sentLines = 0;
  #isCut = false;
  #ring: LogLine[] = [];
  #ringStart = 0;
  #ringBytes = 0;
  #leftOut = 0;
  #isEnded = false;
  #isFlushPlanned = false;

  /** @param startedAt - when the attempt began, in milliseconds since the epoch */
  constructor(startedAt: number, unsent: UnsentLines, send: SendLines) {
    this.#sentAt = startedAt;
    this.#unsent = unsent;
    this.#send = send;
  }

  /** Adds one line. Does nothing after {@link end}. */
  add(line: LogLine): void {
    if (this.#isEnded) return;
    const cut = cutLine(line);
    const bytes = bytesOf(cut);
    if (this.#isCut || this.#sentLines >= halfLines || this.#sentBytes + bytes > halfBytes) this.#keep(cut, bytes);
    else this.#enqueue(cut, bytes);
  }

  /** Puts unfinished lines where the host finds them. The caller adds them when they end. */
  keepUnfinished(lines: readonly LogLine[]): void {
    if (this.#isEnded || this.#isCut) return;
    this.#unfinished = lines.map(cutLine).map(toText).join(",");
    this.#unsent.keepUnfinished(this.#unfinished);
  }

  /** Sends the lines that wait for the end of the turn. */
  flush(): void {
    if (this.#batch.length > 0) this.#sendBatch(this.#batch, "open");
  }

  /** Sends everything that is kept, because the attempt ended. */
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
    const lines = [...this.#batch, ...[...marker, ...kept].map(toText)];
    // An attempt that kept no line back needs no last batch: its end shows that no more lines follow.
    if (lines.length > 0 || this.#isCut) this.#sendBatch(lines, "last");
    this.#ring = [];
  }

  #sendBatch(lines: readonly string[], state: LogBatchState): void {
    this.#send(lines, state);
    this.#unsent.sent();
    if (this.#unfinished !== "" && state === "open") this.#unsent.keepUnfinished(this.#unfinished);
    this.#batch = [];
    this.#batchBytes = 0;
  }

  #enqueue(line: LogLine, bytes: number): void {
    const text = toText(line);
    this.#batch.push(text);
    this.#batchBytes += bytes;
    this.#sentBytes += bytes;
    this.#sentLines += 1;
    if (this.#batchBytes >= batchBytes || Math.abs(line.time - this.#sentAt) >= quietMs || !this.#unsent.add(text)) {
      this.#sentAt = line.time;
      this.flush();
      return;
    }
    if (this.#unfinished !== "") this.#unsent.keepUnfinished(this.#unfinished);
    if (!this.#isFlushPlanned) {
      this.#isFlushPlanned = true;
      planTurnEnd(() => {
        this.#isFlushPlanned = false;
        this.flush();
      });
    }
  }

  #keep(line: LogLine, bytes: number): void {
    if (!this.#isCut) {
      this.#isCut = true;
      this.#sendBatch(this.#batch, "cut");
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

function cutLine(line: LogLine): LogLine {
  const message = cutText(line.message, longestLineBytes);
  return message === line.message ? line : { ...line, message };
}

/**
 * Returns the JSON text of a line. Joining the members takes a quarter of the time of `JSON.stringify` of the object.
 */
function toText({ level, message, properties, time }: LogLine): string {
  const end = properties === undefined ? "" : `,"properties":${stringify(properties)}`;
  return `{"time":${time},"level":"${level}","message":${stringify(message)}${end}}`;
}

function bytesOf(line: LogLine): number {
  return Buffer.byteLength(line.message) + (line.properties === undefined ? 0 : Buffer.byteLength(line.properties));
}
