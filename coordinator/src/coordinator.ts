import type { Clock } from "@baton/proto/clock";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import { isFinal, type RunStatus } from "@baton/proto/contract/run-status";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Logger } from "pino";
import type {
  CoordinatorApi,
  RegisteredTask,
  RunView,
  RunWatch,
  TriggerCommand,
  TriggerOutcome,
  WatchPace,
  WatchSink,
} from "./callers/coordinator-api.ts";
import { LogListeners } from "./callers/log-listeners.ts";
import { Triggers } from "./callers/triggers.ts";
import { WatchHub } from "./callers/watch-hub.ts";
import { assertNever } from "./core/assert.ts";
import type { Effect, Reply } from "./core/effect.ts";
import type { Event, LoadedPage } from "./core/event.ts";
import type { Instant } from "./core/instant.ts";
import { effectiveMaxDurationMs } from "./core/life/max-duration.ts";
import type { Run } from "./core/life/run.ts";
import { Partition, type PartitionOptions } from "./core/partition.ts";
import type { SchedulingSettings } from "./core/scheduling/settings.ts";
import { BadEnds, isBadEnd } from "./engine/bad-ends.ts";
import { BoundedWork } from "./engine/bounded-work.ts";
import { childrenPerPage, Descendants } from "./engine/descendants.ts";
import { type Conflict, Journal, type JournalListener, type Writes } from "./engine/journal.ts";
import { LateWrites } from "./engine/late-writes.ts";
import { PayloadCache, type PayloadTexts } from "./engine/payload-cache.ts";
import { RunReader } from "./engine/run-reader.ts";
import { VersionPruning } from "./engine/version-pruning.ts";
import {
  type CoordinatorError,
  mayHaveHappened,
  RunnerSupersededError,
  StoppingError,
  StoreError,
  StoreLockedError,
  type StoreLostError,
} from "./errors.ts";
import type { RunnerHello, RunnerLink, RunnerSession } from "./runners/runner-link.ts";
import { RunnerSessions } from "./runners/runner-sessions.ts";
import type { ListCursor, RunFilter, RunLogs, RunWrite, Store, StoredLogEntry } from "./store/store.ts";

/** How often leases, deliveries and our own pauses are looked at, in milliseconds. */
export const tickMs = 250;
/** A tick this late means that we were paused, in milliseconds. */
export const pauseThresholdMs = 1_000;
/** How long an assignment may stay unconfirmed on a live stream, in milliseconds. */
export const deliveryTimeoutMs = 5_000;
/** How long callers wait for a store that refuses to write before they are told why, in milliseconds. */
export const storePatienceMs = 5_000;
/** Lanes that are read at once; after a start all are to be read, and other reads must not wait behind them. */
const laneReadsAtOnce = 64;
/** How often what is past its retention is deleted, and how much at a time. */
export const retentionPass = { intervalMs: 60_000, documents: 500 } as const;

/** What a coordinator is made of. */
export interface CoordinatorParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly leaseMs: number;
  readonly heartbeatIntervalMs: number;
  /** How queued runs are chosen; default: `defaultScheduling`. */
  readonly scheduling?: SchedulingSettings;
  /** Raises every smaller `maxDuration`, in milliseconds; default: nothing is raised. */
  readonly minMaxDurationMs?: number;
  /** How long final runs and log lines are kept, in milliseconds. */
  readonly retention: { readonly runsMs: number; readonly logsMs: number };
  /** May anything be deleted for its age now? Asked before each pass; default: always. */
  readonly mayDeleteByAge?: () => boolean;
  /** Told once when another coordinator took the store, or its file was replaced; this one stops by itself. */
  readonly onStoreLost?: (error: StoreLostError) => void;
  /** Other implementations of the two, for the simulator's broken variants. */
  readonly makePartition?: (options: PartitionOptions) => Partition;
  readonly makeJournal?: (store: Store, clock: Clock, listener: JournalListener) => Journal;
}

