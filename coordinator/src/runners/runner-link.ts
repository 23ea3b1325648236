import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { HandBackReason, OutputTexts } from "@baton/proto/contract/outcome";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { ConnectedRunner, OutcomeWithoutTexts } from "../core/event.ts";
import type { CurrentAttempt } from "../core/life/attempt.ts";
import type { Run } from "../core/life/run.ts";

/** An attempt to execute, with everything that its code can read about it. */
export interface Assignment {
  readonly run: Run;
  readonly attempt: CurrentAttempt;
  readonly task: TaskDefinition;
  /** Active time after which the attempt is stopped, in milliseconds; absent: no limit. */
  readonly maxDurationMs?: number;
  /** JSON text; absent: no payload. */
  readonly payload?: string;
  /** What the payload's JSON cannot say; absent: nothing. */
  readonly payloadTypes?: string;
}

/** The first message of a runner's stream. */
export interface RunnerHello extends ConnectedRunner {
  readonly hostname: string;
}

/** How one attempt ended. */
export interface ReportedOutcome {
  readonly outcome: OutcomeWithoutTexts;
  /** The output; absent if the attempt returned nothing or did not succeed. */
  readonly texts?: OutputTexts;
  /** Whether lines that the attempt printed may arrive after its outcome. */
  readonly logsFollow: boolean;
}

/** What happened on a runner in one turn; an empty report is a heartbeat. */
export interface RunnerReport {
  /** The number of the last dispatch that the runner has received. */
  readonly receivedSequence: number;
  readonly started: readonly { readonly runId: RunId; readonly attemptId: AttemptId; readonly startedAt: number }[];
  readonly outcomes: readonly ReportedOutcome[];
  readonly handedBack: readonly {
    readonly runId: RunId;
    readonly attemptId: AttemptId;
    readonly reason: HandBackReason;
  }[];
  /** Attempts whose threads have exited. */
  readonly goneAttemptIds: readonly AttemptId[];
  /** Assignments that the runner wants beyond its free threads. */
  readonly prefetch: number;
}

/** What the coordinator sends one runner in one turn. */
export interface Dispatch {
  /** Counts the dispatches of one stream from 1. */
  readonly sequence: number;
  readonly assignments: readonly Assignment[];
  readonly cancels: readonly { readonly runId: RunId; readonly attemptId: AttemptId; readonly reason: string }[];
  /** Attempts whose outcomes are durable or refused; the runner may forget them. */
  readonly settledAttemptIds: readonly AttemptId[];
  /** Attempts that the runner must stop, because they were taken back or are no longer wanted. */
  readonly stopAttemptIds: readonly AttemptId[];
}

/** The answer to a hello. */
export interface Welcome {
  readonly heartbeatIntervalMs: number;
  readonly stopAttemptIds: readonly AttemptId[];
}

/** The coordinator's end of one runner's stream, as the transport offers it. */
export interface RunnerLink {
  welcome(welcome: Welcome): void;
  dispatch(dispatch: Dispatch): void;
  /** Characters of payload that were sent and that the runner has not read. */
  readonly unreadLength: number;
  /** Ends the stream. `superseded`: a newer stream of the same runner took over. */
  close(reason: "superseded" | "stopping"): void;
}
