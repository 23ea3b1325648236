import type { LogLevel } from "../contract/log-level.ts";
import { encodeLogProperties } from "./log-properties.ts";
import { findRuntime } from "./runtime.ts";

/**
 * Writes one entry and stores `properties` with it as JSON. They may hold anything: an error shows its name, message and
 * stack, and a value that JSON does not have becomes text.
 */
export type LogFunction = (message: string, properties?: Readonly<Record<string, unknown>>) => void;

/** Options of `logger.trace`. */
export interface TraceOptions {
  /** Stored with the entry. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Writes structured entries: inside a task it stores them with the run, elsewhere it prints them on the console. Never throws. */
export interface Logger extends Readonly<Record<LogLevel, LogFunction>> {
  /**
   * Calls a function and writes an entry with the name, the duration in milliseconds and the error, if there is one. Resolves
   * and rejects as the function does.
   */
  trace<T>(name: string, fn: () => T | Promise<T>, options?: TraceOptions): Promise<T>;
}

/**
 * Writes structured entries; see {@link Logger}.
 * @example
 * logger.info("imported", { rows: 3 });
 * const rows = await logger.trace("read the file", () => readRows(file));
 */
export const logger: Logger = {
  debug: (message, properties) => write("debug", message, properties),
  log: (message, properties) => write("log", message, properties),
  info: (message, properties) => write("info", message, properties),
  warn: (message, properties) => write("warn", message, properties),
  error: (message, properties) => write("error", message, properties),
  trace,
};

async function trace<T>(name: string, fn: () => T | Promise<T>, options?: TraceOptions): Promise<T> {
  const startedAt = performance.now();
  const spent = () => ({ ...options?.attributes, durationMs: performance.now() - startedAt });
  try {
    const value = await fn();
    write("info", name, spent());
    return value;
  } catch (error) {
    write("error", name, { ...spent(), error });
    throw error;
  }
}

function write(level: LogLevel, message: string, properties: unknown): void {
  const attempt = findRuntime()?.currentAttempt();
  if (attempt) attempt.log(level, String(message), encodeLogProperties(properties, attempt.shownStack));
  else if (properties === undefined) console[level](message);
  else console[level](message, properties);
}
