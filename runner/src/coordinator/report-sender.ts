import { type Clock, repeat } from "@baton/proto/clock";
import type { AttemptBook } from "../attempts/book.ts";
import type { Prefetch } from "../attempts/prefetch.ts";
import type { OwedOutcome } from "../outcome.ts";
import type { RunnerStream } from "./runner-stream.ts";
import { reportToWire } from "./wire.ts";

/** Limits the text of outcomes in one report; a larger outcome is sent alone. */
const reportCharacters = 1024 * 1024;

/** Sends the book's reports to the coordinator: one report for everything that happened in one event-loop turn. */
export class ReportSender {
  readonly #clock: Clock;
  readonly #book: AttemptBook;
  readonly #stream: RunnerStream;
  readonly #prefetch: Prefetch;
  readonly #onSent: () => void;
  #isPlanned = false;
  #isDraining = false;
  #lastSentAt = 0;
  #cancelHeartbeat: () => void = () => undefined;

  constructor(clock: Clock, book: AttemptBook, stream: RunnerStream, prefetch: Prefetch, onSent: () => void) {
    this.#clock = clock;
    this.#book = book;
    this.#stream = stream;
    this.#prefetch = prefetch;
    this.#onSent = onSent;
  }

  /** Plans a report for the end of this turn, which is sent if there is news. */
  plan(): void {
    if (this.#isPlanned || !this.#stream.isUp) return;
    this.#isPlanned = true;
    this.#clock.soon(() => {
      this.#isPlanned = false;
      if (this.#book.hasNews) this.#send();
    });
  }

  /** Sends a report on a new stream, and from then on at least one per heartbeat interval. */
  streamOpened(heartbeatIntervalMs: number): void {
    const halfMs = heartbeatIntervalMs / 2;
    this.streamClosed();
    this.#cancelHeartbeat = repeat(this.#clock, halfMs, () => {
      if (this.#clock.monotonicNow() - this.#lastSentAt >= halfMs) this.#send();
    });
    this.#send();
  }

  /** Stops heartbeats, because the stream is gone. */
  streamClosed(): void {
    this.#cancelHeartbeat();
  }

  /** Sets the prefetch to 0 from now on. */
  startDraining(): void {
    this.#isDraining = true;
  }

  #send(): void {
    if (!this.#stream.isUp) return;
    const prefetch = this.#isDraining ? 0 : this.#prefetch.wanted();
    const report = this.#book.takeReport();
    const [first = [], ...others] = split(report.outcomes);
    this.#stream.send(reportToWire({ ...report, outcomes: first }, prefetch));
    for (const outcomes of others) {
      const { receivedSequence } = report;
      const next = { receivedSequence, started: [], outcomes, handedBack: [], goneAttemptIds: [] };
      this.#stream.send(reportToWire(next, prefetch));
    }
    this.#lastSentAt = this.#clock.monotonicNow();
    this.#onSent();
  }
}

function split(outcomes: readonly OwedOutcome[]): readonly (readonly OwedOutcome[])[] {
  const parts: OwedOutcome[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const outcome of outcomes) {
    const size = sizeOf(outcome);
    if (characters + size > reportCharacters) {
      parts.push([]);
      characters = 0;
    }
    parts.at(-1)?.push(outcome);
    characters += size;
  }
  return parts;
}

/** Returns the characters of an output with its types, or of an error. */
function sizeOf({ end }: OwedOutcome): number {
  if (end.type === "succeeded") return (end.output?.length ?? 0) + (end.outputTypes?.length ?? 0);
  return end.type === "failed" ? JSON.stringify(end.error).length : 0;
}
