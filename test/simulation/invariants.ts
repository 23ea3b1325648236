import type { Change } from "@baton/coordinator/internal/core/effect";
import type { Event } from "@baton/coordinator/internal/core/event";
import { isSolo, maxSuspicions, type Run } from "@baton/coordinator/internal/core/life/run";
import type { RunId, RunnerId } from "@baton/proto/contract/ids";
import { maxAttemptsPerRun } from "@baton/proto/contract/limits";
import { isFinal } from "@baton/proto/contract/run-status";
import { InvariantError } from "./failure.ts";
import { fixedLimits } from "./tasks.ts";

/** Limits how late a coordinator that was busy, paused or without its store may act on a ttl, in milliseconds. */
const graceMs = 20_000;

/** An executing thread, as the invariants know it. */
export interface LiveThread {
  readonly runId: RunId;
  readonly attemptId: string;
  readonly runnerId: RunnerId;
}

/**
 * Checks what must hold at every step and at the end. It gets stored runs, decisions of the core, answers to callers
 * and living threads, each through one method. It keeps the first contradiction as `failure` instead of throwing,
 * because it is called from inside the code under test, whose behaviour an exception would change.
 */
export class Invariants {
  readonly #stored = new Map<RunId, Run>();
  readonly #accepted = new Map<RunId, string | undefined>();
  readonly #told = new Map<RunId, Run>();
  readonly #threads = new Map<string, LiveThread>();
  readonly #children = new Map<RunId, RunId[]>();
  /** Canceled runs whose descendants are all canceled. */
  readonly #canceledWithAll = new Set<RunId>();
  /** Runs that a dead coordinator's batch may have created after its successor searched for them. */
  readonly #late = new Set<RunId>();
  readonly #lastHeard = new Map<RunnerId, number>();
  #loadedAt = 0;
  readonly #leaseMs: number;
  /** Slots that all queues together may hold. */
  environmentSlots = Number.POSITIVE_INFINITY;
  /** The first contradiction. */
  failure: InvariantError | undefined;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** Ids of all runs that a caller knows to exist. */
  get accepted(): ReadonlyMap<RunId, string | undefined> {
    return this.#accepted;
  }

  /** Notes that a coordinator loaded the store, at a monotonic time. */
  loaded(at: number): void {
    this.#loadedAt = at;
    this.#lastHeard.clear();
  }

