import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { TaskVersion } from "@baton/proto/contract/task-definition";
import { assertNever } from "./assert.ts";
import type { Effect, Transition } from "./effect.ts";
import type { ConnectedRunner, Event, HeldAttempt, LoadedPage } from "./event.ts";
import type { Instant } from "./instant.ts";
import type { CurrentAttempt } from "./life/attempt.ts";
import { admitted, createRun, type NewRun } from "./life/new-run.ts";
import { isUnfinished, type Run } from "./life/run.ts";
import * as life from "./life/run-life.ts";
import type { LaneKey, SortKey } from "./scheduling/lane.ts";
import type { QueueLength } from "./scheduling/queue-lengths.ts";
import type { Runner } from "./scheduling/runner-table.ts";
import { Scheduler } from "./scheduling/scheduler.ts";
import { defaultScheduling, type SchedulingSettings } from "./scheduling/settings.ts";
import type { TaskTable, VersionedTask } from "./scheduling/task-table.ts";

/** Due runs that one step moves, at most; the rest follow in the next. */
export const dueRunsPerStep = 1_000;
/**
 * Changes of runners' versions that take effect at once, and how many more each second; later ones take effect together. Each
 * costs time that grows with the number of registered tasks.
 */
export const versionRefreshes = { burst: 20, perSecond: 10 } as const;
/** Runs in one page of those that wait for their task. */
export const pendingPageRuns = 1_000;

/** What a partition starts from. */
export interface Loaded {
  readonly versions: readonly TaskVersion[];
  /** Dequeued, executing and waiting runs, and final ones of which something is left to do. */
  readonly active: readonly Run[];
  readonly lanes: readonly LaneKey[];
  readonly pendingTasks: readonly string[];
  /** Needed when the length of queues is limited. */
  readonly queueLengths?: readonly QueueLength[];
}

/** How long a runner that lives may take to start what it was given, in milliseconds. Ours hands back sooner what gets no thread. */
export const startLimitMs = 120_000;
const unstartedLookMs = 5_000;

/** How a partition is set up. */
export interface PartitionOptions {
  /** Milliseconds. */
  readonly leaseMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Queued runs in memory; default 20,000. */
  readonly backlogBudget?: number;
  /** Default: `defaultScheduling`. */
  readonly scheduling?: SchedulingSettings;
}

/**
 * Everything that one coordinator decides. Events and the time go in, changed runs and effects come out; nothing else
 * happens here. Stale, repeated and late events are ordinary and change nothing.
 */
export class Partition {
  readonly #scheduler: Scheduler;
  readonly #random: () => number;
  readonly #pendingTasks = new Set<string>();
  /** Of those the ones whose runs are being read; true: one began to wait meanwhile, which the pages may not have. */
  readonly #admitting = new Map<string, boolean>();
  #now: Instant = { wall: 0, monotonic: 0 };
  #lastTimerAt = 0;
  #lookedForUnstartedAt = 0;
  #refreshesLeft: number = versionRefreshes.burst;
  #refreshedAt = 0;
  /** Has a change of versions not taken effect yet? */
  #areVersionsStale = false;

  constructor(options: PartitionOptions) {
    const { backlogBudget, leaseMs, scheduling = defaultScheduling } = options;
    this.#scheduler = new Scheduler(leaseMs, scheduling, backlogBudget);
    this.#random = options.random;
  }

  /** Takes in what the store has. Every runner that may hold a run gets a full lease. */
  load(loaded: Loaded, now: Instant): Transition {
    this.#now = now;
    this.#scheduler.startStep(now);
    this.#scheduler.tasks.add(loaded.versions, now.monotonic);
    this.#scheduler.loadLengths(loaded.queueLengths ?? []);
    // Lanes first: an active run may be queued, when the thread of its last attempt lingers, and is not all of its lane.
    for (const lane of loaded.lanes) this.#scheduler.addStoredLane(lane);
    for (const run of loaded.active) {
      this.#goOnWith(run);
      this.#scheduler.remember(run);
    }
    this.#addPendingTasks(loaded.pendingTasks);
    this.#scheduler.loadDueIfNeeded(now.wall);
    return this.#scheduler.takeTransition();
  }

