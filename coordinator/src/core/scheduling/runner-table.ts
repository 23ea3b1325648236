import { backoffMs } from "@baton/proto/contract/backoff";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import { defaultMachine, type MachineName, machines } from "@baton/proto/contract/machine";
import type { ConnectedRunner, ReturnReason, RunnerCapacity } from "../event.ts";
import { isSolo, type Run } from "../life/run.ts";

/** First and longest pause of a runner that gave assignments back or never received them; milliseconds. */
const runnerPauseMs = { first: 250, longest: 10_000 } as const;

/** What a connected runner may report about itself. */
export interface RunnerNews {
  /** Assignments that the runner wants beyond its free threads. */
  readonly prefetch?: number;
  readonly versions?: readonly string[];
  readonly isDraining?: boolean;
}

/** vCPU counts only for machines with at least this much, because most tasks wait (docs/tasks.md 6.1). */
const countedCpu = 1;

interface Held {
  readonly attemptId: AttemptId;
  readonly memoryMb: number;
  readonly centiCpu: number;
}

/** Larger than the load of any runner that works. */
const failingLoad = 1_000_000;

/** A run that takes up a thread of a runner. */
export interface Holder {
  readonly runnerId: RunnerId;
  readonly attemptId: AttemptId;
  readonly machine: MachineName;
  /** Whether the run has a host for itself. */
  readonly isSolo: boolean;
}

/** What a run needs of the runner that takes it. */
export interface Need {
  readonly machine: MachineName;
  readonly version: string;
  /** Whether the run is executed alone. A runner takes such runs one after another. */
  readonly isSolo: boolean;
  /** Whether the run may wait at the runner for a thread. */
  readonly mayPrefetch: boolean;
}

/** One runner process, connected or within its lease. */
export class Runner {
  readonly id: RunnerId;
  /** The current session; messages of older ones are ignored. 0 before the first. */
  session = 0;
  isConnected = false;
  /** When its session began; monotonic milliseconds. */
  connectedAt = 0;
  isDraining = false;
  capacity: RunnerCapacity = { concurrency: 0, cpu: 0, memoryGb: 0, overcommit: false };
  versions: Set<string> = new Set();
  /** Assignments that the runner wants beyond its free threads. */
  prefetch = 0;
  /** Attempts that the runner named when it connected and that were still wanted. */
  confirmed: ReadonlySet<AttemptId> = new Set();
  /** A secret that the runner process made; a stream that names the runner without it belongs to someone else. */
  key: string | undefined;
  /** Monotonic milliseconds. */
  leaseExpiresAt: number;
  /** How often assignments came back or never arrived since the last start; failures within one pause count once. */
  failures = 0;
  /** The runner gets no assignments until then; monotonic milliseconds. */
  pausedUntil = 0;
  readonly #held = new Map<RunId, Held>();
  readonly #runByAttempt = new Map<AttemptId, RunId>();
  readonly #solo = new Set<RunId>();
  #memoryMb = 0;
  #centiCpu = 0;

  constructor(id: RunnerId, leaseExpiresAt: number) {
    this.id = id;
    this.leaseExpiresAt = leaseExpiresAt;
  }

  /** Opens a session. Returns false when it is older than the current one, or its key is not the runner's. */
  connect({ capacity, draining, key, session, versions }: ConnectedRunner, monotonicNow: number): boolean {
    // Only the runner process knows its key: a stranger cannot take its runs with a larger session number.
    const isStranger = this.session > 0 && key !== this.key;
    if (session <= this.session || isStranger) return false;
    this.session = session;
    this.key = key;
    this.isConnected = true;
    this.connectedAt = monotonicNow;
    this.isDraining = draining;
    this.capacity = capacity;
    this.versions = new Set(versions);
    this.prefetch = 0;
    return true;
  }

