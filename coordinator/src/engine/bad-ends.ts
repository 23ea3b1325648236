import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { TaskError } from "@baton/proto/contract/task-error";
import type { Logger } from "pino";
import type { Run } from "../core/life/run.ts";

/** Lines in one window, at most; further runs are counted. */
const linesPerWindow = 20;
const windowMs = 1_000;
/** Characters of an error's message that are logged. */
const maxMessageLength = 300;
const badStatuses: readonly RunStatus[] = ["failed", "crashed", "systemFailure", "timedOut"];

/** Whether an operator may want to know that a run ended like this. */
export function isBadEnd(status: RunStatus): boolean {
  return badStatuses.includes(status);
}

/** Logs runs that failed, crashed or timed out: one line for each, and no more than 20 in a second. */
export class BadEnds {
  readonly #log: Logger;
  /** Runs that were logged and whose threads have not exited: they are written once more, with the same end. */
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

  /** Starts a new window when it is time for one, and logs how many runs had no line of their own. */
  tick(monotonicNow: number): void {
    if (monotonicNow - this.#windowStartedAt < windowMs) return;
    this.#windowStartedAt = monotonicNow;
    this.#lines = 0;
    if (this.#left > 0) this.#log.info({ count: this.#left }, "more runs failed");
    this.#left = 0;
  }
}

/** `code` of the system's errors and the name of others, and the first line of the message. */
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