  step(event: Event, now: Instant): Transition {
    this.#now = now;
    this.#scheduler.startStep(now);
    this.#handle(event);
    this.#scheduler.dispatch(now);
    return this.#scheduler.takeTransition();
  }

  /** The run as working memory has it, which the store may not have yet. */
  find(runId: RunId): Run | undefined {
    return this.#scheduler.find(runId);
  }

  /** Runs in working memory. */
  get size(): number {
    return this.#scheduler.size;
  }

  /** Every run in working memory. */
  runs(): readonly Run[] {
    return this.#scheduler.runs();
  }

  /** When the next due run in memory is due; milliseconds since the epoch. */
  get nextDueAt(): number | undefined {
    return this.#scheduler.nextDueAt;
  }

  /** Where memory of a lane ends; undefined: all of it is thought to be in memory. */
  laneBound(lane: LaneKey): SortKey | undefined {
    return this.#scheduler.laneBound(lane);
  }

  /** Where memory of the due runs ends. */
  get dueBound(): SortKey | undefined {
    return this.#scheduler.dueBound;
  }

  /** The session of a runner that counts now. */
  sessionOf(runnerId: RunnerId): number | undefined {
    const runner = this.#scheduler.runners.find(runnerId);
    return runner?.isConnected ? runner.session : undefined;
  }

  /** Is a task in a registered version, and not deleted since? */
  isRegistered(taskId: string): boolean {
    return this.#scheduler.tasks.isRegistered(taskId);
  }

  /** The definition that an attempt follows. */
  definitionIn(version: string, taskId: string): VersionedTask["definition"] | undefined {
    return this.#scheduler.tasks.definitionIn(version, taskId);
  }

  /** Versions that only old runs may need, each with when the last runner that had it went; monotonic milliseconds. */
  /** What is known of the registered versions. */
  get versions(): Pick<TaskTable, "hasHash" | "memoryBytes" | "unusedSince"> {
    return this.#scheduler.tasks;
  }