/** The shell around the core: steps events, has their changes written, and performs the effects once they are. */
export class Coordinator implements CoordinatorApi, JournalListener {
  readonly #parts: CoordinatorParts;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #partition: Partition;
  readonly #journal: Journal;
  readonly #sessions: RunnerSessions;
  /** Reads for callers, who may ask for much. */
  readonly #reader: RunReader;
  /** Reads what assignments and triggers wait for. */
  readonly #ownReader: RunReader;
  readonly #triggers: Triggers;
  readonly #payloads = new PayloadCache();
  readonly #laneReads = new BoundedWork(laneReadsAtOnce);
  readonly #hub: WatchHub;
  readonly #logListeners: LogListeners;
  readonly #descendants: Descendants;
  readonly #lateWrites: LateWrites;
  readonly #versionPruning: VersionPruning;
  readonly #badEnds: BadEnds;
  readonly #replies = new Map<number, { resolve: (reply: Reply) => void; reject: (error: unknown) => void }>();
  readonly #runListeners = new Set<(run: Run) => void>();
  #lastRequestId = 0;
  #state: "new" | "running" | "stopping" | "stopped" = "new";
  #stopped: Promise<void> = Promise.resolve();
  #cancelTick: (() => void) | undefined;
  #cancelDue: (() => void) | undefined;
  #dueTimerAt = Number.POSITIVE_INFINITY;
  #lastTickAt = 0;
  #lastRetentionAt = 0;
  #isStoreLost = false;

