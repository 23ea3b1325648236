import type { Run } from "../life/run.ts";
import type { SortKey } from "./lane.ts";

/** A run in working memory, and the windows that hold it. */
export interface Entry {
  run: Run;
  /** The run's place in its lane's window; absent if the window does not have it. Set only by the window. */
  laneKey: SortKey | undefined;
  /** The run's place in the window of due runs; absent if the window does not have it. Set only by the window. */
  dueKey: SortKey | undefined;
}

/** Creates the entry of a run that is in no window yet. */
export function entryOf(run: Run): Entry {
  return { run, laneKey: undefined, dueKey: undefined };
}
