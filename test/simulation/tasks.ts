import type { RetryPolicy } from "@baton/proto/contract/retry";
import { ownQueueOf, type TaskDefinition } from "@baton/proto/contract/task-definition";
import type { SeededRandom } from "./seeded-random.ts";

/** The tasks of a version that is not registered yet. */
export interface Bundle {
  readonly hash: string;
  readonly tasks: readonly TaskDefinition[];
}

const policies: readonly [RetryPolicy, ...RetryPolicy[]] = [
  { maxAttempts: 3, factor: 2, minTimeoutMs: 200, maxTimeoutMs: 5_000, randomize: true },
  { maxAttempts: 1, factor: 1, minTimeoutMs: 1_000, maxTimeoutMs: 1_000, randomize: false },
  { maxAttempts: 5, factor: 3, minTimeoutMs: 50, maxTimeoutMs: 8_000, randomize: true },
  { maxAttempts: 4, factor: 1, minTimeoutMs: 0, maxTimeoutMs: 0, randomize: false },
];

/** The task that only the second bundle has, so that its runs first wait for a version. */
export const lateTask = "late";

/** Queues whose limit is the same in every bundle. */
export const fixedLimits: ReadonlyMap<string, number> = new Map([
  ["one", 1],
  ["three", 3],
]);

function define(random: SeededRandom, id: string, more: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    id,
    filePath: `tasks/${id}.ts`,
    exportName: id,
    queue: ownQueueOf(id),
    machine: "small-1x",
    retry: random.pick(policies),
    ...more,
  };
}

/** Returns two bundles. The second has one more task, and may have another limit for one queue. */
export function makeBundles(random: SeededRandom): readonly [Bundle, Bundle] {
  const switched = random.pick([0, 1, 2]);
  const shared = (limit: number | undefined): TaskDefinition[] => [
    define(random, "free"),
    define(random, "one", { queue: "one", concurrencyLimit: 1 }),
    define(random, "three", { queue: "three", concurrencyLimit: 3 }),
    define(random, "also-three", { queue: "three", concurrencyLimit: 3 }),
    define(random, "big", { machine: "medium-2x" }),
    define(random, "short-lived", { ttlMs: 15_000 }),
    define(random, "switched", { queue: "switched", ...(limit !== undefined && { concurrencyLimit: limit }) }),
    define(random, "too-long", { maxDurationMs: 1_500 }),
    define(random, "memory-hungry", { retry: { ...random.pick(policies), outOfMemoryMachine: "small-2x" } }),
  ];
  return [
    { hash: "1".repeat(64), tasks: shared(switched) },
    { hash: "2".repeat(64), tasks: [...shared(random.pick([1, 4])), define(random, lateTask)] },
  ];
}