  outdatedVersions(registeredBefore: number): ReadonlyMap<string, number> {
    if (this.#areVersionsStale) this.#scheduler.refreshConnected();
    return this.#scheduler.tasks.outdated(registeredBefore);
  }

  /** Every registered task in its newest version, and on how many connected runners that is. */
  listTasks(): readonly (VersionedTask & { readonly runnerCount: number })[] {
    const { tasks, runners } = this.#scheduler;
    return tasks.list().map((task) => {
      const current = tasks.findCurrent(task.definition.id);
      return { ...task, runnerCount: current === undefined ? 0 : runners.countWith(current.version) };
    });
  }

  /** The queue that has no room for all of these new runs together, and its limit. */
  findFullQueue(requests: readonly NewRun[]): { readonly queue: string; readonly limit: number } | undefined {
    if (!this.#scheduler.limitsLengths) return undefined;
    const wanted = new Map<string, number>();
    for (const request of requests) {
      const run = createRun(request, undefined, this.#scheduler.tasks.find(request.taskId)?.definition, this.#now.wall);
      if (run.status === "queued") wanted.set(run.queue, (wanted.get(run.queue) ?? 0) + 1);
    }
    for (const [queue, count] of wanted) {
      const limit = this.#scheduler.findFull(queue, count);
      if (limit !== undefined) return { queue, limit };
    }
    return undefined;
  }

  /** One line on what a run waits for that is queued or whose task nobody has registered. */
  explain(run: Run): string {
    return this.#scheduler.explain(run);
  }

  #handle(event: Event): void {
    switch (event.type) {
      case "runTriggered":
        return this.#onTriggered(event);
      case "cancelRequested":
        return this.#onCancelRequested(event);
      case "descendantsCanceled":
        return this.#onDescendantsCanceled(event.runId);
      case "attemptStarted":
        return this.#onStarted(event);
      case "attemptEnded":
        return this.#onEnded(event);
      case "assignmentReturned":
        return this.#onReturned(event);
      case "threadGone":
        return this.#onThreadGone(event.runnerId, event.attemptId);
      case "runnerConnected":
        return this.#onConnected(event.runner);
      case "runnerHeard":
        return this.#onHeard(event);
      case "runnerDisconnected":
        return this.#onDisconnected(event.runnerId, event.session);
      case "versionRegistered":
        return this.#onRegistered(event.version);
      case "versionsPruned":
        return this.#scheduler.tasks.remove(event.versions);
      case "laneLoaded":
        return this.#scheduler.mergeLane(event.lane, event.page);
      case "dueLoaded":
        this.#scheduler.mergeDue(event.until, event.page);
        return this.#onTimer();
      case "pendingLoaded":
        return this.#onPendingLoaded(event.taskId, event.page);
      case "pendingFound":
        return this.#addPendingTasks(event.taskIds);
      case "timerFired":
        return this.#onTimer();
      case "clockPaused":
        return this.#scheduler.runners.extendAll(event.pausedMs);
      case "runsReloaded":
        for (const reloaded of event.reloaded) {
          this.#scheduler.forget(reloaded.runId);
          this.#scheduler.recount(reloaded);
        }
        for (const { stored } of event.reloaded) this.#onReloaded(stored);
        return;
      default:
        return assertNever(event);
    }
  }

  // Callers

  #onTriggered(event: Extract<Event, { type: "runTriggered" }>): void {
    const { request, requestId, runId } = event;
    const existing = this.#scheduler.find(runId) ?? event.stored;
    if (existing !== undefined) {
      return this.#reply(runId, requestId, { type: "run", run: existing, isNew: false });
    }
    const parent = event.parent === undefined ? undefined : this.#scheduler.find(event.parent.runId);
    if (event.parent !== undefined && parent?.current?.id !== event.parent.attemptId) {
      return this.#reply(runId, requestId, { type: "parentNotRunning", runId: event.parent.runId });
    }
    const task = this.#scheduler.tasks.find(request.taskId);
    const run = createRun(request, parent, task?.definition, this.#now.wall);
    const limit = run.status === "queued" ? this.#scheduler.findFull(run.queue, 1) : undefined;
    if (limit !== undefined) return this.#reply(runId, requestId, { type: "queueFull", queue: run.queue, limit });
    if (task === undefined) this.#awaitTask(request.taskId);
    this.#scheduler.put(undefined, run, event.texts);
    this.#reply(runId, requestId, { type: "run", run, isNew: true });
  }

  #onCancelRequested(event: Extract<Event, { type: "cancelRequested" }>): void {
    const { requestId, runId } = event;
    const run = this.#scheduler.find(runId) ?? event.stored;
    if (run === undefined) return this.#reply(runId, requestId, { type: "notFound", runId });
    if (isFinal(run.status)) return this.#reply(runId, requestId, { type: "run", run, isNew: false });
    const ended = life.canceled(run, this.#now.wall, event.reason, event.isWithAncestor);
    this.#scheduler.put(run, ended);
    if (ended.descendantsToCancel) this.#emit({ type: "cancelDescendants", runId });
    if (ended.lingering !== undefined) {
      const { runnerId, attemptId } = ended.lingering;
      this.#emit({ type: "cancelAttempt", runId, runnerId, attemptId, reason: event.reason });
    }
    this.#reply(runId, requestId, { type: "run", run: ended, isNew: false });
  }

  #onDescendantsCanceled(runId: RunId): void {
    const run = this.#scheduler.find(runId);
    if (run?.descendantsToCancel !== true) return;
    // A run that waits for its thread is written once more anyway, and that write takes the mark off.
    if (run.lingering === undefined) this.#scheduler.put(run, life.descendantsCanceled(run, this.#now.wall));
    else this.#scheduler.remember({ ...run, descendantsToCancel: undefined });
  }

  #reply(runId: RunId, requestId: number, reply: Extract<Effect, { type: "reply" }>["reply"]): void {
    this.#emit({ type: "reply", runId, requestId, reply });
  }

