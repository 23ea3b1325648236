import type { Coordinator } from "@baton/coordinator/internal/coordinator";
import type { SchedulingSettings } from "@baton/coordinator/internal/core/scheduling/settings";
import { StoreError } from "@baton/coordinator/internal/errors";
import type { PendingBatch } from "@baton/coordinator/internal/store/memory/memory-disk";
import { MemoryStore } from "@baton/coordinator/internal/store/memory/memory-store";
import type { Store } from "@baton/coordinator/internal/store/store";
import type { RunId, RunnerId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import { Coverage, type Fault, metStatus } from "./coverage.ts";
import { InvariantError } from "./failure.ts";
import { Invariants } from "./invariants.ts";
import { withLateAnswers } from "./late-answers.ts";
import type { Wire } from "./link.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClient } from "./simulated-client.ts";
import { SimulatedCoordinator, type Variant, wallStart } from "./simulated-coordinator.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { SimulatedRunner } from "./simulated-runner.ts";
import { type Bundle, lateTask, makeBundles } from "./tasks.ts";
import { Transcript } from "./transcript.ts";
import { Process, VirtualTime } from "./virtual-time.ts";

const leaseMs = 10_000;
/** Faults happen until this time. Accepted runs must end within `settleMs` after it. Virtual milliseconds. */
const faultsUntilMs = 60_000;
const settleMs = 30 * 60_000;
const triggersUntilMs = 45_000;

/** Options of one simulation. */
export interface SimulationOptions {
  readonly seed: number;
  readonly withFaults: boolean;
  /** Broken parts that replace real ones. */
  readonly variant?: Variant;
  readonly makeDisk?: () => SimulatedDisk;
  /** Receives every line of the transcript as it is written. */
  readonly print?: (line: string) => void;
}

/** The result of one seed. */
export interface SimulationResult {
  readonly seed: number;
  /** The violated invariant, or the error that the product threw. */
  readonly failure: Error | undefined;
  /** A hash of the transcript, which is the same for the same seed. */
  readonly digest: string;
  readonly tail: readonly string[];
  readonly coverage: Coverage;
  readonly runs: number;
  readonly steps: number;
}

/** Simulates one seed, from the first trigger until everything has ended. */
export function simulate(options: SimulationOptions): Promise<SimulationResult> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #time = new VirtualTime();
  readonly #random: SeededRandom;
  readonly #disk: SimulatedDisk;
  readonly #invariants = new Invariants(leaseMs);
  readonly #transcript: Transcript;
  readonly #coverage = new Coverage();
  readonly #bundles: readonly [Bundle, Bundle];
  readonly #network: SeededRandom;
  readonly #storage: SeededRandom;
  readonly #world: Process;
  readonly #client: SimulatedClient;
  readonly #backlogBudget: number;
  readonly #scheduling: SchedulingSettings;
  readonly #runners: (SimulatedRunner | undefined)[] = [];
  readonly #lostCalls = new Set<() => void>();
  #coordinator: SimulatedCoordinator | undefined;
  #isUp = false;
  #bundle: Bundle;
  #lastRunner = 0;
  #storeAwayUntil = 0;
  #storeSlowUntil = 0;
  #steps = 0;
  #thrown: Error | undefined;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#transcript = new Transcript(options.print);
    this.#network = this.#random.fork();
    this.#storage = this.#random.fork();
    this.#world = new Process(this.#time);
    this.#bundles = makeBundles(this.#random.fork());
    this.#bundle = this.#bundles[0];
    this.#backlogBudget = this.#random.between(5, 20);
    this.#scheduling = makeScheduling(this.#random.fork());
    this.#invariants.environmentSlots = environmentSlotsOf(this.#scheduling);
    this.#disk = options.makeDisk?.() ?? new SimulatedDisk();
    this.#disk.onWritten = (run) => {
      this.#log(`stored ${run.id} ${run.status}@${run.revision}`);
      this.#invariants.stored(run);
    };
    this.#client = new SimulatedClient({
      process: this.#world,
      random: this.#random.fork(),
      invariants: this.#invariants,
      wallNow: () => this.#wallNow(),
      call: (request) => this.#call(request),
      metByTrigger: (runId) => this.#meet("trigger doubled", runId),
      metByCancel: (runId) => this.#meet("cancel", runId),
      log: (text) => this.#log(text),
    });
  }

  async run(): Promise<SimulationResult> {
    const onRejection = (error: unknown): void => {
      this.#thrown ??= error instanceof Error ? error : new Error(String(error));
    };
    process.on("unhandledRejection", onRejection);
    try {
      this.#plan();
      await this.#play();
    } catch (error) {
      onRejection(error);
    } finally {
      process.off("unhandledRejection", onRejection);
    }
    return {
      seed: this.#options.seed,
      failure: this.#invariants.failure ?? this.#thrown,
      digest: this.#transcript.digest(),
      tail: this.#transcript.tail(),
      coverage: this.#coverage,
      runs: this.#invariants.accepted.size,
      steps: this.#steps,
    };
  }

  async #play(): Promise<void> {
    let nextCheckAt = faultsUntilMs + 5_000;
    while (this.#invariants.failure === undefined && this.#thrown === undefined) {
      const next = this.#time.takeNext();
      if (next === undefined) throw new Error("Nothing is planned any more.");
      this.#steps += 1;
      next();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#time.now < nextCheckAt) continue;
      nextCheckAt = this.#time.now + 1_000;
      const isLate = this.#time.now > faultsUntilMs + settleMs;
      if (!isLate && !this.#hasEnded()) continue;
      this.#invariants.atEnd(
        this.#coordinator?.memory() ?? [],
        this.#unendable(),
        (run) => this.#coordinator?.explain(run) ?? "no coordinator is up",
      );
      return;
    }
  }

  #hasEnded(): boolean {
    const ignored = this.#unendable();
    return (
      this.#client.isIdle &&
      this.#isUp &&
      this.#invariants.unfinished().every((run) => ignored.has(run.id)) &&
      (this.#coordinator?.memory() ?? []).every((run) => ignored.has(run.id)) &&
      this.#runners.every((runner) => runner?.heldCount === 0)
    );
  }

  /** Returns runs that cannot end: their task is not registered, or the final limit of their queue is 0. */
  #unendable(): ReadonlySet<RunId> {
    const current = this.#coordinator;
    const ids = [...this.#disk.runs.values()]
      .map(({ run }) => run)
      .filter((run) => {
        if (run.status === "pendingVersion") return !current?.coordinator.tasks.isRegistered(run.taskId);
        return run.status === "queued" && current?.explain(run).includes("concurrency limit of 0");
      });
    return new Set(ids.map((run) => run.id));
  }

  #plan(): void {
    this.#startCoordinator();
    const capacities = [
      { concurrency: 4, cpu: 4, memoryGb: 8, overcommit: false },
      { concurrency: 2, cpu: 1, memoryGb: 1.5, overcommit: true },
      { concurrency: 6, cpu: 2, memoryGb: 4, overcommit: false },
    ] as const;
    const count = this.#random.between(1, 3);
    for (let slot = 0; slot < count; slot += 1) {
      this.#world.after(this.#random.between(0, 5_000), () =>
        this.#startRunner(slot, capacities[slot] ?? capacities[0]),
      );
    }
    this.#planTriggers();
    if (this.#random.chance(0.8)) {
      this.#world.after(this.#random.between(5_000, 40_000), () => this.#replaceVersion());
    }
    if (!this.#options.withFaults) return;
    const faultCount = this.#random.between(1, 14);
    for (let index = 0; index < faultCount; index += 1) {
      this.#world.after(this.#random.between(500, faultsUntilMs), () => this.#injectFault());
    }
    this.#world.after(faultsUntilMs, () => {
      this.#storeAwayUntil = 0;
      this.#storeSlowUntil = 0;
      this.#log("faults stop");
    });
  }

  #planTriggers(): void {
    const ids = [...this.#bundles[0].tasks.map((task) => task.id), lateTask] as unknown as readonly [
      string,
      ...string[],
    ];
    const random = this.#random.fork();
    const bursts = random.between(5, 14);
    for (let burst = 0; burst < bursts; burst += 1) {
      const isLarge = random.chance(0.25);
      const count = isLarge ? random.between(15, 40) : random.between(1, 6);
      const only = random.chance(0.5) ? random.pick(ids) : undefined;
      const taskIds = Array.from({ length: count }, () => only ?? random.pick(ids));
      this.#world.after(random.between(300, triggersUntilMs), () => this.#client.trigger(taskIds));
    }
  }

  // The coordinator

  #startCoordinator(): void {
    const process = new Process(this.#time);
    const simulated = new SimulatedCoordinator({
      process,
      random: this.#random.fork(),
      store: this.#makeStore(process),
      invariants: this.#invariants,
      leaseMs,
      backlogBudget: this.#backlogBudget,
      scheduling: this.#scheduling,
      variant: this.#options.variant ?? {},
      now: () => this.#time.now,
      log: (text) => this.#log(text),
    });
    this.#coordinator = simulated;
    simulated.coordinator.start().then(
      () => {
        if (process.isDead) return;
        this.#isUp = true;
        this.#log("coordinator is up");
        this.#client.watchOn(simulated.coordinator, () => !process.isDead && this.#coordinator === simulated);
      },
      (error: unknown) => {
        if (process.isDead) return;
        if (!(error instanceof StoreError)) {
          this.#thrown ??= error as Error;
          return;
        }
        this.#log(`coordinator did not start: ${error.message}`);
        process.kill();
        this.#planStart(1_000);
      },
    );
  }

  #stopCoordinator(afterMs: number): void {
    this.#coordinator?.process.kill();
    this.#isUp = false;
    for (const lose of [...this.#lostCalls]) lose();
    for (const runner of this.#runners) runner?.cut(this.#network.between(0, 1_000), 0);
    this.#planStart(afterMs);
  }

  /** Plans the start of a coordinator. It replaces an earlier plan, because only one coordinator may run at a time. */
  #planStart(afterMs: number): void {
    this.#cancelStart();
    this.#cancelStart = this.#world.after(afterMs, () => this.#startCoordinator());
  }

  #cancelStart: () => void = () => {};

  #call<T>(request: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    return this.#callSimulated(({ coordinator }) => request(coordinator));
  }

  #callSimulated<T>(request: (simulated: SimulatedCoordinator) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const simulated = this.#coordinator;
      if (simulated === undefined || !this.#isUp) return reject(new Error("no coordinator answers"));
      const lose = () => {
        this.#lostCalls.delete(lose);
        this.#world.after(this.#network.between(0, 500), () => reject(new Error("the connection was lost")));
      };
      this.#lostCalls.add(lose);
      const answer = (run: () => void) => {
        if (!this.#lostCalls.delete(lose)) return;
        this.#world.after(this.#latencyMs(), run);
      };
      simulated.process.after(this.#latencyMs(), () => {
        request(simulated).then(
          (result) => answer(() => resolve(result)),
          (error: Error) => answer(() => reject(error)),
        );
      });
    });
  }

  // The store

  #makeStore(process: Process): Store {
    const store = new MemoryStore({
      disk: this.#disk,
      onBatch: (pending) => {
        if (process.isDead) return;
        this.#world.after(this.#storeMs(), () => this.#write(pending, process));
      },
      onCall: () =>
        new Promise((resolve, reject) => {
          this.#world.after(this.#storeMs(), () => {
            if (process.isDead) return;
            const isAway = this.#time.now < this.#storeAwayUntil;
            process.after(0, () => (isAway ? reject(new StoreError("The store is away.")) : resolve()));
          });
        }),
    });
    return withLateAnswers(store, () => new Promise((arrive) => void process.after(this.#storeMs(), arrive)));
  }

  #storeMs(): number {
    if (this.#time.now < this.#storeSlowUntil) return this.#storage.between(100, 3_000);
    return this.#storage.chance(0.1) ? this.#storage.between(5, 60) : this.#storage.between(0, 4);
  }

  #write(pending: PendingBatch, process: Process): void {
    if (process.isDead) return;
    const isAway = this.#time.now < this.#storeAwayUntil;
    const isFaulty = this.#options.withFaults && this.#time.now < faultsUntilMs && this.#storage.chance(0.02);
    if (!isAway && !isFaulty) {
      this.#log(
        `batch ${pending.batch.number}: ${pending.batch.writes.map((w) => `${w.run.id}@${w.run.revision}/${w.replaces}`).join(" ")}`,
      );
      pending.apply();
      process.after(0, () => pending.answer());
      return;
    }
    const isApplied = !isAway && this.#storage.chance(0.5);
    if (isFaulty) this.#meetAll(isApplied ? "store error, applied" : "store error, not applied");
    if (isApplied) pending.apply((write) => this.#storage.chance(0.8) || write.replaces === 0);
    this.#log(isApplied ? "store fails after it applied a batch" : "store fails before it applied a batch");
    process.after(0, () => pending.fail(new StoreError("The store did not answer.")));
  }

  // Runners

  #startRunner(slot: number, capacity: ConstructorParameters<typeof SimulatedRunner>[1]): void {
    this.#lastRunner += 1;
    const runnerProcess = new Process(this.#time);
    const runner = new SimulatedRunner(`runner_${this.#lastRunner}` as RunnerId, capacity, {
      random: this.#random.fork(),
      invariants: this.#invariants,
      process: runnerProcess,
      wire: this.#makeWire(),
      wallNow: () => this.#wallNow(),
      coordinator: () => this.#servingCoordinator(),
      register: (request) => this.#callSimulated((simulated) => simulated.register(request)),
      triggerChildren: (parent) => this.#triggerChildren(parent),
      payloadOf: (runId) => this.#client.payloadOf(runId),
      log: (text) => this.#log(text),
      onReplaced: () => this.#world.after(this.#random.between(100, 3_000), () => this.#startRunner(slot, capacity)),
    });
    this.#runners[slot] = runner;
    this.#replacements.set(runner, () => this.#startRunner(slot, capacity));
    this.#processes.set(runner, runnerProcess);
    runner.start(this.#bundle);
  }

  #triggerChildren(parent: Parameters<SimulatedClient["triggerFrom"]>[0]): void {
    const ids = this.#bundle.tasks.map((task) => task.id);
    const count = this.#random.between(1, 3);
    this.#client.triggerFrom(
      parent,
      Array.from({ length: count }, () => ids[this.#random.between(0, ids.length - 1)] ?? "free"),
    );
  }

  readonly #replacements = new Map<SimulatedRunner, () => void>();
  readonly #processes = new Map<SimulatedRunner, Process>();

  /** Returns the coordinator that answers runners; undefined when none is running. */
  #servingCoordinator(): SimulatedCoordinator | undefined {
    return this.#isUp ? this.#coordinator : undefined;
  }

  #makeWire(): Wire {
    return {
      now: () => this.#time.now,
      latencyMs: () => this.#latencyMs(),
      doubles: () => this.#options.withFaults && this.#time.now < faultsUntilMs && this.#network.chance(0.03),
    };
  }

  #latencyMs(): number {
    return this.#network.chance(0.05) ? this.#network.between(10, 400) : this.#network.between(0, 5);
  }

  #replaceVersion(): void {
    this.#bundle = this.#bundles[1];
    this.#meetAll("version replaced");
    this.#log("the second bundle replaces the first");
    for (const runner of this.#runners) {
      const keepsBoth = this.#random.chance(0.4);
      this.#world.after(this.#random.between(0, 4_000), () => {
        // Some runners load the new version beside the old one; the others drain and are replaced.
        if (keepsBoth) runner?.load(this.#bundles[1]);
        else runner?.drain(this.#random.between(100, 5_000));
      });
    }
  }

  // Faults

  #injectFault(): void {
    const random = this.#random;
    const runner = this.#pickRunner();
    const fault = random.next();
    if (fault < 0.2) return this.#crashCoordinator();
    if (fault < 0.25) return this.#restartCoordinator();
    if (fault < 0.35) {
      this.#meetAll("coordinator pause");
      const pauseMs = random.pick([400, 1_600, 6_000, 15_000]);
      this.#log(`coordinator pauses for ${pauseMs}`);
      return this.#coordinator?.process.pause(pauseMs);
    }
    if (fault < 0.42) {
      this.#meetAll("store slow");
      this.#storeSlowUntil = this.#time.now + random.between(1_000, 10_000);
      return this.#log("store becomes slow");
    }
    if (fault < 0.47) {
      this.#meetAll("store away");
      this.#storeAwayUntil = this.#time.now + random.pick([2_000, 20_000, 60_000]);
      return this.#log("store goes away");
    }
    if (runner !== undefined) this.#harmRunner(runner, (fault - 0.47) / 0.53);
  }

  #pickRunner(): SimulatedRunner | undefined {
    const alive = this.#runners.filter((runner) => runner !== undefined && !this.#processes.get(runner)?.isDead);
    return alive.length === 0 ? undefined : alive[this.#random.between(0, alive.length - 1)];
  }

  #harmRunner(runner: SimulatedRunner, fault: number): void {
    const random = this.#random;
    if (fault < 0.2) {
      this.#meetAll("runner crash");
      this.#log(`${runner.id} crashes`);
      runner.crash();
      runner.cut(0, random.pick([0, 1_000, 30_000]));
      this.#world.after(random.between(500, 15_000), () => this.#replacements.get(runner)?.());
    } else if (fault < 0.4) {
      this.#meetAll("runner pause");
      const pauseMs = random.pick([500, 6_000, 9_000, 20_000]);
      this.#log(`${runner.id} pauses for ${pauseMs}`);
      this.#processes.get(runner)?.pause(pauseMs);
    } else if (fault < 0.5) {
      this.#meetAll("runner drain");
      this.#log(`${runner.id} drains`);
      runner.drain(random.between(100, 10_000));
    } else if (fault < 0.7) {
      this.#meetAll("host loss");
      this.#log(`${runner.id} loses its host`);
      runner.loseHost();
      // An attempt that brought the host down starts again and may do so again; alone in a host, it is proven guilty.
      const times = random.between(0, 4);
      for (let again = 1; again <= times; again += 1) {
        this.#world.after(again * random.between(300, 3_000), () => runner.loseHost());
      }
    } else {
      const isLong = random.chance(0.4);
      this.#meetAll(isLong ? "stream cut, past the lease" : "stream cut, short");
      this.#log(`the stream of ${runner.id} is cut`);
      const learnsMs = isLong ? random.between(11_000, 25_000) : random.between(0, 3_000);
      runner.cut(learnsMs, random.chance(0.5) ? random.between(0, 2_000) : 60_000);
    }
  }

  #crashCoordinator(): void {
    if (this.#coordinator?.process.isDead) return;
    this.#meetAll("coordinator crash");
    this.#log("coordinator crashes");
    const zombies = [...this.#disk.unacknowledged].filter(() => this.#random.chance(0.4));
    this.#disk.crash(() => this.#random.next());
    for (const zombie of zombies) {
      this.#world.after(this.#random.between(0, 6_000), () => {
        this.#log("a batch of a dead coordinator arrives");
        this.#invariants.arrivesLate(zombie.batch.writes.map(({ run }) => run.id));
        zombie.apply((write) => this.#storage.chance(0.7) || write.replaces === 0);
      });
    }
    this.#stopCoordinator(this.#random.pick([0, 300, 3_000, 15_000]));
  }

  #restartCoordinator(): void {
    const simulated = this.#coordinator;
    if (simulated === undefined || !this.#isUp) return;
    this.#meetAll("coordinator restart");
    this.#log("coordinator is stopped");
    this.#isUp = false;
    simulated.coordinator.stop().then(
      () => {
        if (simulated === this.#coordinator && !simulated.process.isDead) this.#stopCoordinator(200);
      },
      (error: unknown) => {
        this.#thrown ??= error as Error;
      },
    );
  }

  #meetAll(fault: Fault): void {
    for (const id of this.#disk.runs.keys()) this.#meet(fault, id);
  }

  #meet(fault: Fault, runId: RunId): void {
    const run = this.#disk.runs.get(runId)?.run;
    if (run === undefined) return;
    this.#coverage.count(fault, metStatus(run.status, isFinal(run.status), run.lingering !== undefined));
  }

  #wallNow(): number {
    return wallStart + this.#time.now;
  }

  #log(text: string): void {
    this.#transcript.add(this.#time.now, text);
  }
}

function makeScheduling(random: SeededRandom): SchedulingSettings {
  return {
    versionGraceMs: random.pick([1_000, 60_000]),
    burstFactor: random.pick([1, 1.5]),
    ...(random.chance(0.3) && { environmentLimit: random.between(2, 6) }),
    ...(random.chance(0.3) && { maxQueueLength: random.between(5, 30) }),
  };
}

function environmentSlotsOf({ burstFactor, environmentLimit = Number.POSITIVE_INFINITY }: SchedulingSettings): number {
  return Math.floor(environmentLimit * burstFactor);
}

/** Whether a seed failed because of an invariant, and not because the product threw. */
export function isInvariantFailure(failure: Error | undefined): failure is InvariantError {
  return failure instanceof InvariantError;
}