  /** Applies what the runner reports about itself. Returns whether it reported versions. */
  hear({ isDraining, prefetch, versions }: RunnerNews): boolean {
    if (prefetch !== undefined) this.prefetch = prefetch;
    if (isDraining !== undefined) this.isDraining = isDraining;
    if (versions !== undefined) this.versions = new Set(versions);
    return versions !== undefined;
  }

  /** Closes the session. Returns false when it is not the current one. */
  disconnect(session: number): boolean {
    if (this.session !== session || !this.isConnected) return false;
    this.isConnected = false;
    return true;
  }

  /** Sets the attempts that the runner named when it connected and must still execute. */
  confirm(attemptIds: readonly AttemptId[]): void {
    this.confirmed = new Set(attemptIds);
  }

  /** Handles the return of an assignment of this version. Returns whether the runner's versions changed. */
  returned(reason: ReturnReason, version: string, monotonicNow: number): boolean {
    if (reason === "draining") this.isDraining = true;
    else this.failed(monotonicNow);
    if (reason === "noThread") this.prefetch = 0;
    if (reason === "versionNotLoaded") this.versions.delete(version);
    return reason === "versionNotLoaded";
  }

  /** Counts a failure and pauses the runner, longer each time. */
  failed(monotonicNow: number): void {
    if (monotonicNow < this.pausedUntil) return;
    this.failures += 1;
    this.pausedUntil = monotonicNow + backoffMs(runnerPauseMs, this.failures);
  }

  /** Resets the failures and the pause, because the runner executes its assignments. */
  worked(): void {
    this.failures = 0;
    this.pausedUntil = 0;
  }

