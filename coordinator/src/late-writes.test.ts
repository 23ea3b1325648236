import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "./core/new-run.ts";
import { newRun } from "./core/run.test.support.ts";
import type { Run, RunId, RunStatus } from "./core/run.ts";
import { LateWrites, lateInsertMs, lateInsertsPerPage, sweepIntervalMs } from "./late-writes.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";

const loadedAt = { monotonic: 1_000, wall: Date.UTC(2026, 0, 1) };

/** Late writes over a store into which a test puts what an earlier owner had sent. */
class Sweeping {
  readonly store = new MemoryStore();
  readonly known = new Set<RunId>();
  readonly adopted: string[] = [];
  readonly late: LateWrites;
  #reads: Promise<unknown>[] = [];

  constructor() {
    this.late = new LateWrites({
      store: this.store,
      read: (read, proceed) => void this.#reads.push(read().then(proceed)),
      isKnown: (runId) => this.known.has(runId),
      adopt: (runs) => {
        for (const { id } of runs) {
          this.known.add(id);
          this.adopted.push(id);
        }
      },
    });
    this.late.loaded(loadedAt);
  }

  land(id: string, status: RunStatus, createdAt = loadedAt.wall - 1): void {
    const made = createRun(newRun(1, { id: id as RunId }), undefined, undefined, createdAt);
    const run: Run = { ...made, revision: 1, status };
    this.store.disk.write({ run, replaces: 0 }, 0, 1);
  }

  async sweep(afterMs = sweepIntervalMs): Promise<void> {
    this.late.tick(loadedAt.monotonic + afterMs);
    while (this.#reads.length > 0) await Promise.all(this.#reads.splice(0));
  }
}

test("what waits or may be executed and landed late is adopted once, and what is known or final is not", async () => {
  const sweeping = new Sweeping();
  await sweeping.store.open();
  for (const status of ["queued", "delayed", "pendingVersion", "dequeued", "completed"] as const) {
    sweeping.land(`run_${status}`, status);
  }
  sweeping.land("run_known", "queued");
  sweeping.known.add("run_known" as RunId);
  await sweeping.sweep(sweepIntervalMs - 1);
  assert.deepEqual(sweeping.adopted, []);
  await sweeping.sweep();
  await sweeping.sweep(2 * sweepIntervalMs);
  assert.deepEqual(
    sweeping.adopted.toSorted((a, b) => (a < b ? -1 : 1)),
    ["run_delayed", "run_dequeued", "run_pendingVersion", "run_queued"],
  );
});

test("the backlog is searched for a while only, and only among the runs that were made around the start", async () => {
  const sweeping = new Sweeping();
  await sweeping.store.open();
  sweeping.land("run_old", "queued", loadedAt.wall - lateInsertMs - 1);
  await sweeping.sweep();
  assert.deepEqual(sweeping.adopted, []);
  sweeping.land("run_late", "queued");
  await sweeping.sweep(lateInsertMs + 2 * sweepIntervalMs);
  assert.deepEqual(sweeping.adopted, []);
});

test("a backlog of several pages is searched to its end", async () => {
  const sweeping = new Sweeping();
  await sweeping.store.open();
  const count = 2 * lateInsertsPerPage + 1;
  for (let n = 0; n < count; n += 1) sweeping.land(`run_${n}`, "queued", loadedAt.wall - n);
  await sweeping.sweep();
  assert.equal(new Set(sweeping.adopted).size, count);
});
