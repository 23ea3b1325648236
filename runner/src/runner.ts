import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Dispatch__Output } from "@baton/proto";
import { defaultMaxOutputBytes } from "@baton/proto/contract/limits";
import type { Logger } from "pino";
import {
  endOfBlocked,
  endOfExit,
  endOfLostHost,
  endOfStop,
  endOfTakingAside,
  outcomeOfThread,
} from "./attempts/attempt-end.ts";
import { AttemptLimits, type Stop } from "./attempts/attempt-limits.ts";
import { Ledger } from "./attempts/ledger.ts";
import { Prefetch } from "./attempts/prefetch.ts";
import type { BuiltVersion } from "./build/manifest.ts";
import { VersionUse } from "./build/version-use.ts";
import type { Capacity } from "./capacity.ts";
import { ApiCalls } from "./coordinator/api-calls.ts";
import type { CoordinatorClient } from "./coordinator/coordinator-client.ts";
import { type LogOwner, LogShipper } from "./coordinator/log-shipper.ts";
import { ReportSender } from "./coordinator/report-sender.ts";
import { Connection, type Welcome } from "./coordinator/runner-stream.ts";
import {
  definitionToWire,
  dispatchFromWire,
  helloToWire,
  type RunnerAssignment,
  type RunnerIdentity,
} from "./coordinator/wire.ts";
import type { RunnerError } from "./errors.ts";
import type { FromHost } from "./host/host-protocol.ts";
import { blame, type HostEnd } from "./hosts/blame.ts";
import { HostFleet, type LostHost } from "./hosts/host-fleet.ts";
import { readLogLines } from "./hosts/host-message.ts";
import { RunsAside } from "./hosts/runs-aside.ts";
import type { AttemptEnd, AttemptOutcome, AttemptUsage } from "./outcome.ts";
import { Progress } from "./progress.ts";
import type { ThreadVersion } from "./thread/thread-protocol.ts";
import { endOfDamage, VersionFiles } from "./versions/version-files.ts";
import { VersionShelf } from "./versions/version-shelf.ts";

/** What a runner is made of. */
export interface RunnerParts {
  readonly client: CoordinatorClient;
  readonly capacity: Capacity;
  readonly environment: ThreadVersion["environment"];
  /** Working directory of task code. */
  readonly cwd: string;
  /** Everything that task code may see of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly drainGraceMs: number;
  readonly maxDurationGraceMs: number;
  readonly stallTimeoutMs?: number | undefined;
  /** Told about each version that the coordinator registered. */
  readonly onVersion?: ((version: string, built: BuiltVersion) => void) | undefined;
  readonly log: Logger;
}

/** Starts are reported when they are so old; shorter attempts report theirs with the outcome. */
const startReportMs = 50;
/** An assignment that no thread took in this time goes back. */
const unstartedMs = 250;
const tickMs = 25;
/** How long a stopping runner waits for the coordinator to acknowledge the last outcomes. */
const settleMs = 5_000;
const logFlushMs = 2_000;
/** Lines of attempts whose runs are not known any more: so many are worth an entry in the runner's own log. */
const forgottenLogsAtMost = 100;

/**
 * The runner process: holds the stream, the assignments, the deadlines and the outcomes that are not acknowledged, and
 * runs no user code.
 */
