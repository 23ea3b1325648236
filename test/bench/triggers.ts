import { createStore } from "@baton/coordinator";
import { configure, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { type Figure, figureOf } from "./figure.ts";
import { actManyAtOnce, payloadOf, rate } from "./load.ts";

/** Runs of each kind in each round. */
const runCount = 10_000;
const batchSize = 500;
const batchesAtOnce = 4;
/** Nothing executes, so that only triggers are measured. */
const closedTask = `import { task } from "@baton/sdk";
export const closed = task({ id: "closed", queue: { concurrencyLimit: 0 }, run: async () => undefined });
`;

/** Measures triggers and batches from one process through the SDK, alternately, and counts the runs in the reopened store. */
export async function benchTriggers(dir: string, rounds: number): Promise<readonly Figure[]> {
  await using project = await Project.create({ "trigger/closed.ts": closedTask }, dir);
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const single: number[] = [];
  const batched: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const [triggers, batches] = [await triggerRate(), await batchRate()];
    if (round === 0) continue;
    single.push(triggers);
    batched.push(batches);
    console.log(`${triggers.toFixed(0)} triggers/s, in batches of ${batchSize} ${batches.toFixed(0)} runs/s`);
  }
  await countStored(cluster, runCount * 2 * (rounds + 1));
  return [
    figureOf(4, "triggers_per_s", single, { atLeast: 25_000 }),
    figureOf(4, "triggers_in_batches_per_s", batched, { atLeast: 40_000 }),
  ];
}

async function triggerRate(): Promise<number> {
  const startedAt = performance.now();
  await actManyAtOnce(runCount, async (n) => void (await tasks.trigger("closed", payloadOf(n))));
  return rate(runCount, startedAt);
}

async function batchRate(): Promise<number> {
  const startedAt = performance.now();
  let begun = 0;
  const line = async () => {
    while (begun < runCount) {
      const first = begun;
      begun += batchSize;
      const items = Array.from({ length: batchSize }, (_, index) => ({ payload: payloadOf(first + index) }));
      await tasks.batchTrigger("closed", items);
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, line));
  return rate(runCount, startedAt);
}

async function countStored(cluster: Cluster, expected: number): Promise<void> {
  await cluster.coordinator.kill("SIGTERM");
  const store = createStore(cluster.store, "prod");
  await store.open();
  const lengths = await store.countQueued();
  await store.close();
  const stored = lengths.reduce((sum, [, length]) => sum + length, 0);
  console.log(`store      reopened, ${stored} of ${expected} runs are QUEUED`);
  if (stored !== expected) process.exitCode = 1;
}
