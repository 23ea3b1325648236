import { InvalidArgumentError } from "commander";
import type { LevelWithSilent } from "pino";

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** Parses the flag `--log-level`: what a service logs about itself, not the level of the lines of tasks. */
export function parseLogLevel(text: string): LevelWithSilent {
  const level = levels.find((name) => name === text);
  if (level === undefined) throw new InvalidArgumentError(`It must be one of ${levels.join(", ")}.`);
  return level;
}