export class Runner {
  readonly runnerId: string = `runner_${randomBytes(12).toString("hex")}`;
  readonly #parts: RunnerParts;
  readonly #log: Logger;
  readonly #identity: RunnerIdentity;
  readonly #ledger = new Ledger<RunnerAssignment, AttemptOutcome>();
  readonly #limits: AttemptLimits;
  readonly #prefetch: Prefetch;
  readonly #connection: Connection;
  readonly #logs: LogShipper;
  readonly #calls: ApiCalls;
  readonly #versions: VersionShelf;
  readonly #versionUse = new VersionUse();
  readonly #versionFiles: VersionFiles;
  /** What is registered before each stream, because the coordinator may have forgotten it. */
  #latest: BuiltVersion | undefined;
  readonly #hosts: HostFleet;
  readonly #reports: ReportSender;
  readonly #aside = new RunsAside();
  readonly #progress = new Progress();
  /** From the Welcome of the stream that is up. */
  #maxOutputBytes = defaultMaxOutputBytes;
  #forgottenLogs = 0;
  #isDraining = false;
  #isStopped = false;
  #stopping: Promise<void> | undefined;
  #tickTimer: NodeJS.Timeout | undefined;
  readonly ready: Promise<void>;
  #becomeReady: () => void = () => undefined;
  #failReady: (error: RunnerError) => void = () => undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#log = parts.log.child({ runnerId: this.runnerId });
    this.#identity = {
      runnerId: this.runnerId,
      capacity: parts.capacity,
      hostname: hostname(),
      pid: process.pid,
      key: randomBytes(16).toString("hex"),
    };
    this.#limits = new AttemptLimits(parts.maxDurationGraceMs, {
      onTimeUp: (attemptId) => this.#onTimeUp(attemptId),
      onStop: (attemptId) => this.#hosts.send({ type: "terminate", attemptId }),
      onLinger: (attemptId) => this.#onLinger(attemptId),
    });
    this.#prefetch = new Prefetch(parts.capacity.concurrency);
    this.#versions = new VersionShelf(parts.environment);
    this.#versionFiles = new VersionFiles(this.#log, (dir) => this.#onVersionFiles(dir));
    this.#connection = new Connection(
      parts.client,
      {
        prepare: () => this.#register(),
        hello: (session) => this.#hello(session),
        onWelcome: (welcome) => this.#onWelcome(welcome),
        onDispatch: (dispatch) => this.#onDispatch(dispatch),
        onDown: () => this.#reports.streamClosed(),
        onRefused: (error) => this.#failReady(error),
      },
      this.#log,
    );
    this.#reports = new ReportSender(this.#ledger, this.#connection, this.#prefetch, () => this.#progress.tell());
    this.#logs = new LogShipper(parts.client, this.#log);
    this.#calls = new ApiCalls(parts.client, (attemptId, callId, isError, body) =>
      this.#hosts.send({ type: "callResult", attemptId, callId, isError }, body),
    );
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#failReady = reject;
    });
    // Whoever wants to know awaits it; a runner that nobody awaits goes on trying.
    this.ready.catch(() => undefined);
    const { capacity, cwd, env, stallTimeoutMs } = parts;
    this.#hosts = new HostFleet(
      { cwd, env, capacity, stallTimeoutMs, versions: this.#versions, log: this.#log },
      {
        onMessage: (message, body) => this.#onHostMessage(message, body),
        onLateLogs: (attemptId, owner, body) => this.#onLateLogs(attemptId, owner, body),
        onLost: (end, lost) => this.#onHostLost(end, lost),
      },
    );
  }

  /** The version that new runs get; undefined before the coordinator named it. */
  get version(): string | undefined {
    return this.#versions.latest;
  }

  /** Attempts that have begun and not ended. */
  get attemptCount(): number {
    return this.#ledger.startedCount;
  }

  /** The process id of the host that takes ordinary attempts. */
  get hostPid(): number | undefined {
    return this.#hosts.pid;
  }

  /** Begins to connect, with this version. */
  start(built: BuiltVersion): void {
    this.#latest = built;
    this.#versionFiles.begin(built.dir);
    void this.#versionUse.begin(built.dir);
    this.#connection.start();
  }

  /** Takes a newer version. When no coordinator is there, the next stream brings it. */
  async load(built: BuiltVersion): Promise<void> {
    this.#latest = built;
    this.#versionFiles.begin(built.dir);
    await this.#versionUse.begin(built.dir);
    if (!this.#connection.isUp) return;
    await this.#register();
    this.#tellVersions();
  }

  /** Attempts that start from now on see this environment. */
  setEnvironment(env: Readonly<Record<string, string>>): void {
    this.#hosts.setEnvironment(env);
  }

  /** Drains and ends: unstarted assignments go back, running attempts get `graceMs`, outcomes are waited for. */
  stop(graceMs: number = this.#parts.drainGraceMs): Promise<void> {
    this.#stopping ??= this.#drainAndEnd(graceMs);
    return this.#stopping;
  }

  async #drainAndEnd(graceMs: number): Promise<void> {
    this.#isDraining = true;
    this.#ledger.startDraining();
    this.#reports.startDraining();
    this.#log.info({ attempts: this.#ledger.startedCount, graceMs }, "draining");
    this.#connection.send({ draining: {} });
    this.#hosts.withdraw(this.#ledger.overdue(Number.POSITIVE_INFINITY), false);
    await this.#progress.until(() => this.#ledger.startedCount === 0 && !this.#ledger.waitsForTime, graceMs);
    const interrupted = this.#ledger.startedCount;
    if (interrupted > 0)
      this.#log.info({ attempts: interrupted, graceMs }, "drain grace is over, interrupting attempts");
    for (const { attemptId, state } of this.#ledger.held()) {
      if (state === "started") this.#limits.stopForDrain(attemptId);
      else if (state === "received") this.#ledger.handBack(attemptId, "draining");
    }
    this.#reports.plan();
    await this.#progress.until(() => this.#ledger.startedCount === 0, 1_000);
    await this.#progress.until(
      () => this.#ledger.unsettledCount === 0 && !this.#ledger.hasNews,
      this.#connection.isUp ? settleMs : 0,
    );
    await this.#logs.flush(this.#connection.isUp ? logFlushMs : 0);
    this.#isStopped = true;
    this.#connection.stop();
    this.#reports.streamClosed();
    clearTimeout(this.#tickTimer);
    this.#limits.stop();
    this.#versionFiles.stop();
    this.#hosts.stop();
    await this.#versionUse.end();
    this.#parts.client.close();
    this.#log.info({ interrupted }, "drained");
  }

  async #register(): Promise<void> {
    const built = this.#latest;
    if (built === undefined) return;
    const tasks = built.tasks.map(({ definition }) => definitionToWire(definition));
    const version = await this.#connection.registerVersion({ hash: built.hash, tasks });
    const before = this.#versions.latest;
    const added = this.#versions.add(version, built);
    if (version === before) return;
    this.#log.info({ version, tasks: tasks.length }, "version registered");
    if (added !== undefined) this.#hosts.tellVersion(version);
    const inUse = new Set(
      this.#ledger.held().map(({ attemptId }) => this.#ledger.find(attemptId)?.assignment.version ?? ""),
    );
    for (const old of this.#versions.clear(inUse)) this.#hosts.forgetVersion(old);
    const used = [this.#latest, ...this.#versions.all.map((shelved) => shelved.built)].map((one) => one?.dir ?? "");
    const dirs = new Set(used);
    this.#versionFiles.keepOnly(dirs);
    void this.#versionUse.keepOnly(dirs);
    this.#parts.onVersion?.(version, built);
  }

  /** None while the latest is lost: new runs would get older code. */
  #offeredVersions(): readonly string[] {
    const { latest, names } = this.#versions;
    return this.#isLost(latest ?? "") ? [] : names.filter((version) => !this.#isLost(version));
  }

  #isLost(version: string): boolean {
    return this.#versionFiles.isLost(this.#versions.find(version)?.built.dir ?? "");
  }

  #tellVersions(): void {
    if (this.#connection.isUp) this.#connection.send({ versionsChanged: { versions: [...this.#offeredVersions()] } });
  }

  /** A version's files cannot be written again, or were. */
  #onVersionFiles(dir: string): void {
    this.#tellVersions();
    if (!this.#versionFiles.isLost(dir)) {
      void this.#versionUse.begin(dir);
      return;
    }
    const waiting = this.#ledger.held().filter(({ attemptId, state }) => {
      return state === "received" && this.#isLost(this.#ledger.find(attemptId)?.assignment.version ?? "");
    });
    this.#hosts.withdraw(
      waiting.map(({ attemptId }) => attemptId),
      false,
    );
  }

  #hello(session: number): ReturnType<typeof helloToWire> {
    this.#ledger.streamOpened();
    return helloToWire(this.#identity, session, this.#offeredVersions(), this.#ledger.held(), this.#isDraining);
  }

  #onWelcome(welcome: Welcome): void {
    this.#maxOutputBytes = welcome.maxOutputBytes;
    for (const attemptId of this.#ledger.welcomed(welcome.stopAttemptIds)) this.#stopUnwanted(attemptId);
    this.#reports.streamOpened(welcome.heartbeatIntervalMs);
    this.#becomeReady();
  }

  #onDispatch(wire: Dispatch__Output): void {
    const { execute, cancel, stop } = this.#ledger.dispatched(
      dispatchFromWire(wire, this.#maxOutputBytes),
      performance.now(),
    );
    for (const assignment of execute) {
      if (this.#versions.find(assignment.version) === undefined || this.#isLost(assignment.version)) {
        this.#ledger.handBack(assignment.attemptId, "versionNotLoaded");
      } else {
        this.#hosts.execute(assignment, this.#isSolo(assignment));
      }
    }
    for (const { attemptId, reason } of cancel) {
      this.#limits.canceled(attemptId);
      this.#hosts.send({ type: "cancel", attemptId, reason });
    }
    for (const attemptId of stop) this.#stopUnwanted(attemptId);
    if (this.#ledger.hasNews) this.#reports.plan();
    this.#planTick();
    this.#progress.tell();
  }

  #stopUnwanted(attemptId: string): void {
    this.#limits.forget(attemptId);
    this.#hosts.send({ type: "terminate", attemptId });
  }

  #onHostMessage(message: FromHost, body: string): void {
    switch (message.type) {
      case "taken":
        for (const [attemptId, startedAt] of message.attempts) {
          this.#ledger.taken(attemptId, startedAt);
          if (this.#ledger.find(attemptId)?.state === "started") {
            this.#limits.taken(attemptId, this.#maxDurationMs(attemptId));
          }
        }
        this.#planTick();
        break;
      case "loading":
        this.#limits.loading(message.attemptId, this.#loadTimeoutMs(message.attemptId));
        break;
      case "active":
        if (this.#ledger.find(message.attemptId)?.state === "started") {
          this.#limits.active(message.attemptId, this.#maxDurationMs(message.attemptId));
        }
        break;
      case "stalled":
        if (this.#ledger.find(message.attemptId)?.state === "started") this.#limits.stopForStall(message.attemptId);
        break;
      case "canceling":
        this.#limits.canceling(message.attemptId);
        break;
      case "ended":
        this.#onThreadEnd(message, body);
        break;
      case "exited":
        this.#onThreadExit(message);
        break;
      case "withdrawn":
        for (const attemptId of message.attemptIds) this.#onWithdrawn(attemptId);
        this.#reports.plan();
        break;
      case "logs":
        this.#onLogs(message, body);
        break;
      case "call": {
        const found = this.#ledger.find(message.attemptId);
        if (found?.state === "started") this.#calls.make(found.assignment, message.callId, message.method, body);
        break;
      }
      default:
        break;
    }
  }

  #onTimeUp(attemptId: string): void {
    const limitMs = this.#maxDurationMs(attemptId) ?? 0;
    this.#hosts.send({ type: "timeUp", attemptId, limitMs, usedMs: this.#limits.activeMs(attemptId) ?? limitMs });
  }

  #onThreadEnd({ attemptId, usage }: Extract<FromHost, { type: "ended" }>, body: string): void {
    const found = this.#ledger.find(attemptId);
    if (found === undefined) return;
    const outcome = outcomeOfThread(found.assignment, found.startedAt, usage, body, Date.now());
    const stop = this.#limits.stopOf(attemptId);
    if (
      found.state === "started" &&
      stop?.reason === "maxDuration" &&
      outcome.activeMs > (this.#maxDurationMs(attemptId) ?? 0)
    ) {
      this.#end({ ...outcome, ...this.#stopped(attemptId, stop) });
    } else if (this.#areFilesBlamed(outcome, found.assignment.version)) {
      this.#end({ ...outcome, end: endOfDamage });
    } else {
      if (outcome.end.type === "succeeded") this.#aside.delete(found.assignment.runId);
      this.#prefetch.observe(outcome.endedAt - outcome.startedAt);
      this.#end(outcome);
    }
  }

  #areFilesBlamed({ end, startedAt }: AttemptOutcome, version: string): boolean {
    const dir = this.#versions.find(version)?.built.dir;
    return dir !== undefined && this.#versionFiles.areBlamed(dir, end, startedAt);
  }

  #onThreadExit(message: Extract<FromHost, { type: "exited" }>): void {
    const { attemptId, cause, usage } = message;
    const found = this.#ledger.find(attemptId);
    if (found === undefined) return;
    const stop = this.#limits.stopOf(attemptId);
    if (cause === "blocked") {
      this.#endWithoutThread(attemptId, endOfBlocked);
    } else if (stop !== undefined) {
      this.#endWithoutThread(attemptId, this.#endOfStop(attemptId, stop), stop, usage);
    } else if (cause === "suspectMemory" && !this.#isSolo(found.assignment)) {
      this.#aside.add(found.assignment.runId);
      this.#endWithoutThread(attemptId, endOfTakingAside(message.message), undefined, usage);
    } else {
      this.#endWithoutThread(attemptId, endOfExit(message), undefined, usage);
    }
  }

  #isSolo({ isSolo, runId }: RunnerAssignment): boolean {
    return isSolo || this.#aside.has(runId);
  }

  #onLinger(attemptId: string): void {
    const stop = this.#limits.stopOf(attemptId);
    const found = this.#ledger.find(attemptId);
    if (stop === undefined || found?.state !== "started") return;
    this.#ledger.ended({ ...this.#outcome(attemptId, this.#stopped(attemptId, stop)), threadLingers: true });
    this.#reports.plan();
    this.#progress.tell();
  }

  #onWithdrawn(attemptId: string): void {
    if (this.#ledger.find(attemptId)?.state === "lingering") this.#ledger.gone(attemptId);
    else this.#ledger.handBack(attemptId, this.#isDraining ? "draining" : "noThread");
    this.#limits.forget(attemptId);
    this.#progress.tell();
  }

  #onLogs(message: Extract<FromHost, { type: "logs" }>, body: string): void {
    const found = this.#ledger.find(message.attemptId);
    if (found === undefined) return;
    this.#logs.add(found.assignment, body, message.state);
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

  #onHostLost(end: HostEnd, { attemptIds, inFlight, isSolo }: LostHost): void {
    const { interrupted } = this.#ledger.hostLost(attemptIds, performance.now());
    for (const attemptId of attemptIds) this.#logs.ended(attemptId);
    const { areSuspects, culprit, likeliest } = blame(end, inFlight, isSolo);
    const { reason } = end;
    const level = end.cause === "unwanted" && interrupted.length === 0 ? "info" : "warn";
    this.#log[level]({ reason, isSolo, interrupted: interrupted.length, attempt: culprit?.attemptId }, "host lost");
    for (const { runId, attemptId } of interrupted) {
      if (attemptId === culprit?.attemptId || attemptId === likeliest) this.#aside.add(runId);
      const stop = this.#limits.stopOf(attemptId);
      if (stop !== undefined) this.#endWithoutThread(attemptId, this.#endOfStop(attemptId, stop), stop);
      else if (attemptId === culprit?.attemptId) this.#endWithoutThread(attemptId, culprit.end);
      else this.#endWithoutThread(attemptId, endOfLostHost(reason, areSuspects));
    }
    this.#reports.plan();
  }

  #endWithoutThread(attemptId: string, end: AttemptEnd, stop?: Stop, usage?: AttemptUsage): void {
    const stopLatenessMs = stop === undefined ? undefined : latenessOf(stop);
    this.#end(this.#outcome(attemptId, { end, stopLatenessMs, usage }));
  }

  #stopped(attemptId: string, stop: Stop): Pick<AttemptOutcome, "end" | "stopLatenessMs"> {
    return { end: this.#endOfStop(attemptId, stop), stopLatenessMs: latenessOf(stop) };
  }

  #endOfStop(attemptId: string, { reason }: Stop): AttemptEnd {
    switch (reason) {
      case "loadTimeout":
        return endOfStop(reason, this.#loadTimeoutMs(attemptId));
      case "stall":
        return endOfStop(reason, this.#parts.stallTimeoutMs ?? 0);
      case "maxDuration":
      case "drain":
        return endOfStop(reason, this.#maxDurationMs(attemptId) ?? 0);
    }
  }

  #outcome(attemptId: string, rest: Pick<AttemptOutcome, "end" | "stopLatenessMs" | "usage">): AttemptOutcome {
    const found = this.#ledger.find(attemptId);
    const endedAt = Date.now();
    const startedAt = found?.startedAt ?? endedAt;
    return {
      runId: found?.assignment.runId ?? "",
      attemptId,
      startedAt,
      endedAt,
      activeMs: this.#limits.activeMs(attemptId) ?? Math.max(0, endedAt - startedAt),
      threadLingers: false,
      logsFollow: false,
      ...rest,
    };
  }

  /** The attempt's thread is gone or free: its outcome is owed, or nobody wants it any more. */
  #end(outcome: AttemptOutcome): void {
    this.#logs.ended(outcome.attemptId);
    const logsFollow = this.#logs.isAwaited(outcome.attemptId);
    if (!this.#ledger.ended({ ...outcome, logsFollow })) this.#ledger.gone(outcome.attemptId);
    this.#limits.forget(outcome.attemptId);
    this.#calls.ended(outcome.attemptId);
    this.#reports.plan();
    this.#progress.tell();
  }

  #maxDurationMs(attemptId: string): number | undefined {
    return this.#ledger.find(attemptId)?.assignment.maxDurationMs;
  }

  #loadTimeoutMs(attemptId: string): number {
    const version = this.#ledger.find(attemptId)?.assignment.version ?? "";
    return this.#versions.find(version)?.built.config.loadTimeoutMs ?? 30_000;
  }

  #planTick(): void {
    if (this.#tickTimer !== undefined || !this.#ledger.waitsForTime || this.#isStopped) return;
    this.#tickTimer = setTimeout(() => this.#tick(), tickMs);
  }

  #tick(): void {
    this.#tickTimer = undefined;
    this.#ledger.reportStarts(Date.now() - startReportMs);
    const overdue = this.#ledger.overdue(performance.now() - unstartedMs);
    if (overdue.length > 0) this.#hosts.withdraw(overdue, true);
    if (this.#ledger.hasNews) this.#reports.plan();
    this.#planTick();
  }
}

function latenessOf({ dueAt }: Stop): number {
  return Math.max(0, performance.now() - dueAt);
}
