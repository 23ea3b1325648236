import { createStore } from "@baton/coordinator";
import type { RunStatus } from "@baton/proto";
import type { RunId } from "@baton/proto/contract/ids";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { tasks } from "@baton/sdk";
import type { Cluster } from "../support/cluster.ts";

/** Concurrent triggers in one round of the client. */
const roundSize = 500;
/** Concurrent rounds. */
const roundsAtOnce = 4;
const unfinished = ["RUN_STATUS_QUEUED", "RUN_STATUS_DEQUEUED", "RUN_STATUS_EXECUTING"] satisfies RunStatus[];

/** The payload of a run in the bench. */
export interface Payload {
  readonly n: number;
  readonly text: string;
}

/** How fast many runs were triggered and executed. */
export interface Rates {
  readonly triggersPerSecond: number;
  readonly runsPerSecond: number;
}

/** Returns the small payload of the run with this number. */
export function payloadOf(n: number): Payload {
  return { n, text: `payload number ${n}` };
}

/** Returns the output of the task `echo`. */
export function echoOf({ n, text }: Payload): Payload {
  return { n: n * 2, text };
}

/** Calls `act` for the numbers from 0 to `count`, as many at once as a busy application. */
export async function actManyAtOnce(count: number, act: (n: number) => Promise<void>): Promise<void> {
  let begun = 0;
  const line = async () => {
    while (begun < count) {
      const first = begun;
      begun = Math.min(count, first + roundSize);
      await Promise.all(Array.from({ length: begun - first }, (_, index) => act(first + index)));
    }
  };
  await Promise.all(Array.from({ length: roundsAtOnce }, line));
}

/** The runs of a task that {@link executeRuns} triggers. By default they are small runs of the task `echo`. */
export interface Runs {
  readonly count: number;
  readonly taskId?: string;
  payloadOf?(n: number): unknown;
  outputOf?(n: number): unknown;
  /** Gets the id and the expected output of each run, for {@link checkStore}. */
  readonly expected?: Map<string, unknown>;
}

/** Triggers runs through the SDK, many at once, and waits until all runs of the cluster have ended. */
export async function executeRuns(
  cluster: Cluster,
  { count, expected, outputOf = (n) => echoOf(payloadOf(n)), taskId = "echo", ...runs }: Runs,
): Promise<Rates> {
  const payload = runs.payloadOf ?? payloadOf;
  const startedAt = performance.now();
  await actManyAtOnce(count, async (n) => {
    const { id } = await tasks.trigger(taskId, payload(n));
    expected?.set(id, outputOf(n));
  });
  const triggersPerSecond = rate(count, startedAt);
  await allEnded(cluster);
  return { triggersPerSecond, runsPerSecond: rate(count, startedAt) };
}

/** Returns how many of `count` there were each second since this instant of `performance.now()`. */
export function rate(count: number, startedAt: number): number {
  return (count * 1000) / (performance.now() - startedAt);
}

/** Waits until no run of the cluster is unfinished. */
export async function allEnded(cluster: Cluster): Promise<void> {
  await waitUntil("every run to end", async () => !(await hasUnfinished(cluster)), 180_000, 20);
}

function hasUnfinished(cluster: Cluster): Promise<boolean> {
  return new Promise((resolve, reject) => {
    cluster.runsClient.listRuns({ statuses: unfinished, pageSize: 1 }, (error, response) =>
      error || response === undefined ? reject(error ?? new Error("no answer")) : resolve(response.runs.length > 0),
    );
  });
}

/** Ends a cluster in an orderly way, and checks every expected output in the reopened store. */
export async function checkStore(
  cluster: Cluster,
  storeAddress: string,
  expected: ReadonlyMap<string, unknown>,
): Promise<void> {
  for (const runner of cluster.runners) await runner.kill("SIGTERM");
  await cluster.coordinator.kill("SIGTERM");
  const store = createStore(storeAddress, "prod");
  await store.open();
  const runIds = [...expected.keys()] as RunId[];
  let correct = 0;
  for (let at = 0; at < runIds.length; at += 500) {
    for (const { output, run } of await store.findRuns(runIds.slice(at, at + 500), true)) {
      if (run.status === "completed" && output === JSON.stringify(expected.get(run.id))) correct += 1;
    }
  }
  await store.close();
  reportDelivery("store      reopened", correct, expected.size);
}

/** Prints how many runs completed with the right output. The bench fails unless all did. */
export function reportDelivery(where: string, correct: number, expected: number): void {
  console.log(`${where}, ${correct} of ${expected} runs are COMPLETED with the right output`);
  if (correct !== expected) process.exitCode = 1;
}
