import type { Run } from "../life/run.ts";
import type { SortKey } from "./lane.ts";

/** A run in working memory, and the windows that hold it. */
export interface Entry {
  run: Run;
  /** Its place in its lane's window; absent when it is not in one. Only the window sets it. */
  laneKey: SortKey | undefined;
  /** Its place in the due window; absent when it is not in it. Only the window sets it. */
  dueKey: SortKey | undefined;
}

/** A run in no window yet. */
export function entryOf(run: Run): Entry {
  return { run, laneKey: undefined, dueKey: undefined };
}
