import type { Cluster } from "../support/cluster.ts";
import { cpuMsOf, hostOf, isAlive } from "../support/processes.ts";

/** Processes by their names. Those with the same name count together. */
export type NamedProcesses = readonly (readonly [name: string, pid: number])[];

/** Returns this process and those of a cluster. */
export function processesOf(cluster: Cluster): NamedProcesses {
  const ofRunners = cluster.runners.flatMap(
    ({ pid }) =>
      [
        ["runner", pid],
        ["host with threads", hostOf(pid)],
      ] as const,
  );
  return [["client", process.pid], ["coordinator", cluster.coordinator.pid], ...ofRunners];
}

/** Measures the processor time of processes since its creation. */
export class CpuWatch {
  readonly #processes: NamedProcesses;
  readonly #before: readonly number[];

  constructor(processes: NamedProcesses) {
    this.#processes = processes;
    this.#before = processes.map(([, pid]) => cpuMsOf(pid));
  }

  /**
   * Returns microseconds for each of `count` runs, by the names of the processes.
   * @throws Error when a process has ended, for example a host that was replaced: its time is lost
   */
  perRun(count: number): CpuPerRun {
    const byName = new Map<string, number>();
    for (const [index, [name, pid]] of this.#processes.entries()) {
      if (!isAlive(pid)) throw new Error(`The process "${name}" ended during the measurement.`);
      const ms = cpuMsOf(pid) - (this.#before[index] ?? 0);
      byName.set(name, (byName.get(name) ?? 0) + (ms * 1000) / count);
    }
    return new CpuPerRun(byName);
  }
}

/** Processor time of a run, in microseconds. */
export class CpuPerRun {
  readonly byName: ReadonlyMap<string, number>;

  constructor(byName: ReadonlyMap<string, number>) {
    this.byName = byName;
  }

  get total(): number {
    return [...this.byName.values()].reduce((sum, us) => sum + us, 0);
  }

  toString(): string {
    return [...this.byName].map(([name, us]) => `${name} ${us.toFixed(0)} µs`).join(", ");
  }
}
