import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Dispatch__Output } from "@baton/proto";
import type { Logger } from "pino";
import { ApiCalls } from "./api-calls.ts";
import { endOfExit, endOfLostHost, endOfStop, outcomeOfThread } from "./attempt-end.ts";
import { AttemptLimits, type Stop } from "./attempt-limits.ts";
import type { BuiltVersion } from "./build/manifest.ts";
import type { Capacity } from "./capacity.ts";
import type { AnnouncedVersion } from "./config.ts";
import { Connection, type Welcome } from "./connection.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";
import type { RunnerError } from "./errors.ts";
import type { FromHost } from "./host/host-protocol.ts";
import { HostProcess } from "./host-process.ts";
import { Ledger } from "./ledger.ts";
import { LogShipper } from "./log-shipper.ts";
import type { AttemptEnd, AttemptOutcome } from "./outcome.ts";
import { Prefetch } from "./prefetch.ts";
import type { ThreadVersion } from "./thread/thread-protocol.ts";
import { VersionShelf } from "./version-shelf.ts";
import {
  definitionToWire,
  dispatchFromWire,
  helloToWire,
  type RunnerAssignment,
  type RunnerIdentity,
  reportToWire,
} from "./wire.ts";

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
  readonly onVersion?: ((version: AnnouncedVersion) => void) | undefined;
  readonly log: Logger;
}

/** Starts are reported when they are so old; shorter attempts report theirs with the outcome. */
const startReportMs = 50;
/** An assignment that no thread took in this time goes back. */
const unstartedMs = 250;
const tickMs = 25;
/** Text of outcomes in one report; a larger outcome travels alone. */
const reportCharacters = 1024 * 1024;
/** How long a stopping runner waits for the coordinator to acknowledge the last outcomes. */
const settleMs = 5_000;
const logFlushMs = 2_000;
/** A host that dies at once is not replaced in a busy loop. */
const hostPauseMs = 250;