  /** Returns the runs that this runner may have a thread for. */
  runIds(): RunId[] {
    return [...this.#held.keys()];
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /** Returns the run of an attempt that the runner has. */
  runOf(attemptId: AttemptId): RunId | undefined {
    return this.#runByAttempt.get(attemptId);
  }

  hold(runId: RunId, { attemptId, isSolo, machine }: Omit<Holder, "runnerId">): void {
    const { memoryGb, cpu } = machines[machine];
    const held = { attemptId, memoryMb: memoryGb * 1024, centiCpu: cpu >= countedCpu ? cpu * 100 : 0 };
    this.#held.set(runId, held);
    this.#runByAttempt.set(attemptId, runId);
    this.#memoryMb += held.memoryMb;
    this.#centiCpu += held.centiCpu;
    if (isSolo) this.#solo.add(runId);
  }

  release(runId: RunId): void {
    const held = this.#held.get(runId);
    if (held === undefined) return;
    this.#held.delete(runId);
    this.#runByAttempt.delete(held.attemptId);
    this.#solo.delete(runId);
    this.#memoryMb -= held.memoryMb;
    this.#centiCpu -= held.centiCpu;
  }

  /** Whether a solo run is assigned to this runner. */
  get hasSolo(): boolean {
    return this.#solo.size > 0;
  }

  /** Returns whether this machine fits while the runner executes nothing else. */
  everFits(machine: MachineName): boolean {
    const { memoryGb, cpu } = machines[machine];
    return (
      this.capacity.overcommit || (memoryGb <= this.capacity.memoryGb && (cpu < countedCpu || cpu <= this.capacity.cpu))
    );
  }

  /** Returns whether a thread, and the CPU and memory of this machine, are free now. */
  hasRoom(machine: MachineName): boolean {
    if (this.#fits(machine, 0)) return true;
    return this.capacity.overcommit && this.#held.size === 0 && this.capacity.concurrency > 0;
  }

  /** Returns whether one more run may be sent ahead, to wait at the runner for a thread. */
  wantsMore(machine: MachineName): boolean {
    return this.prefetch > 0 && this.everFits(machine) && this.#fits(machine, this.prefetch);
  }

  /** Returns whether this machine fits when the runner may hold `extra` such runs beyond its capacity. */
  #fits(machine: MachineName, extra: number): boolean {
    const { memoryGb, cpu } = machines[machine];
    const memoryMb = memoryGb * 1024;
    const centiCpu = cpu * 100;
    return (
      this.#held.size < this.capacity.concurrency + extra &&
      this.#memoryMb + memoryMb <= this.capacity.memoryGb * 1024 + extra * memoryMb &&
      (cpu < countedCpu || this.#centiCpu + centiCpu <= this.capacity.cpu * 100 + extra * centiCpu)
    );
  }
}

/** Returns the thread that a run takes up, if any: also that of an ended attempt until it is reported gone. */
export function holderOf(run: Run): Holder | undefined {
  const { current } = run;
  if (current !== undefined) {
    return { runnerId: current.runnerId, attemptId: current.id, machine: current.machine, isSolo: isSolo(run) };
  }
  if (run.lingering === undefined) return undefined;
  const machine =
    run.attempts.findLast((attempt) => attempt.id === run.lingering?.attemptId)?.machine ?? defaultMachine;
  return { ...run.lingering, machine, isSolo: isSolo(run) };
}

/** The runners that this coordinator knows. What they hold is derived from the runs. */
export class RunnerTable {
  readonly #runners = new Map<RunnerId, Runner>();
  readonly #leaseMs: number;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  all(): Iterable<Runner> {
    return this.#runners.values();
  }

  find(id: RunnerId): Runner | undefined {
    return this.#runners.get(id);
  }

  /** Returns the runner. An unknown runner is created with a full lease. */
  obtain(id: RunnerId, monotonicNow: number): Runner {
    const known = this.#runners.get(id);
    if (known !== undefined) return known;
    const runner = new Runner(id, monotonicNow + this.#leaseMs);
    this.#runners.set(id, runner);
    return runner;
  }

  renew(runner: Runner, monotonicNow: number): void {
    runner.leaseExpiresAt = monotonicNow + this.#leaseMs;
  }

  /** Extends all leases by a time during which the coordinator could not listen. */
  extendAll(byMs: number): void {
    for (const runner of this.#runners.values()) runner.leaseExpiresAt += byMs;
  }

  remove(id: RunnerId): void {
    this.#runners.delete(id);
  }

  /** Returns the versions of each connected runner. */
  connectedVersions(): readonly ReadonlySet<string>[] {
    return [...this.#runners.values()].filter((runner) => runner.isConnected).map((runner) => runner.versions);
  }

  /** Returns the number of connected runners that have a version. */
  countWith(version: string): number {
    let count = 0;
    for (const runner of this.#runners.values()) if (runner.isConnected && runner.versions.has(version)) count += 1;
    return count;
  }

  /** Returns whether another connected runner has the version and starts its assignments. */
  hasHealthyBeside(id: RunnerId, version: string): boolean {
    for (const runner of this.#runners.values()) {
      if (runner.id === id || !runner.isConnected || runner.isDraining) continue;
      if (runner.failures === 0 && runner.versions.has(version)) return true;
    }
    return false;
  }

  /** Returns the least loaded runner that can take a run now. Runners without failures come first. */
  choose({ isSolo, machine, mayPrefetch, version }: Need, monotonicNow: number): Runner | undefined {
    let best: Runner | undefined;
    let bestLoad = Number.POSITIVE_INFINITY;
    for (const runner of this.#runners.values()) {
      if (!runner.isConnected || runner.isDraining || !runner.versions.has(version)) continue;
      if (runner.pausedUntil > monotonicNow) continue;
      if (isSolo && runner.hasSolo) continue;
      if (!runner.hasRoom(machine) && !(mayPrefetch && runner.wantsMore(machine))) continue;
      const load =
        (runner.failures > 0 ? failingLoad : 0) + runner.heldCount / Math.max(1, runner.capacity.concurrency);
      if (load < bestLoad) {
        best = runner;
        bestLoad = load;
      }
    }
    return best;
  }
}
