import type { AttemptId } from "@baton/proto/contract/ids";
import type { HandBackReason, HeldState } from "@baton/proto/contract/outcome";
import type { OwedOutcome } from "../outcome.ts";
import type { Assignment, AttemptKey } from "./assignment.ts";
import { HeldAttempt } from "./held-attempt.ts";

/** One line of a Hello. */
export interface HeldLine extends AttemptKey {
  readonly state: HeldState;
}

/** What the coordinator says in one turn. */
export interface Dispatch {
  /** Counts the dispatches of one stream from 1. */
  readonly sequence: number;
  readonly assignments: readonly Assignment[];
  readonly cancels: readonly (AttemptKey & { readonly reason: string })[];
  readonly settledAttemptIds: readonly AttemptId[];
  readonly stopAttemptIds: readonly AttemptId[];
}

/** What the runner has to do because of a dispatch. */
export interface DispatchActions {
  /** New here: give them to a host. */
  readonly execute: readonly HeldAttempt[];
  /** Their runs are canceled: abort, and end their threads after the grace. Then `gone`. */
  readonly cancel: readonly { readonly attempt: HeldAttempt; readonly reason: string }[];
  /** Not wanted any more: take them back or end their threads at once. Then `gone`. */
  readonly stop: readonly HeldAttempt[];
}

/** Everything that happened and was not reported. The caller adds the prefetch. */
export interface BookReport {
  readonly receivedSequence: number;
  readonly started: readonly (AttemptKey & { readonly startedAt: number })[];
  readonly outcomes: readonly OwedOutcome[];
  readonly handedBack: readonly (AttemptKey & { readonly reason: HandBackReason })[];
  readonly goneAttemptIds: readonly AttemptId[];
}

/**
 * The runner's book: the attempts that it holds and what it owes the coordinator about them. It touches nothing, and every
 * time is an argument. Calls about attempts that it does not hold change nothing.
 */
export class AttemptBook {
  readonly #attempts = new Map<AttemptId, HeldAttempt>();
  /** Received and without a thread, the one that waits longest first. */
  readonly #waiting = new Set<HeldAttempt>();
  /** Started and not reported as started, oldest first. */
  readonly #unreportedStarts = new Set<HeldAttempt>();
  #receivedSequence = 0;
  #isDraining = false;
  #started: (AttemptKey & { startedAt: number })[] = [];
  #outcomes: OwedOutcome[] = [];
  #handedBack: (AttemptKey & { reason: HandBackReason })[] = [];
  #gone: AttemptId[] = [];

  /** Attempts in the book, of every state. */
  get size(): number {
    return this.#attempts.size;
  }

  /** Whether the passing of time alone changes something: assignments that wait, starts that are not reported. */
  get waitsForTime(): boolean {
    return this.#waiting.size + this.#unreportedStarts.size > 0;
  }

  /** Whether there is something to report. */
  get hasNews(): boolean {
    return this.#started.length + this.#outcomes.length + this.#handedBack.length + this.#gone.length > 0;
  }

  /** Outcomes that the coordinator has not acknowledged. */
  get unsettledCount(): number {
    return this.#count("ended");
  }

  /** Attempts that a thread executes. */
  get startedCount(): number {
    return this.#count("started");
  }

  /** Every attempt in the book. */
  get all(): readonly HeldAttempt[] {
    return [...this.#attempts.values()];
  }

  /** The attempt with this id, which may come from a process that is not trusted. */
  find(attemptId: string): HeldAttempt | undefined {
    return this.#attempts.get(attemptId as AttemptId);
  }

  /** Everything in the book, for a Hello. */
  held(): readonly HeldLine[] {
    return this.all.map(({ assignment: { runId, attemptId }, state }) => ({
      runId,
      attemptId,
      state: state as HeldState,
    }));
  }

  /**
   * A new stream is about to say Hello with {@link held}. What an older stream may have lost is owed again: every outcome
   * that is not acknowledged, and every start. The Hello shows hand-backs and gone threads by their absence.
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

  /** The coordinator answered the Hello. Returns the attempts whose threads are to be ended at once. */
  welcomed(stopAttemptIds: readonly AttemptId[]): readonly HeldAttempt[] {
    return stopAttemptIds.flatMap((attemptId) => this.#stop(attemptId));
  }

  /** Applies one message of the coordinator. An assignment that is in the book already is a repetition. */
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

  /** A thread has the attempt. */
  taken(attempt: HeldAttempt): void {
    if (!this.#waiting.delete(attempt)) return;
    attempt.start();
    this.#unreportedStarts.add(attempt);
  }

  /** Puts every start at `startedBefore` or earlier that was not reported into the next report. */
  reportStarts(startedBefore: number): void {
    for (const attempt of this.#unreportedStarts) {
      const startedAt = attempt.thread?.startedAt ?? 0;
      if (startedAt > startedBefore) return;
      this.#unreportedStarts.delete(attempt);
      const { attemptId, runId } = attempt.assignment;
      this.#started.push({ runId, attemptId, startedAt });
    }
  }

  /** The attempt ended. A thread that lingers is reported by {@link gone} later. */
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

  /** No thread has this attempt any more. It ended, was canceled or was stopped before. */
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

  /** Attempts that have waited for a thread since `waitingSince` or longer, the one that waits longest first. */
  overdue(waitingSince: number): readonly HeldAttempt[] {
    const overdue: HeldAttempt[] = [];
    for (const attempt of this.#waiting) {
      if (attempt.waitingSince > waitingSince) break;
      overdue.push(attempt);
    }
    return overdue;
  }

  /** Gives back an assignment that no thread has. */
  handBack(attempt: HeldAttempt, reason: HandBackReason): void {
    if (!this.#waiting.has(attempt)) return;
    this.#forget(attempt);
    this.#giveBack(attempt.assignment, reason);
  }

  /** Hands back every assignment that comes from now on. */
  startDraining(): void {
    this.#isDraining = true;
  }

  /**
   * A host is gone with all its threads, and it had these attempts. Lingering ones are gone; waiting ones begin to wait
   * anew, for another host. Returns the started ones, which the caller ends.
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

  /** Takes everything that is owed now; it counts as reported afterwards. */
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
    // The coordinator waits for a thread that is gone already.
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
      // Its run may be canceled and hold its slot for this thread; the outcome that would have said so is withdrawn.
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
