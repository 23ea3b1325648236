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
 * An attempt that this runner holds. Only the {@link AttemptBook} changes its state:
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
  #following: AttemptThread | undefined;
  #outcome: OwedOutcome | undefined;
  #isEnding = false;
  /** When the attempt was received, or lost the host in which it waited. By the monotonic clock. */
  waitingSince: number;
  /** Whether its lingering thread was reported gone before its outcome was confirmed. */
  wasReportedGone = false;
  /** Deadlines and active time, once there are any. Owned by `AttemptLimits`. */
  times: AttemptTimes | undefined;
  /** Unanswered calls; absent before the first call. Owned by `ApiCalls`. */
  calls: AttemptCalls | undefined;
  /** The state of its log; absent before the first line. Owned by `LogShipper`. */
  log: AttemptLog | undefined;

  constructor(assignment: Assignment, now: number) {
    this.assignment = assignment;
    this.waitingSince = now;
  }

  get state(): HeldState | "forgotten" {
    return this.#state;
  }

  /** The attempt's thread; undefined until its host gave it one. */
  get thread(): AttemptThread | undefined {
    return this.#thread;
  }

  /**
   * The thread that may have begun the attempt after others, with the earliest start; its host says so only at the end,
   * or when the attempt takes longer. Undefined as soon as {@link thread} is known.
   */
  get following(): AttemptThread | undefined {
    return this.#following;
  }

  /** The unconfirmed outcome; undefined before the end and when the coordinator does not want it. */
  get outcome(): OwedOutcome | undefined {
    return this.#outcome;
  }

  /** Whether the host was told to terminate the attempt's thread. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Sets the thread that the host gave it to. */
  giveThread(thread: AttemptThread): void {
    this.#thread = thread;
    this.#following = undefined;
  }

  /** Sets the thread that the host gave it to, behind others; undefined when it waits for any thread again. */
  follow(thread: AttemptThread | undefined): void {
    this.#following = thread;
  }

  /** Notes that the host was told to terminate the attempt's thread. */
  endThread(): void {
    this.#isEnding = true;
  }

  /** Notes that a thread executes the attempt. */
  start(): void {
    this.#state = "started";
  }

  /** Sets the outcome at the end, or changes it when the thread is gone. */
  end(outcome: OwedOutcome): void {
    this.#state = "ended";
    this.#outcome = outcome;
  }

  /** Drops the outcome, which the coordinator does not want. A thread may still have the attempt. */
  linger(): void {
    this.#state = "lingering";
    this.#outcome = undefined;
  }

  /** Notes that the attempt left the book. */
  forget(): void {
    this.#state = "forgotten";
    this.#outcome = undefined;
  }
}