  /** Checks a run that the store wrote. */
  stored(run: Run): void {
    const before = this.#stored.get(run.id);
    this.#stored.set(run.id, run);
    const place = () => `${run.id} from ${before?.status}@${before?.revision} to ${run.status}@${run.revision}`;
    this.#claim(run.revision > (before?.revision ?? 0), "a stored run never goes back", place);
    this.#claim(
      before === undefined || !isFinal(before.status) || before.status === run.status,
      "a final status never changes",
      place,
    );
    const isHeld = run.status === "dequeued" || run.status === "executing" || run.status === "waiting";
    this.#claim(isHeld === (run.current !== undefined), "exactly the running runs have a current attempt", place);
    this.#claim(!isHeld || run.lingering === undefined, "a run holds one thread", place);
    this.#claim(isFinal(run.status) === (run.finishedAt !== undefined), "exactly the final runs have an end", place);
    this.#claim(run.timeline.length <= 50, "a timeline is bounded", place);
    this.#claim(run.attemptNumber <= maxAttemptsPerRun, "attempts are bounded", place);
    const ids = new Set(run.attempts.map((attempt) => attempt.id));
    this.#claim(ids.size === run.attempts.length, "an attempt ends once", place);
    this.#claim((run.suspicions ?? 0) <= maxSuspicions, "two unexplained aborts are the most that a run meets", place);
    if (before === undefined) this.#checkBirth(run);
    if (before?.descendantsToCancel && !run.descendantsToCancel) {
      this.#canceledWithAll.add(run.id);
      this.#checkDescendants(run);
    }
    const counted = run.attempts.filter((attempt) => attempt.status !== "interrupted").length;
    this.#claim(
      counted === run.attemptNumber,
      "an attempt that counts is counted once",
      () => `${run.id} has ${counted} counted attempts and the number ${run.attemptNumber}`,
    );
    const most = Math.max(1, run.maxAttempts ?? run.retry?.maxAttempts ?? maxAttemptsPerRun);
    this.#claim(counted <= most, "counted attempts keep to the maximum", () => `${run.id} had ${counted} of ${most}`);
  }

  /** Notes that a dead coordinator's batch is written late. No caller knows the runs that it creates. */
  arrivesLate(runIds: readonly RunId[]): void {
    for (const id of runIds) if (!this.#stored.has(id)) this.#late.add(id);
  }

  #checkBirth(child: Run): void {
    const { parentRunId } = child;
    if (parentRunId === undefined) return;
    this.#children.set(parentRunId, [...(this.#children.get(parentRunId) ?? []), child.id]);
    let run: Run | undefined = child;
    while (run?.parentRunId !== undefined && !this.#late.has(run.id)) {
      run = this.#stored.get(run.parentRunId);
      this.#claim(
        run === undefined || isFinal(child.status) || !this.#canceledWithAll.has(run.id),
        "nothing is made below a run that was canceled with all below it",
        () => `${child.id} below ${run?.id}`,
      );
    }
  }

  #checkDescendants(canceled: Run): void {
    for (const id of this.#children.get(canceled.id) ?? []) {
      const child = this.#stored.get(id);
      if (child === undefined || this.#late.has(id)) continue;
      this.#claim(isFinal(child.status), "what a canceled run triggered is canceled", () => `${id} is ${child.status}`);
      this.#checkDescendants(child);
    }
  }

  /** Checks an acknowledged trigger. */
  acknowledged(runId: RunId, payload: string | undefined): void {
    this.#claim(this.#stored.has(runId), "an acknowledged trigger is stored", () => runId);
    this.#accepted.set(runId, payload);
  }

  /** Checks a state that a watcher got. */
  told(run: Run): void {
    const before = this.#told.get(run.id);
    this.#told.set(run.id, run);
    const stored = this.#stored.get(run.id);
    const place = () =>
      `${run.id} told ${before?.status}@${before?.revision}, then ${run.status}@${run.revision}, stored ${stored?.status}@${stored?.revision}`;
    this.#claim(stored !== undefined && stored.revision >= run.revision, "what is told is stored", place);
    this.#claim(
      !isFinal(run.status) || stored?.status === run.status,
      "a final status that was told is the stored one",
      place,
    );
    this.#claim(
      before === undefined || !isFinal(before.status) || before.status === run.status,
      "a told final status never changes",
      place,
    );
  }

  /** Checks the answer to a cancellation. */
  cancelAnswered(runId: RunId, status: string): void {
    const stored = this.#stored.get(runId);
    this.#claim(
      stored?.status === status,
      "the answer to a cancellation is stored",
      () => `${runId}: ${status}, ${stored?.status}`,
    );
  }

  /** Checks one step of the core. */
  stepped(event: Event, changes: readonly Change[], runsOf: () => readonly Run[], at: number): void {
    if (event.type === "runnerHeard" && event.runnerId !== undefined) this.#lastHeard.set(event.runnerId, at);
    if (event.type === "runnerConnected") this.#lastHeard.set(event.runner.runnerId, at);
    if (event.type === "clockPaused") {
      for (const [runnerId, heardAt] of this.#lastHeard) this.#lastHeard.set(runnerId, heardAt + event.pausedMs);
      this.#loadedAt += event.pausedMs;
    }
    for (const { run, replaces } of changes) {
      this.#claim(
        run.revision > replaces,
        "a change moves a run on",
        () => `${run.id} ${run.revision} over ${replaces}`,
      );
      if (run.status === "dequeued") this.#checkLimit(run, runsOf);
      if (run.status === "dequeued") this.#checkExpiry(run, at);
      if (run.status === "dequeued" && isSolo(run)) this.#checkSolo(run, runsOf);
    }
    for (const thread of this.#threads.values()) this.#checkLease(thread, event, changes, at);
  }

  /** Checks that the core takes no attempt away from a living thread before the runner's lease has ended. */
  #checkLease(thread: LiveThread, event: Event, changes: readonly Change[], at: number): void {
    const isTakenBack = event.type === "timerFired" || event.type === "runsReloaded";
    if (!isTakenBack) return;
    const change = changes.find(({ run }) => run.id === thread.runId);
    if (change === undefined || isFinal(change.run.status) || change.run.current?.id === thread.attemptId) return;
    const lost = change.run.attempts.at(-1);
    if (lost?.id !== thread.attemptId || lost.status !== "interrupted") return;
    const heardAt = Math.max(this.#lastHeard.get(thread.runnerId) ?? 0, this.#loadedAt);
    this.#claim(
      at - heardAt >= this.#leaseMs,
      "an attempt is lost only with its lease",
      () => `${thread.attemptId} was taken from ${thread.runnerId}, heard ${at - heardAt} ms ago`,
    );
  }

  /** Checks that a queued run does not start after its ttl, once a loaded coordinator had time to notice. */
  #checkExpiry(dequeued: Run, at: number): void {
    const before = this.#stored.get(dequeued.id);
    if (before?.status !== "queued" || before.dueAt === undefined || at - this.#loadedAt < graceMs) return;
    const lateMs = dequeued.updatedAt - before.dueAt;
    this.#claim(lateMs < graceMs, "a ttl is kept", () => `${dequeued.id} started ${lateMs} ms after its ttl`);
  }

  #checkLimit(dequeued: Run, runsOf: () => readonly Run[]): void {
    if (this.environmentSlots < Number.POSITIVE_INFINITY) {
      const held = runsOf().filter((run) => run.current !== undefined || run.lingering !== undefined);
      this.#claim(
        held.length <= this.environmentSlots,
        "the environment's limit is not passed",
        () => `${held.length} of ${this.environmentSlots} slots are held`,
      );
    }
    const limit = fixedLimits.get(dequeued.queue);
    if (limit === undefined) return;
    const holders = runsOf().filter(
      (run) => run.queue === dequeued.queue && (run.current !== undefined || run.lingering !== undefined),
    );
    this.#claim(
      holders.length <= limit,
      "no concurrency limit is passed",
      () => `queue ${dequeued.queue} has ${holders.length} holders: ${holders.map((run) => run.id).join(", ")}`,
    );
  }

  #checkSolo(dequeued: Run, runsOf: () => readonly Run[]): void {
    const runnerId = dequeued.current?.runnerId;
    const alone = runsOf().filter((run) => isSolo(run) && (run.current ?? run.lingering)?.runnerId === runnerId);
    this.#claim(
      alone.length === 1,
      "a runner has one run that is executed alone",
      () => `${runnerId} has ${alone.map((run) => run.id).join(", ")}`,
    );
  }

  /** Checks the payload of an assignment; `expected` is the payload from the trigger. */
  assigned(runId: RunId, expected: string | undefined, payload: string | undefined): void {
    this.#claim(
      payload === expected,
      "an assignment carries its payload",
      () => `${runId}: ${payload}, not ${expected}`,
    );
  }

  /** Notes that a thread executes an attempt. */
  threadStarted(thread: LiveThread): void {
    this.#claim(!this.#threads.has(thread.attemptId), "an attempt has one thread", () => thread.attemptId);
    this.#threads.set(thread.attemptId, thread);
  }

  threadEnded(attemptId: string): void {
    this.#threads.delete(attemptId);
  }

  /** Returns accepted runs that have not ended or whose thread lingers. */
  unfinished(): readonly Run[] {
    return [...this.#accepted.keys()].flatMap((id) => {
      const run = this.#stored.get(id);
      return run !== undefined && isFinal(run.status) && run.lingering === undefined
        ? []
        : run === undefined
          ? []
          : [run];
    });
  }

  /**
   * Checks the end of a simulation: every accepted run has ended, its watcher got the end, and nothing is left over.
   */
  atEnd(memory: readonly Run[], ignored: ReadonlySet<RunId>, explain: (run: Run) => string): void {
    for (const id of this.#accepted.keys()) {
      const stored = this.#stored.get(id);
      this.#claim(stored !== undefined, "an acknowledged trigger exists", () => id);
      if (stored === undefined || ignored.has(id)) continue;
      this.#claim(
        isFinal(stored.status),
        "everything ends",
        () => `${id} is ${stored.status} (${stored.taskId}, version ${stored.version}): ${explain(stored)}`,
      );
      this.#claim(
        this.#told.get(id)?.status === stored.status,
        "a watcher is told the end",
        () => `${id} is ${stored.status}, told ${this.#told.get(id)?.status}`,
      );
    }
    const left = memory.filter((run) => !ignored.has(run.id));
    this.#claim(left.length === 0, "working memory is empty at the end", () =>
      left.map((run) => `${run.id} ${run.status} ${run.lingering === undefined ? "" : "lingering"}`).join(", "),
    );
    this.#claim(this.#threads.size === 0, "no thread is left", () => [...this.#threads.keys()].join(", "));
  }

  #claim(holds: boolean, invariant: string, details: () => string): void {
    if (!holds) this.failure ??= new InvariantError(invariant, details());
  }
}
