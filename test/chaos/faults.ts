import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../simulation/seeded-random.ts";
import type { Fate, MongoProxy } from "../support/mongo-proxy.ts";
import { hostOf } from "../support/processes.ts";
import type { SupervisedCluster } from "./supervised-cluster.ts";

/** A fault of the service while it works, with its time in milliseconds from the first trigger. */
export type Fault =
  /** The store cannot be reached: its connections are cut, and new ones are refused. */
  | { readonly type: "storeAway"; readonly atMs: number; readonly forMs: number }
  /** Messages in both directions are delayed, each by up to `upToMs`. */
  | { readonly type: "delays"; readonly atMs: number; readonly forMs: number; readonly upToMs: number }
  /** Connections are cut at single messages, before or after the server gets them. */
  | { readonly type: "cuts"; readonly atMs: number; readonly forMs: number; readonly share: number }
  /** Single messages are lost while their connection stays. */
  | { readonly type: "drops"; readonly atMs: number; readonly forMs: number; readonly share: number }
  /**
   * The coordinator is killed. With `landMs`, a batch is held meanwhile and arrives `landMs` after the successor's
   * first read.
   */
  | { readonly type: "coordinatorKilled"; readonly atMs: number; readonly landMs?: number }
  /** A host is killed with everything in it. */
  | { readonly type: "hostKilled"; readonly atMs: number; readonly runner: number };

/** Delay of the batch before the held one, so that the held one is large, in milliseconds. */
const gatherMs = 500;
/** Limits how long a kill waits for a batch to hold, in milliseconds; there is none while the store is away. */
const batchPatienceMs = 5_000;
/** Limits the wait until the successor of a killed coordinator reads the store, in milliseconds. */
const successorPatienceMs = 60_000;

/** Plans the faults of a round: at least one of the store and two kills, in the order of their times. */
export function planFaults(random: SeededRandom, loadMs: number, runnerCount: number): readonly Fault[] {
  const atMs = () => random.between(500, loadMs);
  const faults: Fault[] = [];
  for (let count = random.between(10, 16); count > 0; count -= 1) faults.push(planStoreFault(random, atMs()));
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    faults.push({ type: "hostKilled", atMs: atMs(), runner: random.between(0, runnerCount - 1) });
  }
  // Mostly late: the successor serves 10 s after the kill, and until then there are no messages to disturb.
  const lateMs = () => random.between(loadMs / 2, loadMs);
  const late = random.chance(0.7) ? { landMs: random.pick([20, 100, 500, 3_000]) } : {};
  faults.push({ type: "coordinatorKilled", atMs: lateMs(), ...late });
  if (random.chance(0.2)) faults.push({ type: "coordinatorKilled", atMs: atMs() });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

function planStoreFault(random: SeededRandom, atMs: number): Fault {
  const forMs = random.between(1_000, 6_000);
  switch (random.pick(["storeAway", "delays", "cuts", "cuts", "drops"])) {
    case "storeAway":
      return { type: "storeAway", atMs, forMs };
    case "delays":
      return { type: "delays", atMs, forMs, upToMs: random.pick([20, 200, 1_000]) };
    case "cuts":
      return { type: "cuts", atMs, forMs, share: random.pick([0.1, 0.5]) };
    default:
      return { type: "drops", atMs, forMs, share: random.pick([0.02, 0.1]) };
  }
}

/** Causes the planned faults in a running service. */
export class FaultMaker {
  /** Number of disturbed messages to the store, by their fate. */
  readonly disturbed: Partial<Record<Fate["type"], number>> = {};
  readonly #cluster: SupervisedCluster;
  readonly #proxy: MongoProxy;
  readonly #random: SeededRandom;
  /** Faults of messages that are active now. */
  readonly #active = new Set<Fault>();
  /** Decides about requests for runs first, before a coordinator is killed or until its successor reads. */
  #intercept: ((command: string) => Fate | undefined) | undefined;