  // Attempts

  /** The attempt that a runner speaks of, if it is still the current one and still its own. */
  #currentAttempt(run: Run | undefined, attemptId: AttemptId, runnerId: RunnerId): CurrentAttempt | undefined {
    const current = run?.current;
    return current?.id === attemptId && current.runnerId === runnerId ? current : undefined;
  }

  #onStarted(event: Extract<Event, { type: "attemptStarted" }>): void {
    const run = this.#scheduler.find(event.runId);
    const attempt = this.#currentAttempt(run, event.attemptId, event.runnerId);
    if (run === undefined || attempt === undefined || run.status !== "dequeued") return;
    this.#scheduler.runners.find(event.runnerId)?.worked();
    this.#scheduler.put(run, this.#startedRun(run, attempt, event.startedAt));
  }

  #startedRun(run: Run, attempt: CurrentAttempt, reportedAt: number): Run {
    const definition = this.#scheduler.tasks.definitionIn(attempt.version, run.taskId);
    const startedAt = Math.min(Math.max(reportedAt, attempt.assignedAt), this.#now.wall);
    return life.started(run, attempt, life.policyOf(run, definition?.retry), startedAt);
  }

  #onEnded(event: Extract<Event, { type: "attemptEnded" }>): void {
    const { outcome, runId, runnerId } = event;
    const { attemptId } = outcome;
    const known = this.#scheduler.find(runId);
    const attempt = this.#currentAttempt(known, attemptId, runnerId);
    if (known !== undefined && attempt !== undefined) {
      this.#scheduler.runners.find(runnerId)?.worked();
      const run = known.status === "dequeued" ? this.#startedRun(known, attempt, outcome.startedAt) : known;
      const policy = life.policyOf(run, undefined);
      const ended = life.applyOutcome(run, attempt, outcome, policy, this.#now.wall, this.#random());
      this.#scheduler.put(known, ended, event.texts);
    } else if (known?.lingering?.attemptId === attemptId && !outcome.threadLingers) {
      this.#scheduler.put(known, life.threadGone(known, this.#now.wall, this.#now.wall));
    }
    this.#emit({ type: "settle", runId, runnerId, attemptId });
  }

  #onReturned(event: Extract<Event, { type: "assignmentReturned" }>): void {
    const { attemptId, reason, runId, runnerId } = event;
    const run = this.#scheduler.find(runId);
    const runner = this.#scheduler.runners.find(runnerId);
    if (run?.lingering?.attemptId === attemptId && run.lingering.runnerId === runnerId) {
      this.#scheduler.put(run, life.threadGone(run, this.#now.wall));
      return;
    }
    const attempt = this.#currentAttempt(run, attemptId, runnerId);
    if (run === undefined || attempt === undefined || run.status !== "dequeued") return;
    if (reason === "versionNotLoaded") {
      runner?.versions.delete(attempt.version);
      this.#refreshVersions();
    }
    if (reason === "draining" && runner !== undefined) runner.isDraining = true;
    if (reason === "noThread" && runner !== undefined) runner.prefetch = 0;
    const isUndelivered = reason === "notReceived" || reason === "notStarted";
    const isFailure = reason === "versionNotLoaded" || isUndelivered;
    const back = isFailure && this.#isCharged(runner, attempt.version) ? life.deliveryFailed : life.requeuedUnstarted;
    if (reason !== "draining") runner?.failed(this.#now.monotonic);
    this.#scheduler.put(run, back(run, this.#now.wall, returnReasons[reason]));
    if (isUndelivered) this.#emit({ type: "stopAttempt", runId, runnerId, attemptId });
  }

  /**
   * Does a failed delivery count against the run? Not when its runner fails one delivery after the other and another one works:
   * whoever sends to the bad one is not at fault.
   */
  #isCharged(runner: Runner | undefined, version: string): boolean {
    if (runner === undefined || runner.failures === 0) return true;
    return !this.#scheduler.runners.hasHealthyBeside(runner.id, version);
  }

  #onThreadGone(runnerId: RunnerId, attemptId: AttemptId): void {
    const runId = this.#scheduler.runners.find(runnerId)?.runOf(attemptId);
    const run = runId === undefined ? undefined : this.#scheduler.find(runId);
    if (run?.lingering?.attemptId !== attemptId) return;
    this.#scheduler.put(run, life.threadGone(run, this.#now.wall, this.#now.wall));
  }

  // Runners

  #onConnected(connected: ConnectedRunner): void {
    const { runners } = this.#scheduler;
    const runner = runners.obtain(connected.runnerId, this.#now.monotonic);
    // A runner process knows its key, and nobody else does: a stranger cannot take its runs by a larger number.
    const isStranger = runner.session > 0 && connected.key !== runner.key;
    if (connected.session <= runner.session || isStranger) {
      return this.#emit({ type: "closeSession", runnerId: connected.runnerId, session: connected.session });
    }
    if (runner.isConnected) this.#emit({ type: "closeSession", runnerId: runner.id, session: runner.session });
    runner.session = connected.session;
    runner.key = connected.key;
    runner.isConnected = true;
    runner.connectedAt = this.#now.monotonic;
    runner.isDraining = connected.draining;
    runner.capacity = connected.capacity;
    runner.versions = new Set(connected.versions);
    runner.prefetch = 0;
    runners.renew(runner, this.#now.monotonic);
    const stopAttemptIds = this.#reconcile(runner, connected.held);
    this.#refreshVersions();
    this.#emit({ type: "welcome", runnerId: runner.id, session: runner.session, stopAttemptIds });
  }

  /** Brings what the runner says it has and what we think it has together; returns what it must stop. */
  #reconcile(runner: Runner, held: readonly HeldAttempt[]): AttemptId[] {
    const heldIds = new Set(held.map((attempt) => attempt.attemptId));
    for (const runId of runner.runIds()) {
      const run = this.#scheduler.find(runId);
      if (run === undefined || heldIds.has(run.current?.id ?? run.lingering?.attemptId ?? ("" as AttemptId))) continue;
      this.#loseAttempt(run, "the runner came back without it");
    }
    const isWanted = ({ runId, attemptId, state }: HeldAttempt) => {
      const run = this.#scheduler.find(runId);
      if (this.#currentAttempt(run, attemptId, runner.id) !== undefined) return true;
      return state === "lingering" && run?.lingering?.attemptId === attemptId;
    };
    const wanted = held.filter(isWanted);
    runner.confirmed = new Set(wanted.map((attempt) => attempt.attemptId));
    return [...heldIds].filter((attemptId) => !runner.confirmed.has(attemptId));
  }

  #onHeard(event: Extract<Event, { type: "runnerHeard" }>): void {
    const runner = this.#scheduler.runners.find(event.runnerId);
    if (runner === undefined) return;
    this.#scheduler.runners.renew(runner, this.#now.monotonic);
    if (event.prefetch !== undefined) runner.prefetch = event.prefetch;
    if (event.isDraining !== undefined) runner.isDraining = event.isDraining;
    if (event.versions !== undefined) {
      runner.versions = new Set(event.versions);
      this.#refreshVersions();
    }
  }

  #onDisconnected(runnerId: RunnerId, session: number): void {
    const runner = this.#scheduler.runners.find(runnerId);
    if (runner === undefined || runner.session !== session || !runner.isConnected) return;
    runner.isConnected = false;
    if (runner.heldCount === 0) this.#scheduler.runners.remove(runnerId);
    this.#refreshVersions();
  }

  #onLeaseExpired(runner: Runner): void {
    if (runner.isConnected) this.#emit({ type: "closeSession", runnerId: runner.id, session: runner.session });
    for (const runId of runner.runIds()) {
      const run = this.#scheduler.find(runId);
      if (run !== undefined) this.#loseAttempt(run, "the runner's lease ended");
    }
    this.#scheduler.runners.remove(runner.id);
    this.#refreshVersions();
  }

  /** Nobody executes this run any more. */
  #loseAttempt(run: Run, why: string): void {
    const { current } = run;
    const now = this.#now.wall;
    if (current === undefined) this.#scheduler.put(run, life.threadGone(run, now));
    else if (current.startedAt === undefined) this.#scheduler.put(run, life.requeuedUnstarted(run, now, why));
    else {
      const lost = life.interrupted(run, current, "TASK_RUN_HEARTBEAT_TIMEOUT", why, 0, now);
      this.#scheduler.put(run, lost);
    }
  }

  /** Applies what runners have now: at once, or with a later timer when there were many changes. */
  #refreshVersions(): void {
    const { monotonic } = this.#now;
    const refilled = ((monotonic - this.#refreshedAt) / 1000) * versionRefreshes.perSecond;
    const left = Math.min(versionRefreshes.burst, this.#refreshesLeft + refilled);
    this.#areVersionsStale = left < 1;
    if (this.#areVersionsStale) return;
    this.#refreshesLeft = left - 1;
    this.#refreshedAt = monotonic;
    this.#scheduler.refreshConnected();
    this.#scheduler.refreshAllLanes();
    this.#admitPending();
  }

  // Registration

  #onRegistered(version: TaskVersion): void {
    this.#scheduler.tasks.add([version], this.#now.monotonic);
    this.#scheduler.refreshAllLanes();
    this.#admitPending();
  }

  #addPendingTasks(taskIds: readonly string[]): void {
    for (const taskId of taskIds) this.#pendingTasks.add(taskId);
    this.#admitPending();
  }

  /** A run waits for this task from now on. */
  #awaitTask(taskId: string): void {
    this.#pendingTasks.add(taskId);
    if (this.#admitting.has(taskId)) this.#admitting.set(taskId, true);
  }

  /** Lets the runs go on that waited for a task which is registered now. */
  #admitPending(): void {
    for (const taskId of this.#pendingTasks) {
      if (this.#admitting.has(taskId) || !this.#scheduler.tasks.isRegistered(taskId)) continue;
      this.#startAdmitting(taskId);
    }
  }

  #startAdmitting(taskId: string): void {
    this.#admitting.set(taskId, false);
    this.#loadPending(taskId, undefined);
  }

  #loadPending(taskId: string, after: LoadedPage["end"]): void {
    this.#emit({ type: "loadPending", taskId, after, limit: pendingPageRuns });
  }

  #onPendingLoaded(taskId: string, page: LoadedPage): void {
    const task = this.#scheduler.tasks.find(taskId);
    if (task === undefined) {
      // It was deleted meanwhile; when it is back, its runs are read again.
      this.#admitting.delete(taskId);
      return;
    }
    for (const run of page.runs) {
      if (run.status !== "pendingVersion" || this.#scheduler.find(run.id) !== undefined) continue;
      this.#scheduler.put(run, admitted(run, task.definition, this.#now.wall));
    }
    if (page.end !== undefined) return this.#loadPending(taskId, page.end);
    if (this.#admitting.get(taskId)) return this.#startAdmitting(taskId);
    this.#pendingTasks.delete(taskId);
    this.#admitting.delete(taskId);
  }

  // Time

  #onTimer(): void {
    const { monotonic, wall } = this.#now;
    for (let moved = 0; moved < dueRunsPerStep; moved += 1) {
      const run = this.#scheduler.firstDue(wall);
      if (run === undefined) break;
      this.#scheduler.put(run, this.#dueRun(run));
    }
    this.#scheduler.loadDueIfNeeded(wall);
    for (const runner of [...this.#scheduler.runners.all()]) {
      if (runner.leaseExpiresAt <= monotonic) this.#onLeaseExpired(runner);
    }
    this.#takeUnstarted();
    if (this.#areVersionsStale) this.#refreshVersions();
    if (this.#scheduler.tasks.graceEnded(this.#lastTimerAt, monotonic)) this.#scheduler.refreshAllLanes();
    this.#lastTimerAt = monotonic;
  }

  /** Takes runs back from runners that live and do not start them. */
  #takeUnstarted(): void {
    const { monotonic, wall } = this.#now;
    if (monotonic - this.#lookedForUnstartedAt < unstartedLookMs) return;
    this.#lookedForUnstartedAt = monotonic;
    for (const runner of this.#scheduler.runners.all()) {
      if (!runner.isConnected || monotonic - runner.connectedAt < startLimitMs) continue;
      for (const runId of runner.runIds()) {
        const current = this.#scheduler.find(runId)?.current;
        if (current === undefined || current.startedAt !== undefined || wall - current.assignedAt < startLimitMs)
          continue;
        const { id: attemptId, runnerId } = current;
        this.#onReturned({ type: "assignmentReturned", runId, runnerId, attemptId, reason: "notStarted" });
      }
    }
  }

  #dueRun(run: Run): Run {
    const { wall } = this.#now;
    if (run.status === "queued") return life.expired(run, wall);
    if (run.status !== "delayed" || this.#scheduler.tasks.isRegistered(run.taskId)) return life.cameDue(run, wall);
    this.#awaitTask(run.taskId);
    return life.unregistered(run, wall);
  }

  // Conflicts

  #onReloaded(stored: Run | undefined): void {
    if (stored === undefined || (isFinal(stored.status) && !isUnfinished(stored))) return;
    if (stored.status === "pendingVersion") return this.#admitReloaded(stored);
    this.#goOnWith(stored);
    this.#scheduler.remember(stored);
    const attempt = stored.current ?? stored.lingering;
    const attemptId = stored.current?.id ?? stored.lingering?.attemptId;
    const runner = attempt === undefined ? undefined : this.#scheduler.runners.find(attempt.runnerId);
    // Another writer decided this attempt before our time; a runner that has spoken to us since would have named it.
    const isLost = runner?.isConnected && attemptId !== undefined && !runner.confirmed.has(attemptId);
    if (isLost) this.#loseAttempt(stored, "the runner does not have it");
  }

  /** The page of its task may have passed over it while memory had it in another state. */
  #admitReloaded(stored: Run): void {
    const task = this.#scheduler.tasks.find(stored.taskId);
    if (task === undefined) this.#awaitTask(stored.taskId);
    else this.#scheduler.put(stored, admitted(stored, task.definition, this.#now.wall));
  }

  /** A runner that may hold a stored run is known from here on, and what a cancellation left is gone on with. */
  #goOnWith(run: Run): void {
    const runnerId = run.current?.runnerId ?? run.lingering?.runnerId;
    if (runnerId !== undefined) this.#scheduler.runners.obtain(runnerId, this.#now.monotonic);
    if (run.descendantsToCancel) this.#emit({ type: "cancelDescendants", runId: run.id });
  }

  #emit(effect: Effect): void {
    this.#scheduler.emit(effect);
  }
}

const returnReasons = {
  noThread: "no thread was free on the runner",
  draining: "the runner is shutting down",
  versionNotLoaded: "the runner does not have the version",
  notReceived: "the runner did not receive it",
  notStarted: "the runner did not start it",
  notRead: "the runner does not read what it is sent",
} as const;
