import { setTimeout as sleep } from "node:timers/promises";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { createBenchProject } from "./bench-project.ts";
import { type Figure, figureOf } from "./figure.ts";
import { allEnded, checkStore, echoOf, executeRuns, payloadOf } from "./load.ts";
import { percentile } from "./statistics.ts";

/** Runs that measure the limit in each round. */
const limitCount = 5_000;
const loadMs = 2_000;
/** A caller waits for the result of one run of this many. The others load the system. */
const waitedOf = 10;

/** Measures the time from trigger to result at half of the throughput that was reached just before, in each round. */
export async function benchHalfLoad(dir: string, rounds: number): Promise<readonly Figure[]> {
  await using project = await createBenchProject(dir);
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const expected = new Map<string, unknown>();
  await executeRuns(cluster, { count: limitCount, expected });
  const p50: number[] = [];
  const p99: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { runsPerSecond } = await executeRuns(cluster, { count: limitCount, expected });
    const times = await timesAt(runsPerSecond / 2, expected);
    p50.push(percentile(times, 0.5));
    p99.push(percentile(times, 0.99));
    console.log(
      `limit ${runsPerSecond.toFixed(0)} runs/s; at half of it, ${times.length} results: ` +
        `p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`,
    );
  }
  await allEnded(cluster);
  await checkStore(cluster, cluster.store, expected);
  return [
    figureOf(2, "latency_p50_at_half_load_ms", p50),
    figureOf(2, "latency_p99_at_half_load_ms", p99, { atMost: 25 }),
  ];
}

/** Triggers runs at an even rate, without waiting for earlier ones. Returns the measured times in milliseconds. */
async function timesAt(perSecond: number, expected: Map<string, unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  const calls: Promise<void>[] = [];
  const execute = async (n: number): Promise<void> => {
    const payload = payloadOf(n);
    const triggeredAt = performance.now();
    const { id } = await tasks.trigger("echo", payload);
    expected.set(id, echoOf(payload));
    if (n % waitedOf > 0) return;
    await runs.poll(id);
    times.push(performance.now() - triggeredAt);
  };
  const startedAt = performance.now();
  for (let sinceMs = 0; sinceMs < loadMs; sinceMs = performance.now() - startedAt) {
    while (calls.length < (sinceMs * perSecond) / 1000) calls.push(execute(calls.length));
    await sleep(1);
  }
  await Promise.all(calls);
  return times;
}