  constructor(parts: CoordinatorParts) {
    this.#parts = parts;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#badEnds = new BadEnds(parts.log);
    const { leaseMs, scheduling } = parts;
    const options = {
      leaseMs,
      random: () => parts.clock.random(),
      ...(scheduling !== undefined && { scheduling }),
    };
    this.#partition = parts.makePartition?.(options) ?? new Partition(options);
    this.#journal = parts.makeJournal?.(parts.store, parts.clock, this) ?? new Journal(parts.store, parts.clock, this);
    this.#reader = new RunReader(parts.store, parts.clock);
    this.#ownReader = new RunReader(parts.store, parts.clock);
    this.#triggers = new Triggers({
      store: parts.store,
      clock: parts.clock,
      reader: this.#ownReader,
      assertRunning: () => this.#assertRunning(),
      isOverloaded: () => this.#journal.isOverloaded,
      findKnown: (runId) => this.#partition.find(runId) ?? this.#journal.findUnwritten(runId)?.run,
      findUnwritten: (runId) => this.#journal.findUnwritten(runId)?.run,
      findFullQueue: (requests) => this.#partition.findFullQueue(requests),
      barrier: () => this.#journal.barrier(),
      request: (makeEvent) => this.#request((requestId) => this.#step(makeEvent(requestId))),
    });
    this.#hub = new WatchHub((runId) => new Promise((resolve) => this.#read(() => this.findRun(runId), resolve)));
    this.#sessions = new RunnerSessions(parts.clock);
    this.#logListeners = new LogListeners(parts.clock);
    this.#descendants = new Descendants({
      clock: parts.clock,
      isRunning: () => this.#state === "running",
      readChildren: (parentRunId, before) =>
        this.#store.listRuns({ parentRunId }, before === undefined ? {} : { before }, childrenPerPage),
      cancel: (run) => this.#cancel(run.id, run, `The run ${run.parentRunId}, which triggered it, was canceled.`, true),
      onDone: (runId) => this.#step({ type: "descendantsCanceled", runId }),
    });
    this.#versionPruning = new VersionPruning({
      store: parts.store,
      clock: parts.clock,
      versions: this.#partition.versions,
      outdated: (registeredBefore) => this.#partition.outdatedVersions(registeredBefore),
      forget: (versions) => {
        this.#log.info({ versions }, "versions that no run names are deleted");
        this.#step({ type: "versionsPruned", versions });
      },
      onFailure: (error) =>
        this.#log.warn({ err: error }, "unneeded versions could not be deleted, tried again tomorrow"),
    });
    this.#lateWrites = new LateWrites({
      store: parts.store,
      read: (read, proceed) => this.#read(read, proceed),
      isKnown: (runId) => this.#partition.find(runId) !== undefined || this.#journal.findUnwritten(runId) !== undefined,
      laneBound: (lane) => this.#partition.laneBound(lane),
      dueBound: () => this.#partition.dueBound,
      foundPending: (taskIds) => this.#step({ type: "pendingFound", taskIds }),
      adopt: (runs) => {
        this.#log.warn({ runIds: runs.map(({ id }) => id) }, "runs were written late by an earlier owner, adopted");
        const reloaded = runs.map((run) => ({ runId: run.id, stored: run }));
        this.#step({ type: "runsReloaded", reloaded });
        for (const { id } of runs) this.#hub.refresh(id);
      },
    });
  }

  async start(): Promise<void> {
    if (this.#state !== "new") throw new Error("A coordinator starts once.");
    const startedAt = this.#clock.monotonicNow();
    const { epoch, hasLateWrites, lost } = await this.#store.open();
    void lost?.then((error) => this.#loseStore(error));
    const isLengthLimited = this.#parts.scheduling?.maxQueueLength !== undefined;
    // First of all: a run that lands after its lane was read then landed after the count, too, and is counted when found.
    const queueLengths = isLengthLimited ? await this.#store.countQueued() : [];
    const [versions, active, lanes, pendingTasks] = await Promise.all([
      this.#store.loadVersions(),
      this.#store.loadActive(),
      this.#store.listLanes(),
      this.#store.listPendingTasks(),
    ]);
    this.#becomeRunning();
    const now = this.#now();
    this.#lastTickAt = now.monotonic;
    if (hasLateWrites) this.#lateWrites.loaded(now.monotonic);
    const transition = this.#partition.load({ versions, active, lanes, pendingTasks, queueLengths }, now);
    this.#journal.append(undefined, transition);
    this.#armTick();
    const loadMs = Math.round(this.#clock.monotonicNow() - startedAt);
    this.#log.info({ epoch, activeRuns: active.length, lanes: lanes.length, loadMs }, "coordinator started");
  }

  /** @throws StoppingError when `stop` came while the store was read */
  #becomeRunning(): void {
    if (this.#state !== "new") throw new StoppingError();
    this.#state = "running";
  }

  /** Takes nothing more in, lets what was taken in become durable (for a while), and closes the store. */
  async stop(): Promise<void> {
    if (this.#state === "stopped" || this.#state === "stopping") return this.#stopped;
    const wasRunning = this.#state === "running";
    this.#state = "stopping";
    this.#cancelTick?.();
    this.#cancelDue?.();
    this.#stopped = this.#finishStop(wasRunning && !this.#isStoreLost);
    return this.#stopped;
  }

  async #finishStop(mayWrite: boolean): Promise<void> {
    this.#sessions.closeAll();
    if (mayWrite) {
      const cancel = this.#clock.setTimer(5_000, () => this.#journal.stop());
      await this.#journal.drained();
      cancel();
    }
    this.#journal.stop();
    this.#badEnds.tick(Number.POSITIVE_INFINITY);
    this.#state = "stopped";
    this.#refuseWaiting(new StoppingError());
    await this.#store.close();
  }

  // Callers

  async trigger(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    return this.#triggers.trigger(commands);
  }

  async triggerBatch(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    return this.#triggers.triggerBatch(commands);
  }

  isRegistered(taskId: string): boolean {
    return this.#partition.isRegistered(taskId);
  }

  knownTaskIds(): readonly string[] {
    return this.#partition.listTasks().map((task) => task.definition.id);
  }

  async findRun(runId: RunId): Promise<RunView | undefined> {
    this.#assertRunning();
    if (this.#journal.findUnwritten(runId) !== undefined) await this.#journal.barrier();
    const stored = await this.#reader.find(runId);
    if (stored === undefined) return undefined;
    if (!waits(stored.run)) return stored;
    return { ...stored, waitingFor: this.#partition.explain(stored.run) };
  }

  async findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    this.#assertRunning();
    return this.#store.findRunsByPrefix(idPrefix, limit);
  }

  async findRunState(runId: RunId): Promise<Run | undefined> {
    this.#assertRunning();
    if (this.#journal.findUnwritten(runId) !== undefined) await this.#journal.barrier();
    return (await this.#store.findRuns([runId], false))[0]?.run;
  }

  async listRuns(
    filter: RunFilter,
    cursor: { readonly before?: ListCursor; readonly after?: ListCursor },
    limit: number,
  ): Promise<readonly Run[]> {
    this.#assertRunning();
    return this.#store.listRuns(filter, cursor, limit);
  }

  async cancel(runId: RunId, reason: string): Promise<RunStatus | undefined> {
    this.#assertRunning();
    const known = this.#partition.find(runId) ?? this.#journal.findUnwritten(runId)?.run;
    const read = known ?? (await this.#store.findRuns([runId], false))[0]?.run;
    return this.#cancel(runId, read, reason, false);
  }

  /** @param read the run as it was a moment ago; it may have changed, and left working memory again, since */
  async #cancel(
    runId: RunId,
    read: Run | undefined,
    reason: string,
    isWithAncestor: boolean,
  ): Promise<RunStatus | undefined> {
    const stored = this.#journal.findUnwritten(runId)?.run ?? read;
    const event = {
      type: "cancelRequested",
      runId,
      reason,
      isWithAncestor,
      ...(stored !== undefined && { stored }),
    } as const;
    const reply = await this.#request((requestId) => this.#step({ ...event, requestId }));
    return reply.type === "run" ? reply.run.status : undefined;
  }

  watch(sink: WatchSink, pace?: WatchPace): RunWatch {
    return this.#hub.watch(sink, pace);
  }

  async registerVersion(hash: string, tasks: readonly TaskDefinition[]): Promise<string> {
    this.#assertRunning();
    const now = this.#clock.wallNow();
    const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "");
    const version = await this.#versionPruning.register(hash, tasks, async () => {
      const registered = await this.#store.registerVersion({ hash, tasks, registeredAt: now }, day);
      this.#assertRunning();
      this.#step({ type: "versionRegistered", version: registered });
      return registered;
    });
    this.#log.info({ version: version.version, tasks: tasks.length }, "version registered");
    return version.version;
  }

  listTasks(): readonly RegisteredTask[] {
    return this.#partition.listTasks();
  }

  onRunChanged(callback: (run: Run) => void): () => void {
    this.#runListeners.add(callback);
    return () => void this.#runListeners.delete(callback);
  }

  // Logs

  async appendLogs(logs: readonly RunLogs[], endedAttemptIds: readonly AttemptId[]): Promise<void> {
    this.#assertRunning();
    if (logs.length > 0) {
      await this.#store.appendLogs(logs);
      this.#logListeners.stored(logs);
    }
    for (const attemptId of endedAttemptIds) this.#logListeners.ended(attemptId);
  }

  async readLogs(runId: RunId, after: number, limit: number): Promise<readonly StoredLogEntry[]> {
    this.#assertRunning();
    return this.#store.readLogs(runId, after, limit);
  }

  hasLogsComing(runId: RunId): boolean {
    return this.#logListeners.isAwaited(runId);
  }

  onLogs(runId: RunId, callback: () => void): () => void {
    return this.#logListeners.listen(runId, callback);
  }

  onLogsStored(callback: (logs: readonly RunLogs[]) => void): () => void {
    return this.#logListeners.listenToAll(callback);
  }

  // Runners

  attach(hello: RunnerHello, link: RunnerLink): RunnerSession {
    this.#assertRunning();
    const { runnerId, session } = hello;
    // Sessions count up, so this is the same stream again, or a stranger who took its number: the first one counts.
    if (this.#sessions.link(runnerId, session) !== undefined) throw new RunnerSupersededError();
    const log = this.#log.child({ runnerId, session });
    this.#sessions.add(hello, link);
    log.info({ runnerHost: hello.hostname, capacity: hello.capacity, versions: hello.versions }, "runner connected");
    const { hostname: _hostname, ...runner } = hello;
    this.#step({ type: "runnerConnected", runner });
    const isCurrent = () => this.#state === "running" && this.#partition.sessionOf(runnerId) === session;
    return {
      report: (report) => {
        if (!isCurrent()) return;
        this.#sessions.find(runnerId, session)?.confirm(report.receivedSequence);
        this.#step({ type: "runnerHeard", runnerId, prefetch: report.prefetch });
        for (const { attemptId, reason, runId } of report.handedBack) {
          this.#step({ type: "assignmentReturned", runId, runnerId, attemptId, reason });
        }
        for (const { attemptId, runId, startedAt } of report.started) {
          this.#step({ type: "attemptStarted", runId, runnerId, attemptId, startedAt });
        }
        for (const { logsFollow, outcome, texts } of report.outcomes) {
          if (logsFollow) this.#logListeners.expect(outcome.runId, outcome.attemptId);
          this.#step({ type: "attemptEnded", runId: outcome.runId, runnerId, outcome, texts });
        }
        for (const attemptId of report.goneAttemptIds) {
          this.#step({ type: "threadGone", runnerId, attemptId });
        }
      },
      versionsChanged: (versions) => {
        if (isCurrent()) this.#step({ type: "runnerHeard", runnerId, versions });
      },
      draining: () => {
        if (isCurrent()) this.#step({ type: "runnerHeard", runnerId, isDraining: true });
      },
      closed: () => {
        this.#sessions.remove(runnerId, session);
        if (this.#state !== "running") return;
        log.info("runner disconnected");
        this.#step({ type: "runnerDisconnected", runnerId, session });
      },
    };
  }

  // Stepping

  #now(): Instant {
    return { wall: this.#clock.wallNow(), monotonic: this.#clock.monotonicNow() };
  }

  #step(event: Event): void {
    const transition = this.#partition.step(event, this.#now());
    this.#journal.append(event, transition);
    this.#armDue();
  }

  #request(step: (requestId: number) => void): Promise<Reply> {
    this.#lastRequestId += 1;
    const requestId = this.#lastRequestId;
    return new Promise((resolve, reject) => {
      this.#replies.set(requestId, { resolve, reject });
      step(requestId);
    });
  }

  #assertRunning(): void {
    if (this.#state !== "running") throw new StoppingError();
  }

  // What the journal tells

  perform(effects: readonly Effect[], writes: Writes): void {
    for (const effect of effects) this.#perform(effect, writes);
  }

  /** Runners first: callers are answered in the same turn, but a run that waits for its callers' answers starts later. */
  released(): void {
    this.#sessions.flush();
  }

  #perform(effect: Effect, writes: Writes): void {
    switch (effect.type) {
      case "reply": {
        const waiting = this.#replies.get(effect.requestId);
        this.#replies.delete(effect.requestId);
        return waiting?.resolve(effect.reply);
      }
      case "assign":
        return this.#assign(effect, writes.get(effect.runId));
      case "cancelAttempt":
        return this.#sessions.current(effect.runnerId, this.#partition)?.cancel(effect);
      case "cancelDescendants":
        return this.#descendants.cancelBelow(effect.runId);
      case "settle":
        return this.#sessions.current(effect.runnerId, this.#partition)?.settle(effect.attemptId);
      case "stopAttempt":
        return this.#sessions.current(effect.runnerId, this.#partition)?.stop(effect.attemptId);
      case "welcome":
        return this.#sessions.link(effect.runnerId, effect.session)?.welcome({
          heartbeatIntervalMs: this.#parts.heartbeatIntervalMs,
          stopAttemptIds: effect.stopAttemptIds,
        });
      case "closeSession":
        return this.#sessions.close(effect.runnerId, effect.session, "superseded");
      case "loadLane":
        return this.#laneReads.add((onDone) =>
          this.#loadPage(
            () => this.#store.readBacklog(effect.lane, effect.after, effect.limit),
            (page) => ({ type: "laneLoaded", lane: effect.lane, page }),
            onDone,
          ),
        );
      case "loadDue":
        return this.#loadPage(
          () => this.#store.readDue(effect.after, effect.until, effect.limit),
          (page) => ({ type: "dueLoaded", until: effect.until, page }),
        );
      case "loadPending":
        return this.#loadPage(
          () => this.#store.readPending(effect.taskId, effect.after, effect.limit),
          (page) => ({ type: "pendingLoaded", taskId: effect.taskId, page }),
        );
      default:
        return assertNever(effect);
    }
  }

  /** @param write the run as the batch wrote it that held the assignment back */
  #assign(effect: Extract<Effect, { type: "assign" }>, write: RunWrite | undefined): void {
    if (!this.#isStillWanted(effect)) return;
    if (this.#isUnread(effect)) return this.#giveBack(effect);
    // The write that made the run says what its payload is.
    const texts = write?.replaces === 0 && write.payload !== undefined ? write : this.#payloads.take(effect.runId);
    if (texts !== undefined) return this.#send(effect, texts);
    this.#read(
      () => this.#ownReader.find(effect.runId),
      (stored) => this.#send(effect, stored ?? {}),
    );
  }

  #send(effect: Extract<Effect, { type: "assign" }>, { payload, payloadTypes }: PayloadTexts): void {
    const { run, task } = effect;
    if (run.current === undefined || !this.#isStillWanted(effect)) return;
    if (this.#isUnread(effect)) return this.#giveBack(effect);
    const maxDurationMs = effectiveMaxDurationMs(run, task, this.#parts.minMaxDurationMs);
    this.#sessions.find(effect.runnerId, effect.session)?.assign({
      run,
      attempt: run.current,
      task,
      ...(maxDurationMs !== undefined && { maxDurationMs }),
      ...(payload !== undefined && { payload }),
      ...(payloadTypes !== undefined && { payloadTypes }),
    });
  }

  /** Does the runner leave unread what it was sent? */
  #isUnread({ runnerId, session }: Extract<Effect, { type: "assign" }>): boolean {
    return this.#sessions.find(runnerId, session)?.isFull === true;
  }

  /** In a turn of its own, because this one may be in the middle of what another step decided. */
  #giveBack({ run, runId, runnerId }: Extract<Effect, { type: "assign" }>): void {
    const attemptId = run.current?.id;
    if (attemptId === undefined) return;
    this.#clock.soon(() => {
      if (this.#state !== "running") return;
      this.#step({ type: "assignmentReturned", runId, runnerId, attemptId, reason: "notRead" });
    });
  }

  /** Decided a moment ago: has the run, or the runner, moved on since? */
  #isStillWanted(effect: Extract<Effect, { type: "assign" }>): boolean {
    if (this.#partition.sessionOf(effect.runnerId) !== effect.session) return false;
    return this.#partition.find(effect.runId)?.current?.id === effect.run.current?.id;
  }

  #loadPage(read: () => Promise<LoadedPage>, toEvent: (page: LoadedPage) => Event, onRead?: () => void): void {
    this.#read(read, (page) => {
      onRead?.();
      // A run that was canceled or triggered again while the store answered may be in here as it was before.
      const isCurrent = ({ id, revision }: Run) =>
        (this.#journal.findUnwritten(id)?.run.revision ?? revision) === revision;
      this.#step(toEvent({ ...page, runs: page.runs.filter(isCurrent) }));
    });
  }

  /** Reads until the store answers, then goes on, unless we stopped meanwhile. */
  #read<T>(read: () => Promise<T>, proceed: (result: T) => void): void {
    if (this.#state !== "running") return;
    read().then(
      (result) => {
        if (this.#state === "running") proceed(result);
      },
      (error: unknown) => {
        this.#log.warn({ err: error }, "store did not answer a read, trying again");
        this.#clock.setTimer(500, () => this.#read(read, proceed));
      },
    );
  }

  durable(writes: readonly RunWrite[]): void {
    for (const write of writes) {
      const { payload, replaces, run } = write;
      // A run that is assigned already is in the batch at hand with its payload.
      const isQueued = replaces === 0 && run.current === undefined && this.#partition.find(run.id) !== undefined;
      if (isQueued && payload !== undefined) {
        this.#payloads.put(run.id, write, (id) => this.#partition.find(id) !== undefined);
      }
      if (this.#runListeners.size > 0) this.#logListeners.afterLogs(run.id, () => this.#tellChanged(run));
      if (isBadEnd(run.status)) this.#badEnds.written(run, this.#clock.monotonicNow());
      else if (isFinal(run.status)) {
        this.#log.debug({ runId: run.id, taskId: run.taskId, status: run.status }, "run ended");
      }
      if (!this.#hub.isWatched(run.id) && !this.#logListeners.isFollowed(run.id)) continue;
      const view: RunView = {
        run,
        ...(write.output !== undefined && { output: write.output }),
        ...(write.outputTypes !== undefined && { outputTypes: write.outputTypes }),
        ...(waits(run) && { waitingFor: this.#partition.explain(run) }),
      };
      const notify = () => {
        this.#hub.notify(run.id, view);
        if (isFinal(run.status)) this.#logListeners.changed(run.id);
      };
      if (isFinal(run.status)) this.#logListeners.afterLogs(run.id, notify);
      else notify();
    }
  }

  #tellChanged(run: Run): void {
    for (const listener of this.#runListeners) listener(run);
  }

  reload(conflicts: readonly Conflict[]): void {
    if (this.#state !== "running") return;
    const reloaded = conflicts.map(({ refused, runId, stored }) => ({
      runId,
      stored: stored?.run,
      ...(refused !== undefined && { refused }),
    }));
    this.#log.warn({ runIds: conflicts.map(({ runId }) => runId) }, "runs were written by somebody else, reloaded");
    this.#step({ type: "runsReloaded", reloaded });
    for (const { again, runId, stored } of conflicts) {
      this.#hub.refresh(runId);
      for (const event of again) {
        const isStored = stored !== undefined && this.#partition.find(runId) === undefined;
        const carriesStored = event.type === "runTriggered" || event.type === "cancelRequested";
        this.#step(isStored && carriesStored ? { ...event, stored: stored.run } : event);
      }
    }
  }

  failed(error: unknown, attempt: number, waitedMs: number): void {
    if (error instanceof StoreLockedError) return this.#loseStore(error);
    this.#log.warn({ err: error, attempt }, "store did not take a batch, sending it again");
    if (waitedMs < storePatienceMs) return;
    // What they asked for stays in the journal and is written when the store is back.
    const reason = error instanceof StoreError ? error.message : "The store fails.";
    this.#refuseWaiting(new StoreError(`${reason} ${mayHaveHappened}`, { cause: error }));
  }

  #refuseWaiting(error: CoordinatorError): void {
    const waiting = [...this.#replies.values()];
    this.#replies.clear();
    for (const { reject } of waiting) reject(error);
  }

  /** Another coordinator owns the store now, or its file is gone; whatever we would do or acknowledge could be wrong. */
  #loseStore(error: StoreLostError): void {
    if (this.#state !== "running") return;
    this.#isStoreLost = true;
    this.#log.fatal({ err: error }, "the store is lost to this coordinator, stopping");
    this.#journal.stop();
    this.#refuseWaiting(new StoreError(`${error.message} ${mayHaveHappened}`, { cause: error }));
    this.#parts.onStoreLost?.(error);
    void this.stop();
  }

  // Time

  #armTick(): void {
    this.#cancelTick = this.#clock.setTimer(tickMs, () => {
      if (this.#state !== "running") return;
      this.#onTimer();
      this.#armTick();
    });
  }

  /** One timer for the earliest due run; a later one is looked at again by the tick. */
  #armDue(): void {
    const dueAt = this.#partition.nextDueAt;
    if (dueAt === undefined || dueAt >= this.#dueTimerAt) return;
    const inMs = dueAt - this.#clock.wallNow();
    if (inMs > tickMs) return;
    this.#cancelDue?.();
    this.#dueTimerAt = dueAt;
    this.#cancelDue = this.#clock.setTimer(Math.max(0, Math.ceil(inMs)), () => {
      this.#dueTimerAt = Number.POSITIVE_INFINITY;
      if (this.#state === "running") this.#onTimer();
    });
  }

  #onTimer(): void {
    const now = this.#clock.monotonicNow();
    const lateMs = now - this.#lastTickAt - tickMs;
    this.#lastTickAt = now;
    if (lateMs > pauseThresholdMs) {
      // Before the first runner is there, a start that is busy pauses it and concerns nobody.
      const level = this.#sessions.isEmpty ? "debug" : "warn";
      this.#log[level]({ pausedMs: Math.round(lateMs) }, "coordinator was paused, leases are extended");
      this.#step({ type: "clockPaused", pausedMs: lateMs });
    }
    this.#step({ type: "timerFired" });
    for (const { attemptId, runId, runnerId } of this.#sessions.takeOverdue(now - deliveryTimeoutMs)) {
      this.#step({ type: "assignmentReturned", runId, runnerId, attemptId, reason: "notReceived" });
    }
    this.#lateWrites.tick(now);
    this.#badEnds.tick(now);
    if (now - this.#lastRetentionAt >= retentionPass.intervalMs) {
      this.#lastRetentionAt = now;
      this.#deleteExpired();
    }
  }

  #deleteExpired(): void {
    if (this.#parts.mayDeleteByAge?.() === false) return;
    void this.#versionPruning.pass();
    const now = this.#clock.wallNow();
    const { logsMs, runsMs } = this.#parts.retention;
    const limits = { runsBefore: now - runsMs, logsBefore: now - logsMs, now, limit: retentionPass.documents };
    const startedAt = this.#clock.monotonicNow();
    this.#read(
      () => this.#store.deleteExpired(limits),
      ({ deleted, more }) => {
        if (deleted > 0) this.#log.debug({ deleted }, "deleted what was past its retention");
        // Pausing as long as the pass took leaves the store at least half of its time for runs.
        const tookMs = Math.ceil(this.#clock.monotonicNow() - startedAt);
        if (more) this.#clock.setTimer(tookMs, () => this.#state === "running" && this.#deleteExpired());
      },
    );
  }
}

/** Is there something to say on what the run waits for? */
function waits({ status }: Run): boolean {
  return status === "queued" || status === "pendingVersion";
}
