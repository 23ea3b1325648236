import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry__Output } from "@baton/proto";
import { timestampFromWire } from "../bundled/wire-time.ts";
import { transportOutsideTasks } from "../client/client.ts";
import { configured } from "../client/client-config.ts";
import { isRetryable } from "../client/errors.ts";
import {
  giveUpFollowingMs,
  type RequestOptions,
  reconnectPauses,
  resolveRequest,
  retryDelayMs,
} from "../client/request-options.ts";
import { type LogLevel, logLevelFromWire, logLevelRank } from "../contract/log-level.ts";
import { parseProperties } from "./stored-properties.ts";

/** One line that a task printed or logged. */
export interface RunLogEntry {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
  /** The properties that the task gave to `logger`. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Number of the attempt that printed the line. */
  readonly attempt: number;
  readonly attemptId: string;
}

/** Selects log entries of a run. */
export interface LogsOptions {
  /** Continues until the run has ended, and reconnects by itself. @defaultValue false */
  readonly follow?: boolean;
  /** Lowest level. @defaultValue `"debug"`, every entry */
  readonly level?: LogLevel;
  /** Only entries of the attempt with this number. @defaultValue every attempt */
  readonly attempt?: number;
  /** Largest number of entries. @defaultValue no limit */
  readonly limit?: number;
  /** Ends the iteration, without an error, when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Reads the lines of a run, oldest first. @throws ApiError */
export async function* readRunLogs(
  runId: string,
  options: LogsOptions = {},
  requestOptions?: RequestOptions,
): AsyncGenerator<RunLogEntry, void, undefined> {
  const { attempt, level = "debug", limit = Number.POSITIVE_INFINITY, signal } = options;
  let count = 0;
  if (limit <= count) return;
  for await (const message of readEveryEntry(runId, options, requestOptions)) {
    if (signal?.aborted) return;
    const entry = toLogEntry(message);
    if (attempt !== undefined && entry.attempt !== attempt) continue;
    if (logLevelRank[entry.level] < logLevelRank[level]) continue;
    yield entry;
    count++;
    if (count >= limit) return;
  }
}

async function* readEveryEntry(
  runId: string,
  { follow = false, signal }: LogsOptions,
  requestOptions: RequestOptions | undefined,
): AsyncGenerator<LogEntry__Output, void, undefined> {
  const { maxAttempts } = resolveRequest(requestOptions, configured().requestOptions);
  const transport = transportOutsideTasks("runs.logs");
  let seen = 0;
  let failures = 0;
  let failingSince = 0;
  for (;;) {
    let position = 0;
    try {
      for await (const entries of transport.readLogs({ runId, follow }, signal)) {
        failures = 0;
        for (const entry of entries) {
          position++;
          // A new stream starts with the first entry again.
          if (position <= seen) continue;
          seen = position;
          yield entry;
        }
      }
      return;
    } catch (error) {
      if (signal?.aborted) return;
      if (failures === 0) failingSince = Date.now();
      failures++;
      const isOver =
        follow && transport.hasAnswered ? Date.now() - failingSince >= giveUpFollowingMs : failures >= maxAttempts;
      if (isOver || !isRetryable(error)) throw error;
      const delayMs = retryDelayMs(reconnectPauses, failures, error, Math.random());
      await sleep(delayMs, undefined, signal && { signal }).catch(() => undefined);
      if (signal?.aborted) return;
    }
  }
}

function toLogEntry(entry: LogEntry__Output): RunLogEntry {
  const { level } = entry;
  const properties = parseProperties(entry.properties);
  return {
    time: new Date(timestampFromWire(entry.time) ?? 0),
    level: logLevelFromWire(level),
    message: entry.message,
    ...(properties !== undefined && { properties }),
    attempt: entry.attemptNumber,
    attemptId: entry.attemptId,
  };
}
