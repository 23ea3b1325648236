import { spanText } from "./span-text.ts";

/** What a runner waits for when it is asked to stop. */
export interface Draining {
  /** Attempts that have begun and not ended. */
  readonly attemptCount: number;
  /** How long they may go on, in milliseconds. */
  readonly graceMs: number;
}

/** Says what a process that was asked to stop waits for, and how to stop it at once. */
export function drainText({ attemptCount, graceMs }: Draining): string {
  if (attemptCount === 0) return "Stopping: no attempt is running.";
  const attempts = attemptCount === 1 ? "1 attempt may" : `${attemptCount} attempts may`;
  return `Draining: ${attempts} go on for ${spanText(graceMs)} at most.\nCtrl-C again stops at once; what it cuts off starts again.`;
}