/**
 * The runner process: holds the stream, the assignments, the deadlines and the outcomes that are not acknowledged, and
 * runs no user code. Everything that happens in one event-loop turn goes to the coordinator as one report.
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
  /** What is registered before each stream, because the coordinator may have forgotten it. */
  #latest: BuiltVersion | undefined;
  #host: HostProcess;
  #hostStartedAt = 0;
  #isDraining = false;
  #isStopped = false;
  #stopping: Promise<void> | undefined;
  #isReportPlanned = false;
  #lastSentAt = 0;
  #tickTimer: NodeJS.Timeout | undefined;
  #heartbeatTimer: NodeJS.Timeout | undefined;
  #onProgress: (() => void)[] = [];
  readonly ready: Promise<void>;
  #becomeReady: () => void = () => undefined;
  #failReady: (error: RunnerError) => void = () => undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#log = parts.log.child({ runnerId: this.runnerId });
    this.#identity = { runnerId: this.runnerId, capacity: parts.capacity, hostname: hostname(), pid: process.pid };
    this.#limits = new AttemptLimits({
      onStop: (attemptId) => this.#host.send({ type: "terminate", attemptId }),
      onLinger: (attemptId) => this.#onLinger(attemptId),
    });
    this.#prefetch = new Prefetch(parts.capacity.concurrency);
    this.#versions = new VersionShelf(parts.environment);
    this.#connection = new Connection(
      parts.client,
      {
        prepare: () => this.#register(),
        hello: (session) => this.#hello(session),
        onWelcome: (welcome) => this.#onWelcome(welcome),
        onDispatch: (dispatch) => this.#onDispatch(dispatch),
        onDown: () => clearInterval(this.#heartbeatTimer),
        onRefused: (error) => this.#failReady(error),
      },
      this.#log,
    );
    this.#logs = new LogShipper(parts.client, this.#log);
    this.#calls = new ApiCalls(parts.client, (attemptId, callId, isError, body) =>
      this.#host.send({ type: "callResult", attemptId, callId, isError }, body),
    );
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#failReady = reject;
    });
    // Whoever wants to know awaits it; a runner that nobody awaits goes on trying.
    this.ready.catch(() => undefined);
    this.#host = this.#startHost();
  }

  /** The version that new runs get; undefined before the coordinator named it. */
  get version(): string | undefined {
    return this.#versions.latest;
  }

  /** The host's process id. */
  get hostPid(): number | undefined {
    return this.#host.pid;
  }

  /** Begins to connect, with this version. */
  start(built: BuiltVersion): void {
    this.#latest = built;
    this.#connection.start();
  }

  /** Takes a newer version. When no coordinator is there, the next stream brings it. */
  async load(built: BuiltVersion): Promise<void> {
    this.#latest = built;
    if (!this.#connection.isUp) return;
    await this.#register();
    this.#connection.send({ versionsChanged: { versions: [...this.#versions.names] } });
  }

  /** Drains and ends: unstarted assignments go back, running attempts get `graceMs`, outcomes are waited for. */
  stop(graceMs: number = this.#parts.drainGraceMs): Promise<void> {
    this.#stopping ??= this.#drainAndEnd(graceMs);
    return this.#stopping;
  }

  async #drainAndEnd(graceMs: number): Promise<void> {
    this.#isDraining = true;
    this.#ledger.startDraining();
    this.#connection.send({ draining: {} });
    this.#host.send({ type: "withdraw", attemptIds: this.#ledger.overdue(Number.POSITIVE_INFINITY), isPatient: false });
    await this.#waitFor(() => this.#ledger.startedCount === 0 && !this.#ledger.waitsForTime, graceMs);
    for (const { attemptId, state } of this.#ledger.held()) {
      if (state === "started") this.#limits.stopForDrain(attemptId);
      else if (state === "received") this.#ledger.handBack(attemptId, "draining");
    }
    this.#planReport();
    await this.#waitFor(() => this.#ledger.startedCount === 0, 1_000);
    await this.#waitFor(
      () => this.#ledger.unsettledCount === 0 && !this.#ledger.hasNews,
      this.#connection.isUp ? settleMs : 0,
    );
    await this.#logs.flush(this.#connection.isUp ? logFlushMs : 0);
    this.#isStopped = true;
    this.#connection.stop();
    clearInterval(this.#heartbeatTimer);
    clearTimeout(this.#tickTimer);
    this.#limits.stop();
    this.#host.kill("the runner stopped");
    this.#parts.client.close();
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
    if (added !== undefined) this.#tellVersion(this.#host, version);
    const inUse = new Set(
      this.#ledger.held().map(({ attemptId }) => this.#ledger.find(attemptId)?.assignment.version ?? ""),
    );
    for (const old of this.#versions.clear(inUse)) this.#host.send({ type: "forgetVersion", version: old });
    this.#parts.onVersion?.({
      version,
      tasks: built.tasks.map(({ definition: { id, filePath } }) => ({ id, filePath })),
    });
  }

  #tellVersion(host: HostProcess, version: string): void {
    const shelved = this.#versions.find(version);
    if (shelved === undefined) return;
    const { maxAttemptsPerThread } = shelved.built.config;
    host.send({ type: "version", version, maxAttemptsPerThread }, shelved.manifest);
  }

  #hello(session: number): ReturnType<typeof helloToWire> {
    this.#ledger.streamOpened();
    return helloToWire(this.#identity, session, this.#versions.names, this.#ledger.held(), this.#isDraining);
  }

  #onWelcome(welcome: Welcome): void {
    for (const attemptId of this.#ledger.welcomed(welcome.stopAttemptIds)) this.#stopUnwanted(attemptId);
    const halfMs = welcome.heartbeatIntervalMs / 2;
    clearInterval(this.#heartbeatTimer);
    this.#heartbeatTimer = setInterval(() => {
      if (performance.now() - this.#lastSentAt >= halfMs) this.#sendReport();
    }, halfMs);
    this.#sendReport();
    this.#becomeReady();
  }

  #onDispatch(wire: Dispatch__Output): void {
    const { execute, cancel, stop } = this.#ledger.dispatched(dispatchFromWire(wire), performance.now());
    for (const assignment of execute) {
      if (this.#versions.find(assignment.version) === undefined) {
        this.#ledger.handBack(assignment.attemptId, "versionNotLoaded");
      } else {
        this.#execute(this.#host, assignment);
      }
    }
    for (const { attemptId, reason } of cancel) {
      this.#limits.canceled(attemptId);
      this.#host.send({ type: "cancel", attemptId, reason });
    }
    for (const attemptId of stop) this.#stopUnwanted(attemptId);
    if (this.#ledger.hasNews) this.#planReport();
    this.#planTick();
    this.#tellProgress();
  }

  #execute(host: HostProcess, { attemptId, version, machine, body }: RunnerAssignment): void {
    host.send({ type: "execute", attemptId, version, machine }, body);
  }

  #stopUnwanted(attemptId: string): void {
    this.#limits.forget(attemptId);
    this.#host.send({ type: "terminate", attemptId });
  }

  #startHost(): HostProcess {
    this.#hostStartedAt = performance.now();
    const { cwd, env, capacity } = this.#parts;
    const host = new HostProcess(
      { cwd, env, concurrency: capacity.concurrency },
      {
        onMessage: (message, body) => this.#onHostMessage(message, body),
        onLost: (reason) => this.#onHostLost(reason),
      },
    );
    host.send({ type: "configure", capacity });
    for (const { version } of this.#versions.all) this.#tellVersion(host, version);
    return host;
  }

  #onHostMessage(message: FromHost, body: string): void {
    switch (message.type) {
      case "taken":
        for (const [attemptId, startedAt] of message.attempts) this.#ledger.taken(attemptId, startedAt);
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
      case "canceling":
        this.#limits.canceling(message.attemptId);
        break;
      case "ended":
        this.#onThreadEnd(message.attemptId, body);
        break;
      case "exited":
        this.#onThreadExit(message);
        break;
      case "withdrawn":
        for (const attemptId of message.attemptIds) this.#onWithdrawn(attemptId);
        this.#planReport();
        break;
      case "logs":
        this.#onLogs(message, body);
        break;
      case "call": {
        const found = this.#ledger.find(message.attemptId);
        if (found?.state === "started") this.#calls.make(found.assignment, message.callId, message.method, body);
        break;
      }
      case "ready":
        this.#log.debug({ durationMs: Math.round(performance.now() - this.#hostStartedAt) }, "host ready");
        break;
      case "pong":
        break;
    }
  }

  #onThreadEnd(attemptId: string, body: string): void {
    const found = this.#ledger.find(attemptId);
    if (found === undefined) return;
    const outcome = outcomeOfThread(found.assignment, found.startedAt, body);
    const stop = this.#limits.stopOf(attemptId);
    if (
      found.state === "started" &&
      stop?.reason === "maxDuration" &&
      outcome.activeMs > (this.#maxDurationMs(attemptId) ?? 0)
    ) {
      this.#end({ ...outcome, ...this.#stopped(attemptId, stop) });
    } else {
      this.#prefetch.observe(outcome.endedAt - outcome.startedAt);
      this.#end(outcome);
    }
  }

  #onThreadExit(message: Extract<FromHost, { type: "exited" }>): void {
    const { attemptId } = message;
    const found = this.#ledger.find(attemptId);
    if (found === undefined) return;
    const stop = this.#limits.stopOf(attemptId);
    if (stop === undefined) this.#endWithoutThread(attemptId, endOfExit(message));
    else this.#endWithoutThread(attemptId, endOfStop(stop.reason, this.#limitMs(attemptId, stop)), stop);
  }

  #onLinger(attemptId: string): void {
    const stop = this.#limits.stopOf(attemptId);
    const found = this.#ledger.find(attemptId);
    if (stop === undefined || found?.state !== "started") return;
    this.#ledger.ended({ ...this.#outcome(attemptId, this.#stopped(attemptId, stop)), threadLingers: true });
    this.#planReport();
    this.#tellProgress();
  }

  #onWithdrawn(attemptId: string): void {
    if (this.#ledger.find(attemptId)?.state === "lingering") this.#ledger.gone(attemptId);
    else this.#ledger.handBack(attemptId, this.#isDraining ? "draining" : "noThread");
    this.#limits.forget(attemptId);
    this.#tellProgress();
  }

  #onLogs(message: Extract<FromHost, { type: "logs" }>, body: string): void {
    const found = this.#ledger.find(message.attemptId);
    if (found === undefined) return;
    this.#logs.add(found.assignment, body, message.state);
  }

  #onHostLost(reason: string): void {
    if (this.#isStopped) return;
    const { restart, interrupted } = this.#ledger.hostLost(performance.now());
    this.#log.warn({ reason, interrupted: interrupted.length, restarted: restart.length }, "host lost");
    for (const { attemptId } of interrupted) {
      const stop = this.#limits.stopOf(attemptId);
      if (stop === undefined) this.#endWithoutThread(attemptId, endOfLostHost(reason));
      else this.#endWithoutThread(attemptId, endOfStop(stop.reason, this.#limitMs(attemptId, stop)), stop);
    }
    this.#planReport();
    const start = () => {
      if (this.#isStopped) return;
      this.#host = this.#startHost();
      for (const { attemptId } of this.#ledger.held()) {
        const found = this.#ledger.find(attemptId);
        if (found?.state === "received") this.#execute(this.#host, found.assignment);
        // Canceled or stopped while there was no host: no thread has it, and nobody else would say so.
        else if (found?.state === "lingering") this.#ledger.gone(attemptId);
      }
      this.#planReport();
    };
    if (performance.now() - this.#hostStartedAt > hostPauseMs) start();
    else setTimeout(start, hostPauseMs);
  }

  #endWithoutThread(attemptId: string, end: AttemptEnd, stop?: Stop): void {
    const stopLatenessMs = stop === undefined ? undefined : Math.max(0, performance.now() - stop.decidedAt);
    this.#end(this.#outcome(attemptId, { end, stopLatenessMs }));
  }

  #stopped(attemptId: string, stop: Stop): Pick<AttemptOutcome, "end" | "stopLatenessMs"> {
    return {
      end: endOfStop(stop.reason, this.#limitMs(attemptId, stop)),
      stopLatenessMs: Math.max(0, performance.now() - stop.decidedAt),
    };
  }

  #outcome(attemptId: string, rest: Pick<AttemptOutcome, "end" | "stopLatenessMs">): AttemptOutcome {
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
    this.#planReport();
    this.#tellProgress();
  }

  #maxDurationMs(attemptId: string): number | undefined {
    return this.#ledger.find(attemptId)?.assignment.maxDurationMs;
  }

  #loadTimeoutMs(attemptId: string): number {
    const version = this.#ledger.find(attemptId)?.assignment.version ?? "";
    return this.#versions.find(version)?.built.config.loadTimeoutMs ?? 30_000;
  }

  #limitMs(attemptId: string, stop: Stop): number {
    return stop.reason === "loadTimeout" ? this.#loadTimeoutMs(attemptId) : (this.#maxDurationMs(attemptId) ?? 0);
  }

  #planTick(): void {
    if (this.#tickTimer !== undefined || !this.#ledger.waitsForTime || this.#isStopped) return;
    this.#tickTimer = setTimeout(() => this.#tick(), tickMs);
  }

  #tick(): void {
    this.#tickTimer = undefined;
    this.#ledger.reportStarts(Date.now() - startReportMs);
    const overdue = this.#ledger.overdue(performance.now() - unstartedMs);
    if (overdue.length > 0) this.#host.send({ type: "withdraw", attemptIds: overdue, isPatient: true });
    if (this.#ledger.hasNews) this.#planReport();
    this.#planTick();
  }

  #planReport(): void {
    if (this.#isReportPlanned || !this.#connection.isUp) return;
    this.#isReportPlanned = true;
    setImmediate(() => {
      this.#isReportPlanned = false;
      if (this.#ledger.hasNews) this.#sendReport();
    });
  }

  #sendReport(): void {
    if (!this.#connection.isUp) return;
    const prefetch = this.#isDraining ? 0 : this.#prefetch.wanted();
    const report = this.#ledger.takeReport();
    const [first = [], ...others] = split(report.outcomes);
    this.#connection.send(reportToWire({ ...report, outcomes: first }, prefetch));
    for (const outcomes of others) {
      const { receivedSequence } = report;
      const next = { receivedSequence, started: [], outcomes, handedBack: [], goneAttemptIds: [] };
      this.#connection.send(reportToWire(next, prefetch));
    }
    this.#lastSentAt = performance.now();
    this.#tellProgress();
  }

  #waitFor(condition: () => boolean, limitMs: number): Promise<void> {
    if (condition() || limitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(finish, limitMs);
      const check = () => {
        if (condition()) finish();
        else this.#onProgress.push(check);
      };
      function finish(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#onProgress.push(check);
    });
  }

  #tellProgress(): void {
    if (this.#onProgress.length === 0) return;
    for (const check of this.#onProgress.splice(0)) check();
  }
}

function split(outcomes: readonly AttemptOutcome[]): readonly (readonly AttemptOutcome[])[] {
  const parts: AttemptOutcome[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const outcome of outcomes) {
    const size = outcome.end.type === "succeeded" ? (outcome.end.output?.length ?? 0) : 0;
    if (characters + size > reportCharacters) {
      parts.push([]);
      characters = 0;
    }
    parts.at(-1)?.push(outcome);
    characters += size;
  }
  return parts;
}
