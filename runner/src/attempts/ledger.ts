/** Names one attempt. */
export interface AttemptKey {
  readonly runId: string;
  readonly attemptId: string;
}

/** What the ledger must know about an outcome; the rest is the caller's. */
export interface LedgerOutcome extends AttemptKey {
  readonly threadLingers: boolean;
}

/**
 * Where an attempt stands on this runner:
 *
 * ```text
 * received ──taken──▶ started ──ended──▶ ended ──settled──▶ (forgotten)
 *    │                   │                 └──settled, thread lives──▶ lingering ──gone──▶ (forgotten)
 *    │                   └──canceled or stopped──▶ lingering
 *    ├──canceled or stopped──▶ lingering (until the host says that no thread has it)
 *    └──handed back──▶ (forgotten)
 * ```
 */
export type HeldState = "received" | "started" | "ended" | "lingering";

/** One line of a Hello. */
export interface HeldAttempt extends AttemptKey {
  readonly state: HeldState;
}

/** Why an assignment goes back unstarted. */
export type HandBackReason = "noThread" | "draining" | "versionNotLoaded";

/** What the coordinator says in one turn. */
export interface LedgerDispatch<Assignment> {
  /** Counts the dispatches of one stream from 1. */
  readonly sequence: number;
  readonly assignments: readonly Assignment[];
  readonly cancels: readonly (AttemptKey & { readonly reason: string })[];
  readonly settledAttemptIds: readonly string[];
  readonly stopAttemptIds: readonly string[];
}

/** What the runner has to do because of a dispatch. */
export interface DispatchActions<Assignment> {
  /** New here: give them to the host. */
  readonly execute: readonly Assignment[];
  /** Their runs are canceled: abort, and terminate after the grace. Then `gone`. */
  readonly cancel: readonly (AttemptKey & { readonly reason: string })[];
  /** Not wanted any more: take back or terminate at once. Then `gone`. */
  readonly stop: readonly string[];
}

/** Everything that happened and was not told yet. Prefetch is the caller's to add. */
export interface LedgerReport<Outcome> {
  readonly receivedSequence: number;
  readonly started: readonly (AttemptKey & { readonly startedAt: number })[];
  readonly outcomes: readonly Outcome[];
  readonly handedBack: readonly (AttemptKey & { readonly reason: HandBackReason })[];
  readonly goneAttemptIds: readonly string[];
}

interface Entry<Assignment, Outcome> {
  readonly runId: string;
  readonly attemptId: string;
  readonly assignment: Assignment;
  state: HeldState;
  receivedAt: number;
  startedAt: number;
  outcome: Outcome | undefined;
  /** It lingered and was reported gone while its outcome was not acknowledged. */
  wasReportedGone: boolean;
}

/**
 * The runner's book of attempts: what it has, what it owes the coordinator. It touches nothing; every time is an
 * argument, and all times of one ledger come from one clock, in milliseconds. Calls about attempts that it does not
 * have change nothing.
 */
export class Ledger<Assignment extends AttemptKey, Outcome extends LedgerOutcome> {
  readonly #entries = new Map<string, Entry<Assignment, Outcome>>();
  /** Received and not taken, oldest first. */
  readonly #waiting = new Map<string, Entry<Assignment, Outcome>>();
  /** Taken and not reported as started, oldest first. */
  readonly #unreportedStarts = new Map<string, Entry<Assignment, Outcome>>();
  #receivedSequence = 0;
  #isDraining = false;
  #started: (AttemptKey & { startedAt: number })[] = [];
  #outcomes: Outcome[] = [];
  #handedBack: (AttemptKey & { reason: HandBackReason })[] = [];
  #gone: string[] = [];

  /** Attempts in the book, of every state. */
  get size(): number {
    return this.#entries.size;
  }

  /** Does the passing of time alone change something: assignments that wait, starts that are not reported? */
  get waitsForTime(): boolean {
    return this.#waiting.size + this.#unreportedStarts.size > 0;
  }

  /** Is there something that the coordinator was not told? */
  get hasNews(): boolean {
    return this.#started.length + this.#outcomes.length + this.#handedBack.length + this.#gone.length > 0;
  }

