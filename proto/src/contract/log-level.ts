/** The levels of a task's lines, lowest first. */
export const logLevels = ["debug", "log", "info", "warn", "error"] as const;

/** The level of a line that a task logged or printed. `log` is the level of `console.log`, and ranks as `info`. */
export type LogLevel = (typeof logLevels)[number];

/** The rank of each level. A threshold lets lines through whose rank is at least its own. */
export const logLevelRank: Readonly<Record<LogLevel, number>> = { debug: 0, log: 1, info: 1, warn: 2, error: 3 };

/** The name of each level on the wire. */
export const logLevelToWire = {
  debug: "LOG_LEVEL_DEBUG",
  log: "LOG_LEVEL_LOG",
  info: "LOG_LEVEL_INFO",
  warn: "LOG_LEVEL_WARN",
  error: "LOG_LEVEL_ERROR",
} as const satisfies Readonly<Record<LogLevel, string>>;

const byWireName = new Map<string, LogLevel>(logLevels.map((level) => [logLevelToWire[level], level]));

/** Returns the level with this name on the wire; `log` for one that is not named, or that this version does not know. */
export function logLevelFromWire(name: string): LogLevel {
  return byWireName.get(name) ?? "log";
}
