import type { AttemptId } from "@baton/proto/contract/ids";
import type { HandBackReason, HeldState } from "@baton/proto/contract/outcome";
import type { OwedOutcome } from "../outcome.ts";
import type { Assignment, AttemptKey } from "./assignment.ts";
import { HeldAttempt } from "./held-attempt.ts";

/** One held attempt in a Hello. */
export interface HeldLine extends AttemptKey {
  readonly state: HeldState;
}

/** One message of the coordinator: everything that it sends in one turn. */
export interface Dispatch {
  /** Counts the dispatches of one stream from 1. */
  readonly sequence: number;
  readonly assignments: readonly Assignment[];
  readonly cancels: readonly (AttemptKey & { readonly reason: string })[];
  readonly settledAttemptIds: readonly AttemptId[];
  readonly stopAttemptIds: readonly AttemptId[];
}

/** What the runner must do because of a dispatch. */
export interface DispatchActions {
  /** New attempts, which go to a host. */
  readonly execute: readonly HeldAttempt[];
  /** Attempts of canceled runs. Abort them, terminate their threads after the grace, then call `gone`. */
  readonly cancel: readonly { readonly attempt: HeldAttempt; readonly reason: string }[];
  /**
   * Attempts that the coordinator no longer wants. Withdraw them or terminate their threads at once, then call `gone`.
   */
  readonly stop: readonly HeldAttempt[];
}

/** Everything that was not reported yet. The caller adds the prefetch. */
export interface BookReport {
  readonly receivedSequence: number;
  readonly started: readonly (AttemptKey & { readonly startedAt: number })[];
  readonly outcomes: readonly OwedOutcome[];
  readonly handedBack: readonly (AttemptKey & { readonly reason: HandBackReason })[];
  readonly goneAttemptIds: readonly AttemptId[];
}

/**
 * The runner's book: the attempts that the runner holds, and the reports about them that the coordinator has not
 * confirmed. It has no side effects, and every time is an argument. Calls about attempts that are not in the book
 * change nothing.
 */
export class AttemptBook {
  readonly #attempts = new Map<AttemptId, HeldAttempt>();
  /** Attempts without a thread, longest waiting first. */
  readonly #waiting = new Set<HeldAttempt>();
  /** Started attempts whose start was not reported, oldest first. */
  readonly #unreportedStarts = new Set<HeldAttempt>();
  #receivedSequence = 0;
  #isDraining = false;
  #started: (AttemptKey & { startedAt: number })[] = [];
  #outcomes: OwedOutcome[] = [];
  #handedBack: (AttemptKey & { reason: HandBackReason })[] = [];
  #gone: AttemptId[] = [];

  /** Number of attempts in the book, in any state. */
  get size(): number {
    return this.#attempts.size;
  }

  /** Whether the book must be checked as time passes: assignments wait, or starts are not reported. */
  get waitsForTime(): boolean {
    return this.#waiting.size + this.#unreportedStarts.size > 0;
  }

  /** Whether there is something to report. */
  get hasNews(): boolean {
    return this.#started.length + this.#outcomes.length + this.#handedBack.length + this.#gone.length > 0;
  }

  /** Number of outcomes that the coordinator has not confirmed. */
  get unsettledCount(): number {
    return this.#count("ended");
  }

  /** Number of attempts that threads execute. */
  get startedCount(): number {
    return this.#count("started");
  }

