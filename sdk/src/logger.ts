import { encodeJson } from "./json-value.ts";
import { findRuntime } from "./runtime.ts";

type LogLevel = "debug" | "log" | "info" | "warn" | "error";

/** Writes one entry; `properties` is a JSON object that is stored with it. */
export type LogFunction = (message: string, properties?: Readonly<Record<string, unknown>>) => void;

/** Structured entries, stored with the run inside a task, printed on the console elsewhere. Never throws. */
export const logger: Readonly<Record<LogLevel, LogFunction>> = {
  debug: (message, properties) => write("debug", message, properties),
  log: (message, properties) => write("log", message, properties),
  info: (message, properties) => write("info", message, properties),
  warn: (message, properties) => write("warn", message, properties),
  error: (message, properties) => write("error", message, properties),
};

function write(level: LogLevel, message: string, properties: unknown): void {
  const attempt = findRuntime()?.currentAttempt();
  if (attempt) attempt.log(level, String(message), encodeProperties(properties));
  else if (properties === undefined) console[level](message);
  else console[level](message, properties);
}

function encodeProperties(properties: unknown): string | undefined {
  try {
    return encodeJson(properties);
  } catch (error) {
    return JSON.stringify({ unreadable: String(error) });
  }
}
