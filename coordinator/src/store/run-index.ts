import { isFinal, type RunStatus } from "@baton/proto/contract/run-status";
import { isUnfinished, type Run } from "../core/life/run.ts";
import { type LaneKey, laneKeyOf, sortKeyOf } from "../core/scheduling/lane.ts";

/** Where every store files a run, besides under its id. An absent member means that the run is not in that index. */
export interface RunIndex {
  /** While `queued`. */
  readonly lane?: LaneKey;
  /** While `queued`: the place in the lane, in milliseconds. */
  readonly sortTime?: number;
  /**
   * While `delayed` or `reattempting`: when it is due. While `queued` with a ttl: when it expires. In epoch
   * milliseconds.
   */
  readonly dueAt?: number;
  /** While `pendingVersion`: the task that is not registered yet. */
  readonly pendingTask?: string;
  /** Whether the run is dequeued, executing or waiting, or has work left: see `isUnfinished`. */
  readonly isActive: boolean;
  /** Once final and not active: when the retention starts, in milliseconds since the epoch. */
  readonly finishedAt?: number;
}

const runningStatuses: ReadonlySet<RunStatus> = new Set<RunStatus>(["dequeued", "executing", "waiting"]);

/** Returns where a store files a run. */
export function runIndexOf(run: Run): RunIndex {
  const isActive = runningStatuses.has(run.status) || isUnfinished(run);
  switch (run.status) {
    case "queued":
      return {
        isActive,
        lane: laneKeyOf(run),
        sortTime: sortKeyOf(run).time,
        ...(run.dueAt !== undefined && { dueAt: run.dueAt }),
      };
    case "delayed":
    case "reattempting":
      return { isActive, dueAt: run.dueAt ?? run.queueTime };
    case "pendingVersion":
      return { isActive, pendingTask: run.taskId };
    default:
      return isFinal(run.status) && !isActive
        ? { isActive, finishedAt: run.finishedAt ?? run.updatedAt }
        : { isActive };
  }
}
