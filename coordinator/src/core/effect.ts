import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Texts } from "./event.ts";
import type { Run } from "./life/run.ts";
import type { LaneKey, SortKey } from "./scheduling/lane.ts";

/** The answer to one request. The shell knows the caller. */
export type Reply =
  /** `isNew`: this request created the run. */
  | { readonly type: "run"; readonly run: Run; readonly isNew: boolean }
  | { readonly type: "parentNotRunning"; readonly runId: RunId }
  /** The queue is at its limit of queued runs. */
  | { readonly type: "queueFull"; readonly queue: string; readonly limit: number }
  | { readonly type: "notFound"; readonly runId: RunId };

/**
 * What the shell must do once the step's changes, and all earlier ones, are durable. Losing one is safe. `runId` names
 * the run that an effect is about; the shell drops effects about a run whose write was in conflict.
 */
export type Effect =
  | { readonly type: "reply"; readonly runId: RunId; readonly requestId: number; readonly reply: Reply }
  /** Valid only for this session, and only while the attempt is the current one. */
  | {
      readonly type: "assign";
      readonly runId: RunId;
      readonly runnerId: RunnerId;
      readonly session: number;
      readonly run: Run;
      readonly task: TaskDefinition;
    }
  | {
      readonly type: "cancelAttempt";
      readonly runId: RunId;
      readonly runnerId: RunnerId;
      readonly attemptId: AttemptId;
      readonly reason: string;
    }
  /** Cancels all descendants of the canceled run; the shell reports with `descendantsCanceled` when that is durable. */
  | { readonly type: "cancelDescendants"; readonly runId: RunId }
  /** The outcome is durable, or was refused; the runner may forget it. */
  | { readonly type: "settle"; readonly runId: RunId; readonly runnerId: RunnerId; readonly attemptId: AttemptId }
  /** Stops an attempt that is no longer wanted. */
  | { readonly type: "stopAttempt"; readonly runId: RunId; readonly runnerId: RunnerId; readonly attemptId: AttemptId }
  | {
      readonly type: "welcome";
      readonly runId?: undefined;
      readonly runnerId: RunnerId;
      readonly session: number;
      readonly stopAttemptIds: readonly AttemptId[];
    }
  | {
      readonly type: "closeSession";
      readonly runId?: undefined;
      readonly runnerId: RunnerId;
      readonly session: number;
    }
  | {
      readonly type: "loadLane";
      readonly runId?: undefined;
      readonly lane: LaneKey;
      readonly after: SortKey | undefined;
      readonly limit: number;
    }
  | {
      readonly type: "loadDue";
      readonly runId?: undefined;
      readonly after: SortKey | undefined;
      readonly until: number;
      readonly limit: number;
    }
  | {
      readonly type: "loadPending";
      readonly runId?: undefined;
      readonly taskId: string;
      readonly after: SortKey | undefined;
      readonly limit: number;
    };

/** A run in its new state, and the revision that it replaces. */
export interface Change {
  readonly run: Run;
  /** The revision before this step; 0 for a new run. */
  readonly replaces: number;
  readonly texts: Texts | undefined;
}

/** The result of one event. Effects leave the coordinator only after `changes` are durable. */
export interface Transition {
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
}
