import type { LogLevel } from "../contract/log-level.ts";
import { encodeLogProperties } from "./log-properties.ts";
import { findRuntime } from "./runtime.ts";

/**
 * Writes one entry; `properties` are stored with it as JSON. They may hold anything: an error shows its name, message and
 * stack, and what JSON has no place for becomes text.
 */
export type LogFunction = (message: string, properties?: Readonly<Record<string, unknown>>) => void;

/** What `logger.trace` takes besides. */
export interface TraceOptions {
  /** Stored with the entry. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Structured entries, stored with the run inside a task, printed on the console elsewhere. Never throws by itself. */
export interface Logger extends Readonly<Record<LogLevel, LogFunction>> {
  /**
   * Calls a function and writes an entry with the name, the duration in milliseconds and, if it failed, the error.
   * Resolves and rejects as the function does.
   */
  trace<T>(name: string, fn: () => T | Promise<T>, options?: TraceOptions): Promise<T>;
}

/** See {@link Logger}. */
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
