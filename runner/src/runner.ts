import type { Dispatch__Output } from "@baton/proto";
import type { Clock } from "@baton/proto/clock";
import { defaultMaxOutputBytes } from "@baton/proto/contract/limits";
import type { AttemptUsage } from "@baton/proto/contract/outcome";
import { taskDefinitionToWire } from "@baton/proto/wire/task-definition";
import type { Logger } from "pino";
import {
  endOfBlocked,
  endOfExit,
  endOfLostHost,
  endOfStop,
  endOfTakingAside,
  outcomeOfThread,
} from "./attempts/attempt-end.ts";
import { AttemptLimits } from "./attempts/attempt-limits.ts";
import type { Stop } from "./attempts/attempt-times.ts";
import { AttemptBook } from "./attempts/book.ts";
import type { HeldAttempt } from "./attempts/held-attempt.ts";
import { Prefetch } from "./attempts/prefetch.ts";
import type { BuiltVersion } from "./build/manifest.ts";
import { ApiCalls } from "./coordinator/api-calls.ts";
import type { CoordinatorClient } from "./coordinator/coordinator-client.ts";
import { type LogOwner, LogShipper } from "./coordinator/log-shipper.ts";
import { ReportSender } from "./coordinator/report-sender.ts";
import { RunnerStream, type Welcome } from "./coordinator/runner-stream.ts";
import { dispatchFromWire, helloToWire, type RunnerIdentity } from "./coordinator/wire.ts";
import type { RunnerError } from "./errors.ts";
import { blame, type HostEnd } from "./hosts/blame.ts";
import type { HostsOptions } from "./hosts/host-fleet.ts";
import { readLogLines } from "./hosts/host-message.ts";
import type { AttemptMessage, Hosts, LostHost } from "./hosts/hosts.ts";
import { RunsAside } from "./hosts/runs-aside.ts";
import type { OwedOutcome } from "./outcome.ts";
import { Progress } from "./progress.ts";
import { type Machine, thisMachine } from "./this-machine.ts";
import type { ThreadVersion } from "./thread/thread-protocol.ts";
import { endOfDamage, type VersionKeeper } from "./versions/version-files.ts";
import { VersionShelf } from "./versions/version-shelf.ts";

/** Options of a runner. */
export interface RunnerOptions extends HostsOptions {
  readonly client: CoordinatorClient;
  readonly environment: ThreadVersion["environment"];
  readonly drainGraceMs: number;
  readonly maxDurationGraceMs: number;
  /** Called for each version that the coordinator registered. */
  readonly onVersion?: ((version: string, built: BuiltVersion) => void) | undefined;
  readonly log: Logger;
}

/** A start is reported after this many milliseconds; the outcome of a shorter attempt contains it. */
const startReportMs = 50;
/** An assignment that no thread has after this many milliseconds is handed back. */
const unstartedMs = 250;
const tickMs = 25;
/** Limits how long a stopping runner waits until the coordinator has confirmed the last outcomes. Milliseconds. */
const settleMs = 5_000;
const interruptMs = 1_000;
const logFlushMs = 2_000;
/** Limits the messages in the runner's own log about late lines of attempts whose runs are no longer known. */
const forgottenLogsAtMost = 100;

/**
 * The runner process. It holds the stream, the attempts, their deadlines and the unconfirmed outcomes, and runs no user
 * code.
 */
export class Runner {
  readonly runnerId: string;
  readonly #options: RunnerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #identity: RunnerIdentity;
  readonly #book = new AttemptBook();
  readonly #limits: AttemptLimits;
  readonly #prefetch: Prefetch;
  readonly #stream: RunnerStream;
  readonly #logs: LogShipper;
  readonly #calls: ApiCalls;
  readonly #versions: VersionShelf;
  readonly #files: VersionKeeper;
  /** The newest version. It is registered before each stream, because the coordinator may have forgotten it. */
  #latest: BuiltVersion | undefined;
  readonly #hosts: Hosts;
  readonly #reports: ReportSender;
  readonly #aside = new RunsAside();
  readonly #progress: Progress;
  /** The limit from the current stream's Welcome. */
  #maxOutputBytes = defaultMaxOutputBytes;
  #forgottenLogs = 0;
  #isDraining = false;
  #isStopped = false;
  #stopping: Promise<void> | undefined;
  #cancelTick: (() => void) | undefined;
  readonly ready: Promise<void>;
  #becomeReady: () => void = () => undefined;
  #failReady: (error: RunnerError) => void = () => undefined;

