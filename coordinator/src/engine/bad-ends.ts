import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskError } from "@baton/proto/contract/task-error";
import type { Logger } from "pino";
import type { Run } from "../core/life/run.ts";

/** The most lines in one window; further runs are only counted. */
const linesPerWindow = 20;
const windowMs = 1_000;
/** The most characters of an error's message in the log. */
const maxMessageLength = 300;
const badStatuses: readonly RunStatus[] = ["failed", "crashed", "systemFailure", "timedOut"];

/** Returns whether an operator may want to know about a run that ended like this. */
export function isBadEnd(status: RunStatus): boolean {
  return badStatuses.includes(status);
}

/** Logs runs that failed, crashed or timed out: one line for each, and no more than 20 in a second. */
export class BadEnds {
  readonly #log: Logger;
  /** Runs that were logged and whose threads have not exited: each is written once more, with the same end. */
  readonly #lingering = new Set<RunId>();
  #windowStartedAt = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #left = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Logs a run that ended badly, unless it was logged before or the window is full. */
  written(run: Run, monotonicNow: number): void {
    if (this.#lingering.delete(run.id)) return;
    if (run.lingering !== undefined) this.#lingering.add(run.id);
    this.tick(monotonicNow);
    if (this.#lines >= linesPerWindow) {
      this.#left += 1;
      return;
    }
    this.#lines += 1;
    const { id: runId, taskId, status, attemptNumber: attempt, activeMs } = run;
    this.#log.info({ runId, taskId, attempt, status, durationMs: activeMs, ...describe(run.error) }, "run failed");
  }

  /** Starts a new window when the last one is over, and logs the number of runs without a line of their own. */
  tick(monotonicNow: number): void {
    if (monotonicNow - this.#windowStartedAt < windowMs) return;
    this.#windowStartedAt = monotonicNow;
    this.#lines = 0;
    if (this.#left > 0) this.#log.info({ count: this.#left }, "more runs failed");
    this.#left = 0;
  }
}

/** Returns the `code` of the system's errors or the name of others, and the first line of the message. */
function describe(error: TaskError | undefined): { readonly code?: string; readonly reason?: string } {
  if (error === undefined) return {};
  switch (error.type) {
    case "builtIn":
      return { code: error.name, reason: shortened(error.message) };
    case "internal":
      return { code: error.code, reason: shortened(error.message ?? "") };
    default:
      return { reason: shortened(error.raw) };
  }
}

function shortened(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > maxMessageLength ? `${line.slice(0, maxMessageLength - 1)}…` : line;
}
