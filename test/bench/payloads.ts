import { readFileSync } from "node:fs";
import { configure } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { CpuWatch, type NamedProcesses, processesOf } from "./cpu-watch.ts";
import { type Figure, figureOf, ratiosOf } from "./figure.ts";
import { checkStore, executeRuns, type Runs } from "./load.ts";

/** A kind of run, with its measurements of each round. */
class Case {
  readonly size: number;
  readonly count: number;
  readonly cpuUs: number[] = [];
  /** Bytes that the processes read and wrote for a run, of sockets, pipes and files. */
  readonly bytes: number[] = [];

  /**
   * @param size - KiB of its payload, or lines that it prints
   * @param count - runs in each round
   */
  constructor(size: number, count: number) {
    this.size = size;
    this.count = count;
  }
}

/** Ten times as much may cost this many times as much a unit. Quadratic cost would be 10. */
const noQuadraticStep = { atMost: 1.5 };

const taskFile = `import { task } from "@baton/sdk";
export const size = task({ id: "size", run: async ({ text }: { text: string }) => text.length });
export const prints = task({
  id: "prints",
  run: async ({ lines }: { lines: number }) => {
    for (let n = 0; n < lines; n += 1) console.log("line number " + n + " of a run that prints");
    return lines;
  },
});
`;

/** Measures CPU and transferred bytes of runs with large payloads and with long logs. */
export async function benchPayloads(dir: string, rounds: number): Promise<readonly Figure[]> {
  await using project = await Project.create({ "trigger/large.ts": taskFile }, dir);
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const payloads = [new Case(1, 1_000), new Case(100, 200), new Case(1_000, 30)] as const;
  const logs = [new Case(10, 400), new Case(100, 200), new Case(1_000, 40)] as const;
  const expected = new Map<string, unknown>();
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const one of payloads) {
      const text = "x".repeat(one.size * 1024);
      const runs = { taskId: "size", payloadOf: () => ({ text }), outputOf: () => text.length, expected };
      await measure(cluster, one, runs, round > 0);
    }
    for (const one of logs) {
      const runs = { taskId: "prints", payloadOf: () => ({ lines: one.size }), outputOf: () => one.size, expected };
      await measure(cluster, one, runs, round > 0);
    }
  }
  await checkStore(cluster, cluster.store, expected);
  const [, middle, large] = payloads;
  const [few, some, many] = logs;
  const growth = (to: Case, from: Case) => to.cpuUs.map((us, round) => us - (from.cpuUs[round] ?? 0));
  const perUnit = (values: readonly number[], units: number) => values.map((value) => value / units);
  return [
    ...payloads.flatMap((one) => figuresOf(one, `${one.size}_kib`)),
    ratio(
      "cpu_a_kib_of_1000_kib_to_100_kib_ratio",
      perUnit(large.cpuUs, large.size),
      perUnit(middle.cpuUs, middle.size),
    ),
    ...logs.flatMap((one) => figuresOf(one, `${one.size}_lines`)),
    ratio("cpu_a_line_up_to_1000_to_100_ratio", perUnit(growth(many, some), 900), perUnit(growth(some, few), 90)),
  ];
}

async function measure(
  cluster: Cluster,
  { bytes, count, cpuUs }: Case,
  runs: Omit<Runs, "count">,
  isMeasured: boolean,
): Promise<void> {
  const processes = processesOf(cluster);
  const watch = new CpuWatch(processes);
  const bytesBefore = transferredBytesOf(processes);
  await executeRuns(cluster, { count, ...runs });
  if (!isMeasured) return;
  cpuUs.push(watch.perRun(count).total);
  bytes.push((transferredBytesOf(processes) - bytesBefore) / count);
}

/** Returns the bytes that the processes have read and written so far. Linux only. */
function transferredBytesOf(processes: NamedProcesses): number {
  const bytes = processes.map(([, pid]) => {
    const [, read, written] = /rchar: (\d+)\nwchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, "utf8")) ?? [];
    return Number(read) + Number(written);
  });
  return bytes.reduce((sum, one) => sum + one, 0);
}

function figuresOf({ bytes, cpuUs }: Case, name: string): readonly Figure[] {
  return [figureOf(6, `cpu_a_run_of_${name}_us`, cpuUs), figureOf(6, `bytes_a_run_of_${name}`, bytes)];
}

function ratio(name: string, numerators: readonly number[], denominators: readonly number[]): Figure {
  return figureOf(6, name, ratiosOf(numerators, denominators), noQuadraticStep);
}
