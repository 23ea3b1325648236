import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { AttemptOutcome, Failure, HandBackReason, HeldState, Interruption } from "@baton/proto/contract/outcome";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { NewRun } from "./life/new-run.ts";
import type { Run } from "./life/run.ts";
import type { LaneKey, SortKey } from "./scheduling/lane.ts";

/** What a runner can execute at once. */
export interface RunnerCapacity {
  /** Worker threads. */
  readonly concurrency: number;
  readonly cpu: number;
  readonly memoryGb: number;
  /** Take a preset that is larger than the whole runner, alone. */
  readonly overcommit: boolean;
}

/** An attempt that a runner says it has. `lingering`: final and acknowledged, its thread is not gone. */
export interface HeldAttempt {
  readonly runId: RunId;
  readonly attemptId: AttemptId;
  readonly state: HeldState;
}

/** What a runner reports about an attempt that ended. Its output is one of the texts of the event. */
export type OutcomeWithoutTexts = AttemptOutcome<
  { readonly type: "succeeded"; readonly hasOutput: boolean } | Failure | Interruption<string>
>;

/**
 * Why an assignment comes back. `notReceived`: not confirmed in time. `notStarted`: confirmed, and not started in time.
 * `notRead`: not sent, because the runner does not read its stream.
 */
export type ReturnReason = HandBackReason | "notReceived" | "notStarted" | "notRead";

/** What the core needs of a runner that opens a session. */
export interface ConnectedRunner {
  readonly runnerId: RunnerId;
  /** Counts the streams of one runner process from 1. */
  readonly session: number;
  readonly capacity: RunnerCapacity;
  readonly versions: readonly string[];
  readonly held: readonly HeldAttempt[];
  readonly draining: boolean;
  /** Known to the runner process alone; absent from runners that have none. */
  readonly key?: string | undefined;
}

/** A page that was asked for by an effect. `end`: where to read on; absent on the last page. */
export interface LoadedPage {
  readonly runs: readonly Run[];
  readonly end?: SortKey;
}

/** A run as the store has it; undefined: it does not exist. */
export interface ReloadedRun {
  readonly runId: RunId;
  readonly stored: Run | undefined;
  /** The state that was not written; absent: an earlier owner wrote the run late, and nothing was known of it. */
  readonly refused?: { readonly run: Run; readonly isInsert: boolean };
}

/** Texts of a run: its payload, its output. The core hands them from an event to the change they belong to, unread. */
export type Texts = object;

/** Everything that can happen. `runId` names the run that an event is about. */
export type Event =
  | {
      readonly type: "runTriggered";
      readonly runId: RunId;
      readonly requestId: number;
      readonly request: NewRun;
      /** Stored with the run that this makes. */
      readonly texts?: Texts;
      readonly parent?: { readonly runId: RunId; readonly attemptId: AttemptId };
      /** The run as the store has it, when working memory does not. */
      readonly stored?: Run;
    }
  | {
      readonly type: "cancelRequested";
      readonly runId: RunId;
      readonly requestId: number;
      readonly reason: string;
      /** Canceled with an ancestor, whose cancellation sees to everything below. */
      readonly isWithAncestor?: boolean;
      /** The run as the store has it, when working memory does not. */
      readonly stored?: Run;
    }
  /** Everything below a canceled run is final, durably. */
  | { readonly type: "descendantsCanceled"; readonly runId: RunId }
  | {
      readonly type: "attemptStarted";
      readonly runId: RunId;
      readonly runnerId: RunnerId;
      readonly attemptId: AttemptId;
      readonly startedAt: number;
    }
  | {
      readonly type: "attemptEnded";
      readonly runId: RunId;
      readonly runnerId: RunnerId;
      readonly outcome: OutcomeWithoutTexts;
      /** Stored with the run that this ends. */
      readonly texts?: Texts | undefined;
    }
  | {
      readonly type: "assignmentReturned";
      readonly runId: RunId;
      readonly runnerId: RunnerId;
      readonly attemptId: AttemptId;
      readonly reason: ReturnReason;
    }
  | {
      readonly type: "threadGone";
      readonly runId?: undefined;
      readonly runnerId: RunnerId;
      readonly attemptId: AttemptId;
    }
  | { readonly type: "runnerConnected"; readonly runId?: undefined; readonly runner: ConnectedRunner }
  /** Anything that a runner says; renews its lease. */
  | {
      readonly type: "runnerHeard";
      readonly runId?: undefined;
      readonly runnerId: RunnerId;
      readonly prefetch?: number;
      readonly versions?: readonly string[];
      readonly isDraining?: boolean;
    }
  | {
      readonly type: "runnerDisconnected";
      readonly runId?: undefined;
      readonly runnerId: RunnerId;
      readonly session: number;
    }
  | { readonly type: "versionRegistered"; readonly runId?: undefined; readonly version: TaskVersion }
  | { readonly type: "versionsPruned"; readonly runId?: undefined; readonly versions: readonly string[] }
  | {
      readonly type: "laneLoaded";
      readonly runId?: undefined;
      readonly lane: LaneKey;
      readonly page: LoadedPage;
    }
  | {
      readonly type: "dueLoaded";
      readonly runId?: undefined;
      readonly until: number;
      readonly page: LoadedPage;
    }
  | {
      readonly type: "pendingLoaded";
      readonly runId?: undefined;
      readonly taskId: string;
      readonly page: LoadedPage;
    }
  /** These tasks have stored runs in `pendingVersion`; an earlier owner may have written some of them late. */
  | { readonly type: "pendingFound"; readonly runId?: undefined; readonly taskIds: readonly string[] }
  /** Time passed: due runs, leases, graces. */
  | { readonly type: "timerFired"; readonly runId?: undefined }
  /** We were not running for a while; nobody's lease may suffer for it. */
  | { readonly type: "clockPaused"; readonly runId?: undefined; readonly pausedMs: number }
  /**
   * Somebody else wrote these runs: what the store has is what counts. All that are known at once come together, so that
   * nothing is decided on the old state of one while another is taken in.
   */
  | { readonly type: "runsReloaded"; readonly runId?: undefined; readonly reloaded: readonly ReloadedRun[] };

/** The event of one type. */
export type EventOf<Type extends Event["type"]> = Extract<Event, { readonly type: Type }>;
