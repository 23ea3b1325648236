/** A line that a tested task or its life cycle wrote. */
export interface LogLine {
  readonly level: "debug" | "log" | "info" | "warn" | "error";
  readonly message: string;
  /** The stored form of the properties that the task gave to `logger`. */
  readonly properties?: unknown;
  readonly attemptNumber: number;
}

const rank = { none: 0, error: 1, warn: 2, info: 3, log: 3, debug: 4 } as const;

/** A threshold of `logger`. */
export type LogThreshold = keyof typeof rank;

/** Whether a line of this level is kept. */
export function isKept(level: LogLine["level"], threshold: LogThreshold): boolean {
  return rank[level] <= rank[threshold];
}
