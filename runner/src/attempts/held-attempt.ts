import type { HeldState } from "@baton/proto/contract/outcome";
import type { OwedOutcome } from "../outcome.ts";
import type { Assignment } from "./assignment.ts";
import type { AttemptCalls } from "./attempt-calls.ts";
import type { AttemptLog } from "./attempt-log.ts";
import type { AttemptTimes } from "./attempt-times.ts";

/** The worker thread that executes an attempt. */
export interface AttemptThread {
  readonly threadId: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/**
 * An attempt that this runner holds. Only the {@link AttemptBook} changes where it stands:
 *
 * ```text
 * received ──start──▶ started ──end──▶ ended ──settled──▶ forgotten
 *    │                   │               └──settled, thread lives──▶ lingering ──gone──▶ forgotten
 *    │                   └──canceled or stopped──▶ lingering
 *    ├──canceled or stopped──▶ lingering (until the host says that no thread has it)
 *    └──handed back──▶ forgotten
 * ```
 */
export class HeldAttempt {
  readonly assignment: Assignment;
  #state: HeldState | "forgotten" = "received";
  #thread: AttemptThread | undefined;
  #outcome: OwedOutcome | undefined;
  #isEnding = false;
  /** When it was received, or lost the host in which it waited. By the monotonic clock. */
  waitingSince: number;
  /** It lingered and was reported gone while its outcome was not acknowledged. */
  wasReportedGone = false;
  /** Deadlines and active time; absent before there are any. Owned by `AttemptLimits`. */
  times: AttemptTimes | undefined;
  /** Calls that the coordinator has not answered; absent: it made none. Owned by `ApiCalls`. */
  calls: AttemptCalls | undefined;
  /** What it printed; absent: nothing. Owned by `LogShipper`. */
  log: AttemptLog | undefined;

  constructor(assignment: Assignment, now: number) {
    this.assignment = assignment;
    this.waitingSince = now;
  }

  get state(): HeldState | "forgotten" {
    return this.#state;
  }

  /** The thread that a host gave it; undefined before. */
  get thread(): AttemptThread | undefined {
    return this.#thread;
  }

  /** What is owed to the coordinator; undefined before the end and when nobody wants it. */
  get outcome(): OwedOutcome | undefined {
    return this.#outcome;
  }

  /** Whether its host was told to end its thread. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Its host gave it to a thread. */
  giveThread(thread: AttemptThread): void {
    this.#thread = thread;
  }

  /** Its host is told to end its thread. */
  endThread(): void {
    this.#isEnding = true;
  }

  /** Its thread executes it. */
  start(): void {
    this.#state = "started";
  }

  /** It ended, or the outcome changed because its thread is gone. */
  end(outcome: OwedOutcome): void {
    this.#state = "ended";
    this.#outcome = outcome;
  }

  /** Nobody wants its outcome; a thread may still have it. */
  linger(): void {
    this.#state = "lingering";
    this.#outcome = undefined;
  }

  /** The runner has nothing to do with it any more. */
  forget(): void {
    this.#state = "forgotten";
    this.#outcome = undefined;
  }
}
