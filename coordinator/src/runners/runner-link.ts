import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { HandBackReason, OutputTexts } from "@baton/proto/contract/outcome";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { ConnectedRunner, OutcomeWithoutTexts } from "../core/event.ts";
import type { CurrentAttempt } from "../core/life/attempt.ts";
import type { Run } from "../core/life/run.ts";

/** One attempt to execute, with what the task may ask about it. */
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

/** First message of a runner's stream. */
export interface RunnerHello extends ConnectedRunner {
  readonly hostname: string;
}

/** How one attempt ended. */
export interface ReportedOutcome {
  readonly outcome: OutcomeWithoutTexts;
  /** Absent: the attempt returned nothing, or did not succeed. */
  readonly texts?: OutputTexts;
  /** Whether lines that the attempt printed may arrive after its outcome. */
  readonly logsFollow: boolean;
}

/** What happened on a runner in one of its event-loop turns; an empty report is a heartbeat. */
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
  /** Assignments wanted beyond free threads. */
  readonly prefetch: number;
}

/** What the coordinator sends one runner in one event-loop turn. */
export interface Dispatch {
  /** Counts the dispatches of one stream from 1. */
  readonly sequence: number;
  readonly assignments: readonly Assignment[];
  readonly cancels: readonly { readonly runId: RunId; readonly attemptId: AttemptId; readonly reason: string }[];
  /** Attempts whose outcomes are durable or refused; the runner forgets them. */
  readonly settledAttemptIds: readonly AttemptId[];
  /** Attempts that the runner has to stop because they are taken back or no longer wanted. */
  readonly stopAttemptIds: readonly AttemptId[];
}

/** Answer to a hello. */
export interface Welcome {
  readonly heartbeatIntervalMs: number;
  readonly stopAttemptIds: readonly AttemptId[];
}

/** The coordinator's end of one runner's stream, given by the transport. */
export interface RunnerLink {
  welcome(welcome: Welcome): void;
  dispatch(dispatch: Dispatch): void;
  /** Characters of payload that were sent and not read by the runner. */
  readonly unreadLength: number;
  /** Ends the stream. `superseded`: a newer stream of the same runner took over. */
  close(reason: "superseded" | "stopping"): void;
}
