import type { StoredRun } from "@baton/coordinator/internal/store/store";
import type { TaskKind } from "./chaos-tasks.ts";

/** What one caller asked for, and everything that it was told. */
export interface CallerStory {
  /** The number of the trigger in its round, which is in the payload. */
  readonly n: number;
  readonly kind: TaskKind;
  readonly idempotencyKey?: string;
  /** Run ids that it was given, one for each trigger that was acknowledged. */
  readonly acknowledged: string[];
  /** Codes of the triggers that failed after all repeats. */
  readonly refused: string[];
  /** How the run ended, as it was told. */
  told?: { readonly status: string; readonly output: unknown };
  /** Why it was told no end, although its trigger was acknowledged. */
  lost?: string;
}

/** One line that an attempt wrote. */
export interface FileLine {
  readonly what: "start" | "end";
  readonly runId: string;
  readonly attemptId: string;
}

/** Everything that is known of a round when it is over. */
export interface History {
  readonly callers: readonly CallerStory[];
  /** In the order in which it happened. */
  readonly lines: readonly FileLine[];
  /** Every run that the store holds, with its texts. */
  readonly stored: readonly StoredRun[];
}

/** Reads what the tasks wrote. */
export function parseLines(text: string): FileLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [what, runId = "", attemptId = ""] = line.split(" ");
      return { what: what === "start" ? "start" : "end", runId, attemptId };
    });
}
