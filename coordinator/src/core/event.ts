import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { AttemptOutcome, Failure, HandBackReason, HeldState, Interruption } from "@baton/proto/contract/outcome";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { NewRun } from "./life/new-run.ts";
import type { Run } from "./life/run.ts";
import type { LaneKey, SortKey } from "./scheduling/lane.ts";

/** What a runner can execute at the same time. */
export interface RunnerCapacity {
  /** Worker threads. */
  readonly concurrency: number;
  readonly cpu: number;
  readonly memoryGb: number;
  /** Whether a machine that is larger than the whole runner is accepted, and then runs alone. */
  readonly overcommit: boolean;
}

/** An attempt that a runner reports as held. `lingering`: its outcome is confirmed, and its thread is not gone. */
export interface HeldAttempt {
  readonly runId: RunId;
  readonly attemptId: AttemptId;
  readonly state: HeldState;
}

/** A runner's report about an attempt that ended. The output is one of the texts of the event. */
export type OutcomeWithoutTexts = AttemptOutcome<
  { readonly type: "succeeded"; readonly hasOutput: boolean } | Failure | Interruption<string>
>;

/**
 * Why an assignment comes back. `notReceived`: the runner did not confirm it in time. `notStarted`: the runner
 * confirmed it and did not start it in time. `notRead`: not sent, because the runner does not read its stream.
 */
export type ReturnReason = HandBackReason | "notReceived" | "notStarted" | "notRead";

/** What the core knows about a runner that opens a session. */
export interface ConnectedRunner {
  readonly runnerId: RunnerId;
  /** Counts the streams of one runner process, from 1. */
  readonly session: number;
  readonly capacity: RunnerCapacity;
  readonly versions: readonly string[];
  readonly held: readonly HeldAttempt[];
  readonly draining: boolean;
  /** A secret that only the runner process knows; absent if the runner has none. */
  readonly key?: string | undefined;
}

/** A page that an effect asked for. `end`: where the next page begins; absent on the last page. */
export interface LoadedPage {
  readonly runs: readonly Run[];
  readonly end?: SortKey;
}

/** A run that was read again. `stored` is undefined if the store does not have the run. */
export interface ReloadedRun {
  readonly runId: RunId;
  readonly stored: Run | undefined;
  /** The state that was not written; absent if an earlier owner wrote the run late and memory had no other state. */
  readonly refused?: { readonly run: Run; readonly isInsert: boolean };
}

/** Payload and output of a run. The core passes them, unread, from an event to its change. */
export type Texts = object;

/** Everything that can happen. `runId` names the run that an event is about. */
export type Event =
  | {
      readonly type: "runTriggered";
      readonly runId: RunId;
      readonly requestId: number;
      readonly request: NewRun;
      /** Stored with the new run. */
      readonly texts?: Texts;
      readonly parent?: { readonly runId: RunId; readonly attemptId: AttemptId };
      /** The stored run, when it is not in working memory. */
      readonly stored?: Run;
    }
  | {
      readonly type: "cancelRequested";
      readonly runId: RunId;
      readonly requestId: number;
      readonly reason: string;
      /** Whether the run is canceled with an ancestor, whose cancellation reaches all descendants. */
      readonly isWithAncestor?: boolean;
      /** The stored run, when it is not in working memory. */
      readonly stored?: Run;
    }
  /** All descendants of a canceled run are final, and that is durable. */
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
      /** Stored with the run's next state. */
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
  /** A message of a runner, which renews its lease. */
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
  /** A runner registered a version that is known, as every runner does before each stream. */
  | { readonly type: "versionRenewed"; readonly runId?: undefined; readonly version: string }
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
  /** Time passed: due runs, leases and graces are checked. */
  | { readonly type: "timerFired"; readonly runId?: undefined }
  /** The coordinator process was paused; leases are extended by that time. */
  | { readonly type: "clockPaused"; readonly runId?: undefined; readonly pausedMs: number }
  /**
   * Another process wrote these runs, and the stored state counts. All runs that are known at the moment come in one
   * event, so that no decision uses the old state of one run while another is updated.
   */
  | { readonly type: "runsReloaded"; readonly runId?: undefined; readonly reloaded: readonly ReloadedRun[] };

/** The event with this type. */
export type EventOf<Type extends Event["type"]> = Extract<Event, { readonly type: Type }>;
