import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Texts } from "./event.ts";
import type { Run } from "./life/run.ts";
import type { LaneKey, SortKey } from "./scheduling/lane.ts";

/** The answer to one request; the shell knows who asked. */
export type Reply =
  /** `isNew`: this request made the run. */
  | { readonly type: "run"; readonly run: Run; readonly isNew: boolean }
  | { readonly type: "parentNotRunning"; readonly runId: RunId }
  /** The queue holds as many queued runs as it may. */
  | { readonly type: "queueFull"; readonly queue: string; readonly limit: number }
  | { readonly type: "notFound"; readonly runId: RunId };

/**
 * What the shell has to do once the step's changes, and all earlier ones, are durable. Losing one is safe. `runId` says
 * which run it is about; effects about a run whose write was in conflict are dropped.
 */
export type Effect =
  | { readonly type: "reply"; readonly runId: RunId; readonly requestId: number; readonly reply: Reply }
  /** Only for the session that it was decided for, and while the attempt is still the current one. */
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
  /** Cancel everything that the canceled run has triggered, and say so when it is durable. */
  | { readonly type: "cancelDescendants"; readonly runId: RunId }
  /** The outcome is durable, or refused; the runner may forget it. */
  | { readonly type: "settle"; readonly runId: RunId; readonly runnerId: RunnerId; readonly attemptId: AttemptId }
  /** The attempt is not wanted any more. */
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

/** A run in its new state, and the revision that the step found. */
export interface Change {
  readonly run: Run;
  /** 0: the run is new. */
  readonly replaces: number;
  readonly texts: Texts | undefined;
}

/** What one event changed. Effects leave the coordinator only after `changes` are durable. */
export interface Transition {
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
}