  /** Every attempt in the book. */
  get all(): readonly HeldAttempt[] {
    return [...this.#attempts.values()];
  }

  /** Finds an attempt by its id, which may come from an untrusted process. */
  find(attemptId: string): HeldAttempt | undefined {
    return this.#attempts.get(attemptId as AttemptId);
  }

  /** Returns every attempt in the book, for a Hello. */
  held(): readonly HeldLine[] {
    return this.all.map(({ assignment: { runId, attemptId }, state }) => ({
      runId,
      attemptId,
      state: state as HeldState,
    }));
  }

  /**
   * Prepares the reports for a new stream, before its Hello with {@link held}. Every unconfirmed outcome and every
   * start is reported again, because an older stream may have lost it. Hand-backs and gone threads show in the Hello:
   * it does not name their attempts.
   */
  streamOpened(): void {
    this.#receivedSequence = 0;
    this.#started = [];
    this.#outcomes = [];
    this.#unreportedStarts.clear();
    for (const attempt of this.#attempts.values()) {
      const { outcome, state, wasReportedGone } = attempt;
      if (state === "started") this.#unreportedStarts.add(attempt);
      if (outcome === undefined) continue;
      this.#outcomes.push(outcome);
      if (wasReportedGone && !this.#gone.includes(attempt.assignment.attemptId))
        this.#gone.push(attempt.assignment.attemptId);
    }
  }

  /** Handles the coordinator's answer to a Hello. Returns the attempts whose threads must be terminated at once. */
  welcomed(stopAttemptIds: readonly AttemptId[]): readonly HeldAttempt[] {
    return stopAttemptIds.flatMap((attemptId) => this.#stop(attemptId));
  }

  /** Applies a dispatch. Ignores repeated assignments, which are in the book already. */
  dispatched(dispatch: Dispatch, now: number): DispatchActions {
    this.#receivedSequence = dispatch.sequence;
    const execute: HeldAttempt[] = [];
    for (const assignment of dispatch.assignments) {
      if (this.#attempts.has(assignment.attemptId)) continue;
      if (this.#isDraining) this.#giveBack(assignment, "draining");
      else execute.push(this.#receive(assignment, now));
    }
    for (const attemptId of dispatch.settledAttemptIds) this.#settle(attemptId);
    return {
      execute,
      cancel: dispatch.cancels.flatMap(({ attemptId, reason }) =>
        this.#cancel(attemptId).map((attempt) => ({ attempt, reason })),
      ),
      stop: dispatch.stopAttemptIds.flatMap((attemptId) => this.#stop(attemptId)),
    };
  }

  /** Marks an attempt as started, because a thread has it. */
  taken(attempt: HeldAttempt): void {
    if (!this.#waiting.delete(attempt)) return;
    attempt.start();
    this.#unreportedStarts.add(attempt);
  }

  /** Adds every unreported start at `startedBefore` or earlier to the next report. */
  reportStarts(startedBefore: number): void {
    for (const attempt of this.#unreportedStarts) {
      const startedAt = attempt.thread?.startedAt ?? 0;
      if (startedAt > startedBefore) return;
      this.#unreportedStarts.delete(attempt);
      const { attemptId, runId } = attempt.assignment;
      this.#started.push({ runId, attemptId, startedAt });
    }
  }

  /** Notes the end of an attempt. Its thread may still linger; {@link gone} reports its end then. */
  ended(attempt: HeldAttempt, outcome: OwedOutcome): void {
    if (attempt.state === "received" || attempt.state === "started") {
      this.#waiting.delete(attempt);
      this.#unreportedStarts.delete(attempt);
      attempt.end(outcome);
      this.#outcomes.push(outcome);
    } else if (!outcome.threadLingers) {
      this.gone(attempt);
    }
  }

  /** Notes that no thread has the attempt any more. The attempt ended, was canceled or was stopped before. */
  gone(attempt: HeldAttempt): void {
    const { outcome, state } = attempt;
    const { attemptId } = attempt.assignment;
    if (state === "lingering") {
      this.#forget(attempt);
      this.#gone.push(attemptId);
    } else if (outcome?.threadLingers) {
      attempt.end({ ...outcome, threadLingers: false });
      attempt.wasReportedGone = true;
      this.#gone.push(attemptId);
    }
  }

  /** Returns the attempts that have waited for a thread since `waitingSince` or longer, longest waiting first. */
  overdue(waitingSince: number): readonly HeldAttempt[] {
    const overdue: HeldAttempt[] = [];
    for (const attempt of this.#waiting) {
      if (attempt.waitingSince > waitingSince) break;
      overdue.push(attempt);
    }
    return overdue;
  }

  /** Hands back an assignment that no thread has. */
  handBack(attempt: HeldAttempt, reason: HandBackReason): void {
    if (!this.#waiting.has(attempt)) return;
    this.#forget(attempt);
    this.#giveBack(attempt.assignment, reason);
  }

  /** Makes the book hand back every further assignment. */
  startDraining(): void {
    this.#isDraining = true;
  }

  /**
   * Handles the loss of a host that had these attempts. Lingering ones are gone; waiting ones start their wait again,
   * for another host. Returns the started ones, which the caller ends.
   */
  hostLost(attempts: readonly HeldAttempt[], now: number): readonly HeldAttempt[] {
    for (const attempt of attempts) {
      if (attempt.state === "received") {
        attempt.waitingSince = now;
        this.#waiting.delete(attempt);
        this.#waiting.add(attempt);
      } else if (attempt.state !== "started") {
        this.gone(attempt);
      }
    }
    return attempts.filter(({ state }) => state === "started");
  }

  /** Takes everything that is unreported. It counts as reported afterwards. */
  takeReport(): BookReport {
    const report = {
      receivedSequence: this.#receivedSequence,
      started: this.#started,
      outcomes: this.#outcomes,
      handedBack: this.#handedBack,
      goneAttemptIds: this.#gone,
    };
    this.#started = [];
    this.#outcomes = [];
    this.#handedBack = [];
    this.#gone = [];
    return report;
  }

  #count(state: HeldState): number {
    let count = 0;
    for (const attempt of this.#attempts.values()) if (attempt.state === state) count += 1;
    return count;
  }

  #receive(assignment: Assignment, now: number): HeldAttempt {
    const attempt = new HeldAttempt(assignment, now);
    this.#attempts.set(assignment.attemptId, attempt);
    this.#waiting.add(attempt);
    return attempt;
  }

  #giveBack({ attemptId, runId }: AttemptKey, reason: HandBackReason): void {
    this.#handedBack.push({ runId, attemptId, reason });
  }

  #settle(attemptId: AttemptId): void {
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.state !== "ended") return;
    if (attempt.outcome?.threadLingers) attempt.linger();
    else this.#forget(attempt);
  }

  #cancel(attemptId: AttemptId): readonly HeldAttempt[] {
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.state === "received" || attempt?.state === "started") return this.#letLinger(attempt);
    // The thread that the coordinator waits for is already gone.
    if (attempt === undefined || (attempt.state === "ended" && !attempt.outcome?.threadLingers)) {
      this.#gone.push(attemptId);
    }
    return [];
  }

  #stop(attemptId: AttemptId): readonly HeldAttempt[] {
    const attempt = this.#attempts.get(attemptId);
    if (attempt?.state === "received" || attempt?.state === "started") return this.#letLinger(attempt);
    if (attempt?.state !== "ended") return [];
    this.#outcomes = this.#outcomes.filter((outcome) => outcome.attemptId !== attemptId);
    if (attempt.outcome?.threadLingers) {
      this.#letLinger(attempt);
    } else {
      // The run may be canceled and keep its slot until this thread is reported gone, which the dropped outcome would
      // have done.
      this.#forget(attempt);
      this.#gone.push(attemptId);
    }
    return [];
  }

  #letLinger(attempt: HeldAttempt): readonly HeldAttempt[] {
    this.#waiting.delete(attempt);
    this.#unreportedStarts.delete(attempt);
    attempt.linger();
    return [attempt];
  }

  #forget(attempt: HeldAttempt): void {
    this.#attempts.delete(attempt.assignment.attemptId);
    this.#waiting.delete(attempt);
    this.#unreportedStarts.delete(attempt);
    attempt.forget();
  }
}
