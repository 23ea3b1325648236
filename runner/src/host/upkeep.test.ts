import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Upkeep } from "./upkeep.ts";
import type { WorkerThread } from "./worker-thread.ts";

const capacity = { concurrency: 4, cpu: 1, memoryGb: 64, overcommit: false };

test("a free thread that stays busy is restless only when it has executed an attempt", async () => {
  const busy = (attemptCount: number) => ({ attemptCount, readBusyShare: () => 1 }) as unknown as WorkerThread;
  const starting = busy(0);
  const haunted = busy(1);
  const restless = new Set<WorkerThread>();
  const keepAlive = setInterval(() => undefined, 1_000);
  new Upkeep(capacity, () => [starting, haunted], {
    onRestless: (thread) => restless.add(thread),
    onTooLarge: () => undefined,
    onWorn: () => undefined,
  });
  for (let waits = 0; waits < 100 && !restless.has(haunted); waits += 1) await sleep(100);
  clearInterval(keepAlive);
  assert.deepEqual([...restless], [haunted]);
});