  constructor(options: RunnerOptions, machine: Machine = thisMachine()) {
    const { capacity, client, log } = options;
    const { clock } = machine;
    this.#options = options;
    this.#clock = clock;
    this.runnerId = machine.process.runnerId;
    this.#log = log.child({ runnerId: this.runnerId });
    this.#identity = { ...machine.process, capacity };
    this.#progress = new Progress(clock);
    this.#limits = new AttemptLimits(clock, options.maxDurationGraceMs, {
      onTimeUp: (attempt) => this.#onTimeUp(attempt),
      onStop: (attempt) => this.#hosts.terminate(attempt),
      onLinger: (attempt) => this.#onLinger(attempt),
    });
    this.#prefetch = new Prefetch(capacity.concurrency);
    this.#versions = new VersionShelf(options.environment);
    this.#files = machine.keepVersions(this.#log, (dir) => this.#onVersionFiles(dir));
    this.#stream = new RunnerStream(
      client,
      {
        prepare: () => this.#register(),
        hello: (session) => this.#hello(session),
        onWelcome: (welcome) => this.#onWelcome(welcome),
        onDispatch: (dispatch) => this.#onDispatch(dispatch),
        onDown: () => this.#reports.streamClosed(),
        onRefused: (error) => this.#failReady(error),
      },
      clock,
      this.#log,
    );
    this.#reports = new ReportSender(clock, this.#book, this.#stream, this.#prefetch, () => this.#progress.tell());
    this.#logs = new LogShipper(client, clock, this.#log);
    this.#calls = new ApiCalls(client, clock, (...answer) => this.#hosts.answerCall(...answer));
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#failReady = reject;
    });
    // Without a caller that awaits `ready`, a rejection is no error, and the runner goes on trying.
    this.ready.catch(() => undefined);
    this.#hosts = machine.makeHosts(
      options,
      { clock, versions: this.#versions, log: this.#log, find: (attemptId) => this.#book.find(attemptId) },
      {
        onTaken: (attempts) => this.#onTaken(attempts),
        onMessage: (attempt, message, body) => this.#onMessage(attempt, message, body),
        onWithdrawn: (attempts) => this.#onWithdrawn(attempts),
        onLateLogs: (attemptId, owner, body) => this.#onLateLogs(attemptId, owner, body),
        onLost: (end, lost) => this.#onHostLost(end, lost),
      },
    );
  }

  /** The version for new runs; undefined before the coordinator named it. */
  get version(): string | undefined {
    return this.#versions.latest;
  }

  /** Number of attempts that have begun and not ended. */
  get attemptCount(): number {
    return this.#book.startedCount;
  }

  /** The process id of the host for ordinary attempts. */
  get hostPid(): number | undefined {
    return this.#hosts.pid;
  }

  /** Starts connecting, with this version. */
  start(built: BuiltVersion): void {
    this.#latest = built;
    void this.#files.begin(built.dir);
    this.#stream.start();
  }

  /** Loads a newer version. Without a stream, it is registered before the next one. */
  async load(built: BuiltVersion): Promise<void> {
    this.#latest = built;
    await this.#files.begin(built.dir);
    if (!this.#stream.isUp) return;
    await this.#register();
    this.#tellVersions();
  }

  /** Sets the environment of attempts that start from now on. */
  setEnvironment(env: Readonly<Record<string, string>>): void {
    this.#hosts.setEnvironment(env);
  }

  /**
   * Drains and stops: hands back unstarted assignments, gives running attempts `graceMs`, and waits until outcomes are
   * confirmed.
   */
  stop(graceMs: number = this.#options.drainGraceMs): Promise<void> {
    this.#stopping ??= this.#drainAndEnd(graceMs);
    return this.#stopping;
  }

  async #drainAndEnd(graceMs: number): Promise<void> {
    const book = this.#book;
    this.#isDraining = true;
    book.startDraining();
    this.#reports.startDraining();
    this.#log.info({ attempts: book.startedCount, graceMs }, "draining");
    this.#stream.send({ draining: {} });
    this.#hosts.withdraw(book.overdue(Number.POSITIVE_INFINITY), false);
    await this.#progress.until(() => book.startedCount === 0 && !book.waitsForTime, graceMs);
    const interrupted = book.startedCount;
    if (interrupted > 0)
      this.#log.info({ attempts: interrupted, graceMs }, "drain grace is over, interrupting attempts");
    // Hosts answer at once whether a thread has begun the attempts that were withdrawn above.
    await this.#progress.until(() => !book.all.some(({ following }) => following !== undefined), interruptMs);
    for (const attempt of book.all) {
      if (attempt.state === "started") this.#limits.stopNow(attempt, "drain");
      else if (attempt.state === "received" && attempt.following === undefined) book.handBack(attempt, "draining");
    }
    this.#reports.plan();
    await this.#progress.until(() => book.startedCount === 0, interruptMs);
    await this.#progress.until(() => book.unsettledCount === 0 && !book.hasNews, this.#stream.isUp ? settleMs : 0);
    await this.#logs.flush(this.#stream.isUp ? logFlushMs : 0);
    await this.#end();
    this.#log.info({ interrupted }, "drained");
  }

  async #end(): Promise<void> {
    this.#isStopped = true;
    this.#stream.stop();
    this.#reports.streamClosed();
    this.#logs.stop();
    this.#cancelTick?.();
    this.#limits.stop();
    this.#hosts.stop();
    await this.#files.stop();
    this.#options.client.close();
  }

  // Versions

  async #register(): Promise<void> {
    const built = this.#latest;
    if (built === undefined) return;
    const tasks = built.tasks.map(({ definition }) => taskDefinitionToWire(definition));
    const version = await this.#stream.registerVersion({ hash: built.hash, tasks });
    const before = this.#versions.latest;
    const added = this.#versions.add(version, built);
    if (version === before) return;
    this.#log.info({ version, tasks: tasks.length }, "version registered");
    if (added !== undefined) this.#hosts.tellVersion(version);
    const inUse = new Set(this.#book.all.map(({ assignment }) => assignment.version));
    for (const old of this.#versions.clear(inUse)) this.#hosts.forgetVersion(old);
    const kept = [this.#latest, ...this.#versions.all.map((shelved) => shelved.built)];
    this.#files.keepOnly(new Set(kept.map((one) => one?.dir ?? "")));
    this.#options.onVersion?.(version, built);
  }

  /** Returns the versions to announce; none while the latest is lost, because new runs would get older code. */
  #offeredVersions(): readonly string[] {
    const { latest, names } = this.#versions;
    return this.#isLost(latest ?? "") ? [] : names.filter((version) => !this.#isLost(version));
  }

  #isLost(version: string): boolean {
    return this.#files.isLost(this.#versions.find(version)?.built.dir ?? "");
  }

  #tellVersions(): void {
    if (this.#stream.isUp) this.#stream.send({ versionsChanged: { versions: [...this.#offeredVersions()] } });
  }

  /** Handles that a version's files are lost or were written again. */
  #onVersionFiles(dir: string): void {
    this.#tellVersions();
    if (!this.#files.isLost(dir)) {
      void this.#files.begin(dir);
      return;
    }
    const isStranded = ({ assignment, state }: HeldAttempt) => state === "received" && this.#isLost(assignment.version);
    this.#hosts.withdraw(this.#book.all.filter(isStranded), false);
  }

  // The coordinator

  #hello(session: number): ReturnType<typeof helloToWire> {
    this.#book.streamOpened();
    return helloToWire(this.#identity, session, this.#offeredVersions(), this.#book.held(), this.#isDraining);
  }

  #onWelcome(welcome: Welcome): void {
    this.#maxOutputBytes = welcome.maxOutputBytes;
    for (const attempt of this.#book.welcomed(welcome.stopAttemptIds)) this.#stopUnwanted(attempt);
    this.#reports.streamOpened(welcome.heartbeatIntervalMs);
    this.#becomeReady();
  }

  #onDispatch(wire: Dispatch__Output): void {
    const dispatch = dispatchFromWire(wire, this.#maxOutputBytes);
    const { execute, cancel, stop } = this.#book.dispatched(dispatch, this.#clock.monotonicNow());
    for (const attempt of execute) {
      const { version } = attempt.assignment;
      if (this.#versions.find(version) === undefined || this.#isLost(version)) {
        this.#book.handBack(attempt, "versionNotLoaded");
      } else {
        this.#hosts.execute(attempt, this.#isSolo(attempt));
      }
    }
    for (const { attempt, reason } of cancel) {
      this.#limits.canceled(attempt);
      this.#hosts.cancel(attempt, reason);
    }
    for (const attempt of stop) this.#stopUnwanted(attempt);
    if (this.#book.hasNews) this.#reports.plan();
    this.#planTick();
    this.#progress.tell();
  }

  #stopUnwanted(attempt: HeldAttempt): void {
    this.#limits.forget(attempt);
    this.#hosts.terminate(attempt);
  }

  // The hosts

  #onTaken(attempts: readonly HeldAttempt[]): void {
    for (const attempt of attempts) {
      this.#book.taken(attempt);
      if (attempt.state === "started") this.#limits.taken(attempt);
    }
    this.#progress.tell();
    this.#planTick();
  }

  #onMessage(attempt: HeldAttempt, message: AttemptMessage, body: string): void {
    const isStarted = attempt.state === "started";
    switch (message.type) {
      case "loading":
        return this.#limits.loading(attempt, this.#loadTimeoutMs(attempt));
      case "active":
        return isStarted ? this.#limits.active(attempt) : undefined;
      case "stalled":
        return isStarted ? this.#limits.stopNow(attempt, "stall") : undefined;
      case "canceling":
        return this.#limits.canceling(attempt);
      case "ended":
        return this.#onThreadEnd(attempt, message.usage, body);
      case "exited":
        return this.#onThreadExit(attempt, message);
      case "logs":
        return this.#logs.add(attempt, body, message.state);
      case "call":
        return isStarted ? this.#calls.make(attempt, message.callId, message.method, body) : undefined;
    }
  }

  #onTimeUp(attempt: HeldAttempt): void {
    const limitMs = attempt.assignment.maxDurationMs ?? 0;
    this.#hosts.timeUp(attempt, limitMs, this.#limits.activeMs(attempt) ?? limitMs);
  }

  #onThreadEnd(attempt: HeldAttempt, usage: AttemptUsage | undefined, body: string): void {
    const { assignment, following, state, thread, times } = attempt;
    const earliestStart = (thread ?? following)?.startedAt ?? 0;
    const outcome = outcomeOfThread(assignment, earliestStart, usage, body, this.#clock.wallNow());
    const stop = times?.stop;
    const isOver = stop?.reason === "maxDuration" && outcome.activeMs > (assignment.maxDurationMs ?? 0);
    if (state === "started" && isOver) {
      this.#endAttempt(attempt, { ...outcome, ...this.#stopped(attempt, stop) });
    } else if (this.#areFilesBlamed(outcome, assignment.version)) {
      this.#endAttempt(attempt, { ...outcome, end: endOfDamage });
    } else {
      if (outcome.end.type === "succeeded") this.#aside.delete(assignment.runId);
      this.#prefetch.observe(outcome.endedAt - outcome.startedAt);
      this.#endAttempt(attempt, outcome);
    }
  }

  #areFilesBlamed({ end, startedAt }: OwedOutcome, version: string): boolean {
    const dir = this.#versions.find(version)?.built.dir;
    return dir !== undefined && this.#files.areBlamed(dir, end, startedAt);
  }

  #onThreadExit(attempt: HeldAttempt, exit: Extract<AttemptMessage, { type: "exited" }>): void {
    const { cause, message, usage } = exit;
    const stop = attempt.times?.stop;
    if (cause === "blocked") {
      this.#endWithoutThread(attempt, { end: endOfBlocked });
    } else if (stop !== undefined) {
      this.#endWithoutThread(attempt, { ...this.#stopped(attempt, stop), usage });
    } else if (cause === "suspectMemory" && !this.#isSolo(attempt)) {
      this.#aside.add(attempt.assignment.runId);
      this.#endWithoutThread(attempt, { end: endOfTakingAside(message), usage });
    } else {
      this.#endWithoutThread(attempt, { end: endOfExit(exit), usage });
    }
  }

  #isSolo({ assignment: { isSolo, runId } }: HeldAttempt): boolean {
    return isSolo || this.#aside.has(runId);
  }

  #onLinger(attempt: HeldAttempt): void {
    const stop = attempt.times?.stop;
    if (stop === undefined || attempt.state !== "started") return;
    this.#book.ended(attempt, { ...this.#outcomeOf(attempt, this.#stopped(attempt, stop)), threadLingers: true });
    this.#reports.plan();
    this.#progress.tell();
  }

  #onWithdrawn(attempts: readonly HeldAttempt[]): void {
    for (const attempt of attempts) {
      if (attempt.state === "lingering") this.#book.gone(attempt);
      else this.#book.handBack(attempt, this.#isDraining ? "draining" : "noThread");
      this.#limits.forget(attempt);
    }
    this.#progress.tell();
    this.#reports.plan();
  }

  #onLateLogs(attemptId: string, owner: LogOwner | undefined, body: string): void {
    if (owner !== undefined) {
      this.#logs.addLate(owner, body);
      return;
    }
    this.#forgottenLogs += 1;
    if (this.#forgottenLogs > forgottenLogsAtMost) return;
    const printed = readLogLines(body)?.map(({ message }) => message);
    this.#log.warn({ attemptId, printed }, "code of an attempt that ended long ago printed something");
  }

  #onHostLost(end: HostEnd, { attempts, inFlight, isSolo }: LostHost): void {
    const interrupted = this.#book.hostLost(attempts, this.#clock.monotonicNow());
    for (const attempt of attempts) this.#logs.ended(attempt);
    const { areSuspects, culprit, likeliest } = blame(end, inFlight, isSolo);
    const { reason } = end;
    const level = end.cause === "unwanted" && interrupted.length === 0 ? "info" : "warn";
    this.#log[level]({ reason, isSolo, interrupted: interrupted.length, attempt: culprit?.attemptId }, "host lost");
    for (const attempt of interrupted) {
      const { attemptId, runId } = attempt.assignment;
      if (attemptId === culprit?.attemptId || attemptId === likeliest) this.#aside.add(runId);
      const stop = attempt.times?.stop;
      if (stop !== undefined) this.#endWithoutThread(attempt, this.#stopped(attempt, stop));
      else if (attemptId === culprit?.attemptId) this.#endWithoutThread(attempt, { end: culprit.end });
      else this.#endWithoutThread(attempt, { end: endOfLostHost(reason, areSuspects) });
    }
    this.#reports.plan();
  }

  // Ends of attempts

  #endWithoutThread(attempt: HeldAttempt, rest: OwnPart): void {
    this.#endAttempt(attempt, this.#outcomeOf(attempt, rest));
  }

  #stopped(attempt: HeldAttempt, { dueAt, reason }: Stop): OwnPart {
    const limitMs = {
      loadTimeout: this.#loadTimeoutMs(attempt),
      stall: this.#options.stallTimeoutMs ?? 0,
      maxDuration: attempt.assignment.maxDurationMs ?? 0,
      drain: 0,
    };
    return {
      end: endOfStop(reason, limitMs[reason]),
      stopLatenessMs: Math.max(0, this.#clock.monotonicNow() - dueAt),
    };
  }

  #outcomeOf(attempt: HeldAttempt, rest: OwnPart): OwedOutcome {
    const { attemptId, runId } = attempt.assignment;
    const endedAt = this.#clock.wallNow();
    const startedAt = attempt.thread?.startedAt ?? endedAt;
    return {
      runId,
      attemptId,
      startedAt,
      endedAt,
      activeMs: this.#limits.activeMs(attempt) ?? Math.max(0, endedAt - startedAt),
      threadLingers: false,
      logsFollow: false,
      ...rest,
    };
  }

  /** Ends an attempt whose thread is gone or free. */
  #endAttempt(attempt: HeldAttempt, outcome: OwedOutcome): void {
    this.#logs.ended(attempt);
    this.#book.ended(attempt, { ...outcome, logsFollow: attempt.log?.isAwaited === true });
    this.#limits.forget(attempt);
    this.#calls.ended(attempt);
    this.#reports.plan();
    this.#progress.tell();
  }

  #loadTimeoutMs({ assignment: { version } }: HeldAttempt): number {
    return this.#versions.find(version)?.built.config.loadTimeoutMs ?? 30_000;
  }

  #planTick(): void {
    if (this.#cancelTick !== undefined || !this.#book.waitsForTime || this.#isStopped) return;
    this.#cancelTick = this.#clock.setTimer(tickMs, () => this.#tick());
  }

  #tick(): void {
    this.#cancelTick = undefined;
    this.#book.reportStarts(this.#clock.wallNow() - startReportMs);
    const overdue = this.#book.overdue(this.#clock.monotonicNow() - unstartedMs);
    if (overdue.length > 0) this.#hosts.withdraw(overdue, true);
    if (this.#book.hasNews) this.#reports.plan();
    this.#planTick();
  }
}

/** The part of an outcome that depends on why the attempt ended. */
type OwnPart = Pick<OwedOutcome, "end" | "stopLatenessMs" | "usage">;
