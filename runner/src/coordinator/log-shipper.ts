import { type LogEntry, type RunLogs, timestampToWire, type LogLevel as WireLogLevel } from "@baton/proto";
import type { Logger } from "pino";
import { readLogLines } from "../hosts/host-message.ts";
import type { LogBatchState, LogLevel, LogLine } from "../thread/thread-protocol.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";

/** The attempt that lines belong to. */
export interface LogOwner {
  readonly runId: string;
  readonly attemptId: string;
  readonly attemptNumber: number;
}

const batchBytes = 512 * 1024;
/** Lines that wait because the coordinator does not take them; what comes beyond is dropped, with a warning. */
const bufferBytes = 64 * 1024 * 1024;
/** JSON text of one attempt. A thread cuts at 1 MiB, which escapes make six times longer; more comes of no thread's code. */
const attemptBytes = 12 * 1024 * 1024;
/** What a batch takes beside its text. */
const pieceBytes = 256;
const callTimeoutMs = 15_000;
const retryMs = 1_000;
const lostMarker = "… the lines that came here are lost, because the worker thread was ended …";

const wireLevels = {
  debug: "LOG_LEVEL_DEBUG",
  log: "LOG_LEVEL_LOG",
  info: "LOG_LEVEL_INFO",
  warn: "LOG_LEVEL_WARN",
  error: "LOG_LEVEL_ERROR",
} as const satisfies Record<LogLevel, WireLogLevel>;

interface Piece {
  readonly logs: RunLogs;
  readonly bytes: number;
}

/** What an attempt that has not ended has printed. */
interface OpenLog {
  readonly owner: LogOwner;
  /** `cut`: lines are kept back in the thread. */
  state: LogBatchState;
  bytes: number;
  /** Something was left out, which is said once. */
  isRefused: boolean;
}

/** Sends what tasks print to the coordinator, one call at a time, in order. Nothing else waits for it. */
export class LogShipper {
  readonly #client: CoordinatorClient;
  readonly #log: Logger;
  /** Attempts that printed something and have not ended. */
  readonly #open = new Map<string, OpenLog>();
  /** Attempts that printed something of which the coordinator does not have the end. */
  readonly #awaited = new Set<string>();
  #pieces: Piece[] = [];
  #waitingBytes = 0;
  #isSending = false;
  #droppedLines = 0;
  #onIdle: (() => void)[] = [];

  constructor(client: CoordinatorClient, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /** Did the attempt print something of which the coordinator does not have the end? */
  isAwaited(attemptId: string): boolean {
    return this.#awaited.has(attemptId);
  }

  /** Lines of an attempt, as JSON text of `LogLine[]`. What is too much or unreadable is left out. */
  add(owner: LogOwner, json: string, state: LogBatchState): void {
    const { attemptId } = owner;
    const open = this.#open.get(attemptId) ?? { owner, state: "open", bytes: 0, isRefused: false };
    if (open.state === "last") return;
    if (open.state !== "cut" || state === "last") open.state = state;
    open.bytes += json.length + pieceBytes;
    this.#open.set(attemptId, open);
    this.#awaited.add(attemptId);
    const lines = open.bytes > attemptBytes ? undefined : readLogLines(json);
    if (lines === undefined) this.#refuse(open);
    this.#enqueue(owner, lines ?? [], lines === undefined ? 0 : json.length, state === "last");
  }

  /** Lines of an attempt that has ended, as JSON text of `LogLine[]`. Nobody waits for them; they follow the others. */
  addLate(owner: LogOwner, json: string): void {
    const lines = readLogLines(json);
    if (lines !== undefined) this.#enqueue(owner, lines, json.length, false);
  }

  /** The attempt's thread is gone or free: no more lines come. */
  ended(attemptId: string): void {
    const open = this.#open.get(attemptId);
    if (open === undefined) return;
    this.#open.delete(attemptId);
    if (open.state === "last") return;
    const marker: LogLine[] = open.state === "cut" ? [{ time: Date.now(), level: "warn", message: lostMarker }] : [];
    this.#enqueue(open.owner, marker, 0, true);
  }

  #refuse(open: OpenLog): void {
    if (open.isRefused) return;
    open.isRefused = true;
    this.#log.warn({ attemptId: open.owner.attemptId }, "log lines are left out that no thread would send");
  }

  /** Waits until everything was sent, at most so long. */
  async flush(limitMs: number): Promise<void> {
    if (!this.#isSending) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#onIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #enqueue(owner: LogOwner, lines: readonly LogLine[], bytes: number, isEnd: boolean): void {
    const isFull = this.#waitingBytes + bytes > bufferBytes;
    if (isFull) this.#drop(lines.length);
    if (isFull && !isEnd) return;
    const entries = isFull ? [] : lines.map((line) => toEntry(owner, line));
    this.#pieces.push({
      logs: { runId: owner.runId, entries, endedAttemptId: isEnd ? owner.attemptId : "" },
      bytes: isFull ? 0 : bytes,
    });
    if (!isFull) this.#waitingBytes += bytes;
    if (this.#isSending) return;
    this.#isSending = true;
    setImmediate(() => this.#sendNext());
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
    const options = { deadline: Date.now() + callTimeoutMs };
    this.#client.logs.appendLogs(request, this.#client.metadata, options, (error) => {
      if (error !== null) {
        this.#log.debug({ err: error }, "log lines not taken");
        setTimeout(() => this.#sendNext(), retryMs).unref();
        return;
      }
      this.#pieces.splice(0, batch.length);
      for (const { logs } of batch) if (logs.endedAttemptId) this.#awaited.delete(logs.endedAttemptId);
      this.#waitingBytes -= bytes;
      this.#droppedLines = 0;
      this.#sendNext();
    });
  }
}

function toEntry(owner: LogOwner, line: LogLine): LogEntry {
  return {
    time: timestampToWire(line.time),
    level: wireLevels[line.level],
    message: line.message,
    properties: line.properties ?? "",
    attemptNumber: owner.attemptNumber,
    attemptId: owner.attemptId,
  };
}