  /** Outcomes that the coordinator has not acknowledged. */
  get unsettledCount(): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.state === "ended") count += 1;
    return count;
  }

  /** Attempts that a thread executes. */
  get startedCount(): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.state === "started") count += 1;
    return count;
  }

  /** The state and assignment of an attempt. */
  find(
    attemptId: string,
  ): { readonly state: HeldState; readonly assignment: Assignment; readonly startedAt: number } | undefined {
    return this.#entries.get(attemptId);
  }

  /** Everything in the book, for a Hello. */
  held(): readonly HeldAttempt[] {
    return [...this.#entries.values()].map(({ runId, attemptId, state }) => ({ runId, attemptId, state }));
  }

  /**
   * A new stream is about to say Hello with {@link held}. What an older stream may have lost is owed again: every
   * outcome that is not acknowledged, every start. Hand-backs and gone threads show in the Hello by their absence.
   */
  streamOpened(): void {
    this.#receivedSequence = 0;
    this.#started = [];
    this.#outcomes = [];
    this.#unreportedStarts.clear();
    for (const entry of this.#entries.values()) {
      if (entry.state === "started") this.#unreportedStarts.set(entry.attemptId, entry);
      if (entry.state !== "ended" || entry.outcome === undefined) continue;
      this.#outcomes.push(entry.outcome);
      if (entry.wasReportedGone && !this.#gone.includes(entry.attemptId)) this.#gone.push(entry.attemptId);
    }
  }

  /** The coordinator answered the Hello. Returns the attempts to terminate at once. */
  welcomed(stopAttemptIds: readonly string[]): readonly string[] {
    return stopAttemptIds.filter((attemptId) => this.#stop(attemptId));
  }

  /** Applies one message of the coordinator. An assignment that is in the book already is a repetition. */
  dispatched(dispatch: LedgerDispatch<Assignment>, now: number): DispatchActions<Assignment> {
    this.#receivedSequence = dispatch.sequence;
    const execute: Assignment[] = [];
    for (const assignment of dispatch.assignments) {
      if (this.#entries.has(assignment.attemptId)) continue;
      if (this.#isDraining) {
        this.#handedBack.push({ runId: assignment.runId, attemptId: assignment.attemptId, reason: "draining" });
        continue;
      }
      this.#receive(assignment, now);
      execute.push(assignment);
    }
    for (const attemptId of dispatch.settledAttemptIds) this.#settle(attemptId);
    return {
      execute,
      cancel: dispatch.cancels.filter(({ attemptId }) => this.#cancel(attemptId)),
      stop: dispatch.stopAttemptIds.filter((attemptId) => this.#stop(attemptId)),
    };
  }

  /** A thread took the attempt. */
  taken(attemptId: string, startedAt: number): void {
    const entry = this.#waiting.get(attemptId);
    if (entry === undefined) return;
    this.#waiting.delete(attemptId);
    entry.state = "started";
    entry.startedAt = startedAt;
    this.#unreportedStarts.set(attemptId, entry);
  }

  /** Puts into the next report every start that was at `startedBefore` or earlier and is not reported. */
  reportStarts(startedBefore: number): void {
    for (const entry of this.#unreportedStarts.values()) {
      if (entry.startedAt > startedBefore) return;
      this.#unreportedStarts.delete(entry.attemptId);
      this.#started.push({ runId: entry.runId, attemptId: entry.attemptId, startedAt: entry.startedAt });
    }
  }

  /** The attempt ended. False: nobody wants the outcome. A lingering thread is reported by {@link gone} later. */
  ended(outcome: Outcome): boolean {
    const entry = this.#entries.get(outcome.attemptId);
    if (entry === undefined) return false;
    if (entry.state === "lingering") {
      if (!outcome.threadLingers) this.gone(outcome.attemptId);
      return false;
    }
    if (entry.state === "ended") return false;
    this.#waiting.delete(outcome.attemptId);
    this.#unreportedStarts.delete(outcome.attemptId);
    entry.state = "ended";
    entry.outcome = outcome;
    this.#outcomes.push(outcome);
    return true;
  }

  /** No thread has this attempt any more; it ended, was canceled or was stopped before. */
  gone(attemptId: string): void {
    const entry = this.#entries.get(attemptId);
    if (entry === undefined) return;
    if (entry.state === "lingering") {
      this.#entries.delete(attemptId);
      this.#gone.push(attemptId);
    } else if (entry.state === "ended" && entry.outcome?.threadLingers) {
      entry.outcome = { ...entry.outcome, threadLingers: false };
      entry.wasReportedGone = true;
      this.#gone.push(attemptId);
    }
  }

  /** Assignments that were received at `receivedBefore` or earlier and that no thread took, oldest first. */
  overdue(receivedBefore: number): readonly string[] {
    const ids: string[] = [];
    for (const entry of this.#waiting.values()) {
      if (entry.receivedAt > receivedBefore) break;
      ids.push(entry.attemptId);
    }
    return ids;
  }

  /** Gives back an assignment that no thread took. */
  handBack(attemptId: string, reason: HandBackReason): void {
    const entry = this.#waiting.get(attemptId);
    if (entry === undefined) return;
    this.#forget(entry);
    this.#handedBack.push({ runId: entry.runId, attemptId, reason });
  }

  /** No new assignment is taken from now on; those that come are handed back. */
  startDraining(): void {
    this.#isDraining = true;
  }

  /**
   * A host is gone with all its threads, and it had these attempts. Lingering ones are gone; waiting ones begin to wait
   * anew, for another host; `interrupted` ones are the caller's to end.
   */
  hostLost(attemptIds: readonly string[], now: number): { readonly interrupted: readonly AttemptKey[] } {
    const interrupted: AttemptKey[] = [];
    for (const attemptId of attemptIds) {
      const entry = this.#entries.get(attemptId);
      if (entry === undefined) continue;
      if (entry.state === "received") {
        entry.receivedAt = now;
        this.#waiting.delete(attemptId);
        this.#waiting.set(attemptId, entry);
      } else if (entry.state === "started") {
        interrupted.push({ runId: entry.runId, attemptId: entry.attemptId });
      } else {
        this.gone(entry.attemptId);
      }
    }
    return { interrupted };
  }

  /** Everything that is owed now; it counts as told afterwards. */
  takeReport(): LedgerReport<Outcome> {
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

  #receive(assignment: Assignment, now: number): void {
    const entry: Entry<Assignment, Outcome> = {
      runId: assignment.runId,
      attemptId: assignment.attemptId,
      assignment,
      state: "received",
      receivedAt: now,
      startedAt: 0,
      outcome: undefined,
      wasReportedGone: false,
    };
    this.#entries.set(entry.attemptId, entry);
    this.#waiting.set(entry.attemptId, entry);
  }

  #settle(attemptId: string): void {
    const entry = this.#entries.get(attemptId);
    if (entry?.state !== "ended") return;
    if (entry.outcome?.threadLingers) {
      entry.state = "lingering";
      entry.outcome = undefined;
    } else {
      this.#forget(entry);
    }
  }

  #cancel(attemptId: string): boolean {
    const entry = this.#entries.get(attemptId);
    if (entry?.state === "received" || entry?.state === "started") {
      this.#letLinger(entry);
      return true;
    }
    // The coordinator waits for a thread that is gone already.
    if (entry === undefined || (entry.state === "ended" && !entry.outcome?.threadLingers)) this.#gone.push(attemptId);
    return false;
  }

  #stop(attemptId: string): boolean {
    const entry = this.#entries.get(attemptId);
    if (entry?.state === "received" || entry?.state === "started") {
      this.#letLinger(entry);
      return true;
    }
    if (entry?.state !== "ended") return false;
    this.#outcomes = this.#outcomes.filter((outcome) => outcome.attemptId !== attemptId);
    if (entry.outcome?.threadLingers) {
      this.#letLinger(entry);
    } else {
      // Its run may be canceled and hold its slot for this thread; the outcome that would have said so is withdrawn.
      this.#forget(entry);
      this.#gone.push(attemptId);
    }
    return false;
  }

  #letLinger(entry: Entry<Assignment, Outcome>): void {
    this.#waiting.delete(entry.attemptId);
    this.#unreportedStarts.delete(entry.attemptId);
    entry.state = "lingering";
    entry.outcome = undefined;
  }

  #forget(entry: Entry<Assignment, Outcome>): void {
    this.#entries.delete(entry.attemptId);
    this.#waiting.delete(entry.attemptId);
    this.#unreportedStarts.delete(entry.attemptId);
  }
}
