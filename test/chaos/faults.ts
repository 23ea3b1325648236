import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../simulation/seeded-random.ts";
import type { Fate, MongoProxy } from "../support/mongo-proxy.ts";
import { hostOf } from "../support/processes.ts";
import type { SupervisedCluster } from "./supervised-cluster.ts";

/** What is done to the service while it works, and when, in milliseconds from the first trigger. */
export type Fault =
  /** The store cannot be reached: connections end, and new ones are refused. */
  | { readonly type: "storeAway"; readonly atMs: number; readonly forMs: number }
  /** Messages in both directions are late, each by up to so many milliseconds. */
  | { readonly type: "delays"; readonly atMs: number; readonly forMs: number; readonly upToMs: number }
  /** Connections are cut at single messages, before or after the server has seen them. */
  | { readonly type: "cuts"; readonly atMs: number; readonly forMs: number; readonly share: number }
  /** Single messages vanish while their connection stays. */
  | { readonly type: "drops"; readonly atMs: number; readonly forMs: number; readonly share: number }
  /** The coordinator is killed; with `lateInsert` while inserts are on their way, which land when the next one serves. */
  | { readonly type: "coordinatorKilled"; readonly atMs: number; readonly lateInsert: boolean }
  /** A host is killed with everything that runs in it. */
  | { readonly type: "hostKilled"; readonly atMs: number; readonly runner: number };

/** Plans the faults of a round: at least one of the store's and two kills, in the order of their times. */
export function planFaults(random: SeededRandom, loadMs: number, runnerCount: number): readonly Fault[] {
  const atMs = () => random.between(500, loadMs);
  const faults: Fault[] = [];
  for (let count = random.between(5, 10); count > 0; count -= 1) faults.push(planStoreFault(random, atMs()));
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    faults.push({ type: "hostKilled", atMs: atMs(), runner: random.between(0, runnerCount - 1) });
  }
  // Its successor serves 10 s later, and until then no message is on its way that could be disturbed: so mostly late.
  const lateMs = () => random.between(loadMs / 2, loadMs);
  faults.push({ type: "coordinatorKilled", atMs: lateMs(), lateInsert: random.chance(0.5) });
  if (random.chance(0.2)) faults.push({ type: "coordinatorKilled", atMs: atMs(), lateInsert: false });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

function planStoreFault(random: SeededRandom, atMs: number): Fault {
  const forMs = random.between(1_000, 5_000);
  switch (random.pick(["storeAway", "delays", "cuts", "drops"])) {
    case "storeAway":
      return { type: "storeAway", atMs, forMs };
    case "delays":
      return { type: "delays", atMs, forMs, upToMs: random.pick([20, 200, 2_000]) };
    case "cuts":
      return { type: "cuts", atMs, forMs, share: random.pick([0.05, 0.3]) };
    default:
      return { type: "drops", atMs, forMs, share: random.pick([0.02, 0.1]) };
  }
}

/** Does to a running service what was planned. */
export class FaultMaker {
  /** Messages to the store that did not simply pass, by what became of them. */
  readonly disturbed: Partial<Record<Fate["type"], number>> = {};
  readonly #cluster: SupervisedCluster;
  readonly #proxy: MongoProxy;
  readonly #random: SeededRandom;
  /** Faults of messages that are under way at the moment. */
  readonly #active = new Set<Fault>();
  /** Resolves when the inserts that a kill held back may land; present while they are held. */
  #heldInserts: Promise<void> | undefined;

  constructor(cluster: SupervisedCluster, proxy: MongoProxy, random: SeededRandom) {
    this.#cluster = cluster;
    this.#proxy = proxy;
    this.#random = random;
  }

  /** Makes every fault at its time; when it resolves, all of them are over. */
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
        return await this.#killCoordinator(fault.lateInsert);
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
      // It was killed a moment ago, and its successor is not there yet.
    }
  }

  async #killCoordinator(lateInsert: boolean): Promise<void> {
    if (!lateInsert) return await this.#cluster.killCoordinator();
    let land = () => {};
    this.#heldInserts = new Promise<void>((resolve) => {
      land = resolve;
    });
    await sleep(50);
    await this.#cluster.killCoordinator();
    this.#heldInserts = undefined;
    await this.#cluster.serving();
    land();
  }

  #decide({ collection, command }: { readonly collection: string; readonly command: string }): Fate {
    if (this.#heldInserts !== undefined && command === "insert" && collection === "prod.runs") {
      return { type: "holdRequest", until: this.#heldInserts };
    }
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