  constructor(cluster: SupervisedCluster, proxy: MongoProxy, random: SeededRandom) {
    this.#cluster = cluster;
    this.#proxy = proxy;
    this.#random = random;
  }

  /** Causes every fault at its time. Resolves when all of them are over. */
  async makeAll(faults: readonly Fault[]): Promise<void> {
    this.#proxy.decide = (request) => {
      const fate = this.#decide(request);
      if (fate.type !== "pass") this.disturbed[fate.type] = (this.disturbed[fate.type] ?? 0) + 1;
      return fate;
    };
    await Promise.all(
      faults.map(async (fault) => {
        await sleep(fault.atMs);
        await this.#make(fault);
      }),
    );
    this.#proxy.decide = () => ({ type: "pass" });
  }

  async #make(fault: Fault): Promise<void> {
    switch (fault.type) {
      case "hostKilled":
        return this.#killHost(fault.runner);
      case "coordinatorKilled":
        return await this.#killCoordinator(fault.landMs);
      case "storeAway":
        this.#active.add(fault);
        this.#proxy.refuse(true);
        await sleep(fault.forMs);
        this.#active.delete(fault);
        this.#proxy.refuse([...this.#active].some(({ type }) => type === "storeAway"));
        return;
      default:
        this.#active.add(fault);
        await sleep(fault.forMs);
        this.#active.delete(fault);
    }
  }

  #killHost(runner: number): void {
    try {
      process.kill(hostOf(this.#cluster.runnerPid(runner)), "SIGKILL");
    } catch {
      // The host was killed a moment ago, and its successor has not started yet.
    }
  }

  async #killCoordinator(landMs: number | undefined): Promise<void> {
    if (landMs === undefined) return await this.#cluster.killCoordinator();
    const lastBatch = await this.#holdBatch();
    await this.#cluster.killCoordinator();
    await this.#successorReads();
    await sleep(landMs);
    lastBatch.land();
  }

  /** Delays one batch and holds the next one, which grows meanwhile. */
  async #holdBatch(): Promise<{ land(): void }> {
    const isWrite = (command: string) => command === "insert" || command === "update";
    let land = () => {};
    const until = new Promise<void>((resolve) => {
      land = resolve;
    });
    const isHeld = new Promise<void>((resolve) => {
      let gatheredAt: number | undefined;
      this.#intercept = (command) => {
        if (!isWrite(command)) return undefined;
        gatheredAt ??= performance.now() + gatherMs;
        if (performance.now() < gatheredAt)
          return { type: "holdRequest", until: sleep(gatheredAt - performance.now()) };
        resolve();
        return { type: "holdRequest", until };
      };
    });
    await Promise.race([isHeld, patience(batchPatienceMs)]);
    // Its insert and its update are sent at the same time.
    await sleep(20);
    this.#intercept = undefined;
    return { land };
  }

  async #successorReads(): Promise<void> {
    const isReading = new Promise<void>((resolve) => {
      this.#intercept = (command) => {
        if (command === "find") resolve();
        return undefined;
      };
    });
    await Promise.race([isReading, patience(successorPatienceMs)]);
    this.#intercept = undefined;
  }

  #decide({ collection, command }: { readonly collection: string; readonly command: string }): Fate {
    const intercepted = collection === "prod.runs" ? this.#intercept?.(command) : undefined;
    if (intercepted !== undefined) return intercepted;
    for (const fault of this.#active) {
      if (fault.type === "delays") {
        const until = sleep(this.#random.between(0, fault.upToMs));
        return { type: this.#random.pick(["holdRequest", "holdAnswer"]), until };
      }
      if (fault.type === "cuts" && this.#random.chance(fault.share)) {
        return { type: this.#random.pick(["cutBefore", "cutAfter"]) };
      }
      if (fault.type === "drops" && this.#random.chance(fault.share)) {
        return { type: this.#random.pick(["dropRequest", "dropAnswer"]) };
      }
    }
    return { type: "pass" };
  }
}

/** Resolves after `ms`. Does not keep the process alive. */
function patience(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}
