import { type LogLevel, logLevelRank } from "../contract/log-level.ts";

/** A line that a tested task or its life cycle wrote. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  /** The stored form of the properties that the task gave to `logger`. */
  readonly properties?: unknown;
  readonly attemptNumber: number;
}

/** A threshold of `logger`. */
export type LogThreshold = LogLevel | "none";

/** Whether a line of this level is kept. */
export function isKept(level: LogLine["level"], threshold: LogThreshold): boolean {
  return threshold !== "none" && logLevelRank[level] >= logLevelRank[threshold];
}
