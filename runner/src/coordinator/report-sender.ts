import type { Ledger } from "../attempts/ledger.ts";
import type { Prefetch } from "../attempts/prefetch.ts";
import type { AttemptOutcome } from "../outcome.ts";
import type { Connection } from "./runner-stream.ts";
import { type RunnerAssignment, reportToWire } from "./wire.ts";

/** Text of outcomes in one report; a larger outcome travels alone. */
const reportCharacters = 1024 * 1024;

/** Tells the coordinator what the ledger owes it: everything that happened in one event-loop turn is one report. */
export class ReportSender {
  readonly #ledger: Ledger<RunnerAssignment, AttemptOutcome>;
  readonly #connection: Connection;
  readonly #prefetch: Prefetch;
  readonly #onSent: () => void;
  #isPlanned = false;
  #isDraining = false;
  #lastSentAt = 0;
  #heartbeatTimer: NodeJS.Timeout | undefined;

  constructor(
    ledger: Ledger<RunnerAssignment, AttemptOutcome>,
    connection: Connection,
    prefetch: Prefetch,
    onSent: () => void,
  ) {
    this.#ledger = ledger;
    this.#connection = connection;
    this.#prefetch = prefetch;
    this.#onSent = onSent;
  }

  /** Sends a report at the end of this turn, if there is news then. */
  plan(): void {
    if (this.#isPlanned || !this.#connection.isUp) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      if (this.#ledger.hasNews) this.#send();
    });
  }

  /** A stream is open: sends what is owed, and from now on a report at least this often. */
  streamOpened(heartbeatIntervalMs: number): void {
    const halfMs = heartbeatIntervalMs / 2;
    this.streamClosed();
    this.#heartbeatTimer = setInterval(() => {
      if (performance.now() - this.#lastSentAt >= halfMs) this.#send();
    }, halfMs);
    this.#send();
  }

  /** No stream, no heartbeat. */
  streamClosed(): void {
    clearInterval(this.#heartbeatTimer);
  }

  /** Asks for no assignment ahead any more. */
  startDraining(): void {
    this.#isDraining = true;
  }

  #send(): void {
    if (!this.#connection.isUp) return;
    const prefetch = this.#isDraining ? 0 : this.#prefetch.wanted();
    const report = this.#ledger.takeReport();
    const [first = [], ...others] = split(report.outcomes);
    this.#connection.send(reportToWire({ ...report, outcomes: first }, prefetch));
    for (const outcomes of others) {
      const { receivedSequence } = report;
      const next = { receivedSequence, started: [], outcomes, handedBack: [], goneAttemptIds: [] };
      this.#connection.send(reportToWire(next, prefetch));
    }
    this.#lastSentAt = performance.now();
    this.#onSent();
  }
}

function split(outcomes: readonly AttemptOutcome[]): readonly (readonly AttemptOutcome[])[] {
  const parts: AttemptOutcome[][] = [];
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

/** Characters of an output with its types, or of an error. */
function sizeOf({ end }: AttemptOutcome): number {
  if (end.type === "succeeded") return (end.output?.length ?? 0) + (end.outputTypes?.length ?? 0);
  return end.type === "failed" ? JSON.stringify(end.error).length : 0;
}
