import { type LogEntry, type RunLogs, timestampToWire } from "@baton/proto";
import type { Clock } from "@baton/proto/clock";
import { logLevelToWire } from "@baton/proto/contract/log-level";
import type { Logger } from "pino";
import type { AttemptKey } from "../attempts/assignment.ts";
import type { AttemptLog } from "../attempts/attempt-log.ts";
import type { HeldAttempt } from "../attempts/held-attempt.ts";
import { readLogLines } from "../hosts/host-message.ts";
import type { LogBatchState, LogLine } from "../thread/thread-protocol.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";

/** The attempt that lines belong to. */
export interface LogOwner extends AttemptKey {
  readonly attemptNumber: number;
}

const batchBytes = 512 * 1024;
/**
 * Limits the JSON text of lines that wait while the coordinator does not accept them; further lines are dropped, with a
 * warning.
 */
const bufferBytes = 64 * 1024 * 1024;
/**
 * Limits the JSON text of one attempt. A thread cuts lines at 1 MiB, which escapes can make six times longer; only task
 * code sends more.
 */
const attemptBytes = 12 * 1024 * 1024;
/** Counted for each batch in addition to its text. */
const pieceBytes = 256;
const callTimeoutMs = 15_000;
const retryMs = 1_000;
const lostMarker = "… the lines that came here are lost, because the worker thread was ended …";

interface Piece {
  readonly logs: RunLogs;
  readonly bytes: number;
  /** The log that ends with this piece, if any. */
  readonly ends: AttemptLog | undefined;
}

/**
 * Sends the lines of attempts to the coordinator in order, one call at a time. Outcomes and starts do not wait for it.
 */
export class LogShipper {
  readonly #client: CoordinatorClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  #pieces: Piece[] = [];
  #waitingBytes = 0;
  #isSending = false;
  #droppedLines = 0;
  #onIdle: (() => void)[] = [];
  #cancelRetry: () => void = () => undefined;
  #isStopped = false;

  constructor(client: CoordinatorClient, clock: Clock, log: Logger) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  /** Adds lines of an attempt, JSON text of `LogLine[]`. Leaves out unreadable lines and those above the limit. */
  add(attempt: HeldAttempt, json: string, state: LogBatchState): void {
    attempt.log ??= { state: "open", bytes: 0, isRefused: false, isAwaited: true };
    const { assignment, log } = attempt;
    if (log.state === "last") return;
    if (log.state !== "cut" || state === "last") log.state = state;
    log.bytes += json.length + pieceBytes;
    const lines = log.bytes > attemptBytes ? undefined : readLogLines(json);
    if (lines === undefined) this.#refuse(attempt, log);
    this.#enqueue(assignment, lines ?? [], lines === undefined ? 0 : json.length, state === "last" ? log : undefined);
  }

  /**
   * Adds late lines, JSON text of `LogLine[]`. They follow earlier lines; the end of the log does not wait for them.
   */
  addLate(owner: LogOwner, json: string): void {
    const lines = readLogLines(json);
    if (lines !== undefined) this.#enqueue(owner, lines, json.length, undefined);
  }

  /** Ends an attempt's log, because its thread is gone or free. */
  ended({ assignment, log }: HeldAttempt): void {
    if (log === undefined || log.state === "last") return;
    const time = this.#clock.wallNow();
    const marker: LogLine[] = log.state === "cut" ? [{ time, level: "warn", message: lostMarker }] : [];
    log.state = "last";
    this.#enqueue(assignment, marker, 0, log);
  }

  #refuse({ assignment: { attemptId } }: HeldAttempt, log: AttemptLog): void {
    if (log.isRefused) return;
    log.isRefused = true;
    this.#log.warn({ attemptId }, "log lines are left out that no thread would send");
  }

  /** Stops sending. Waiting lines are lost. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelRetry();
  }

  /** Waits until everything is sent, at most `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    if (!this.#isSending) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.setTimer(limitMs, resolve);
      this.#onIdle.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #enqueue(owner: LogOwner, lines: readonly LogLine[], bytes: number, ends: AttemptLog | undefined): void {
    const isFull = this.#waitingBytes + bytes > bufferBytes;
    if (isFull) this.#drop(lines.length);
    if (isFull && ends === undefined) return;
    const entries = isFull ? [] : lines.map((line) => toEntry(owner, line));
    this.#pieces.push({
      logs: { runId: owner.runId, entries, endedAttemptId: ends === undefined ? "" : owner.attemptId },
      bytes: isFull ? 0 : bytes,
      ends,
    });
    if (!isFull) this.#waitingBytes += bytes;
    if (this.#isSending) return;
    this.#isSending = true;
    this.#clock.soon(() => this.#sendNext());
  }

  #drop(lines: number): void {
    if (this.#droppedLines === 0) this.#log.warn("log lines are dropped because the coordinator does not take them");
    this.#droppedLines += lines;
  }

  #sendNext(): void {
    const batch: Piece[] = [];
    let bytes = 0;
    for (const piece of this.#pieces) {
      if (batch.length > 0 && bytes + piece.bytes > batchBytes) break;
      batch.push(piece);
      bytes += piece.bytes;
    }
    if (batch.length === 0) {
      this.#isSending = false;
      for (const resolve of this.#onIdle.splice(0)) resolve();
      return;
    }
    const request = { runs: batch.map(({ logs }) => logs) };
    const options = { deadline: this.#clock.wallNow() + callTimeoutMs };
    this.#client.logs.appendLogs(request, this.#client.metadata, options, (error) => {
      if (this.#isStopped) return;
      if (error !== null) {
        this.#log.debug({ err: error }, "log lines not taken");
        this.#cancelRetry = this.#clock.setTimer(retryMs, () => this.#sendNext());
        return;
      }
      this.#pieces.splice(0, batch.length);
      for (const { ends } of batch) if (ends !== undefined) ends.isAwaited = false;
      this.#waitingBytes -= bytes;
      if (this.#droppedLines > 0) {
        this.#log.warn(
          { droppedLines: this.#droppedLines },
          "log lines were dropped, the coordinator takes them again",
        );
        this.#droppedLines = 0;
      }
      this.#sendNext();
    });
  }
}

function toEntry(owner: LogOwner, line: LogLine): LogEntry {
  return {
    time: timestampToWire(line.time),
    level: logLevelToWire[line.level],
    message: line.message,
    properties: line.properties ?? "",
    attemptNumber: owner.attemptNumber,
    attemptId: owner.attemptId,
  };
}
