import { spanText } from "./span-text.ts";

/** The attempts for which a stopping runner waits. */
export interface Draining {
  /** Number of attempts that have started and not ended. */
  readonly attemptCount: number;
  /** Milliseconds for which these attempts may continue. */
  readonly graceMs: number;
}

/** Writes what a stopping process waits for, and how to stop it at once. */
export function drainText({ attemptCount, graceMs }: Draining): string {
  if (attemptCount === 0) return "Stopping: no attempt is running.";
  const attempts = attemptCount === 1 ? "1 attempt may" : `${attemptCount} attempts may`;
  return `Draining: ${attempts} go on for ${spanText(graceMs)} at most.\nCtrl-C again stops at once; interrupted attempts start again.`;
}
