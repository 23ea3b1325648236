import type { StoredRun } from "@baton/coordinator/internal/store/store";
import type { TaskKind } from "./chaos-tasks.ts";

/** The trigger of one caller, and all answers to it. */
export interface CallerStory {
  /** The number of the trigger in its round, which is in the payload. */
  readonly n: number;
  readonly kind: TaskKind;
  readonly idempotencyKey?: string;
  /** Run ids from acknowledged triggers, one for each. */
  readonly acknowledged: string[];
  /** Codes of the triggers that failed after all repeats. */
  readonly refused: string[];
  /** The end of the run that the caller got. */
  told?: { readonly status: string; readonly output: unknown };
  /** Why the caller got no end, although its trigger was acknowledged. */
  lost?: string;
}

/** One line that an attempt recorded. */
export interface FileLine {
  readonly what: "start" | "end";
  readonly runId: string;
  readonly attemptId: string;
}

/** All records of a round when it is over. */
export interface History {
  readonly callers: readonly CallerStory[];
  /** Lines of attempts, in the order in which they were written. */
  readonly lines: readonly FileLine[];
  /** Every stored run, with its texts. */
  readonly stored: readonly StoredRun[];
}

/** Parses the lines that the tasks recorded. */
export function parseLines(text: string): FileLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [what, runId = "", attemptId = ""] = line.split(" ");
      return { what: what === "start" ? "start" : "end", runId, attemptId };
    });
}
