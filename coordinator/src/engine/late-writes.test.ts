import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import { pino } from "pino";
import { createRun, type NewRun } from "../core/life/new-run.ts";
import { definition, newRun, runId, runnerId, version } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { dequeued } from "../core/life/run-life.ts";
import { defaultScheduling } from "../core/scheduling/settings.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { startEngine } from "./engine.test.support.ts";
import type { Engine } from "./engine.ts";
import { LateWrites, lateWriteMs, runsPerSweepPage, sweepIntervalMs } from "./late-writes.ts";

const now = { wall: Date.UTC(2026, 0, 1), monotonic: 1_000 };
const queueLimit = 3;

/** Late writes over an engine that has loaded a store. Tests put writes of an earlier owner into that store. */
class Sweeping {
  readonly calls: string[];
  readonly store: MemoryStore;
  readonly engine: Engine;
  readonly adopted: readonly RunId[];
  /** A method of the store, and what happens while it is called. */
  during: { readonly method: string; readonly happens: () => void } | undefined;
  readonly #late: LateWrites;

  private constructor(store: MemoryStore, calls: string[], started: Awaited<ReturnType<typeof startEngine>>) {
    this.store = store;
    this.calls = calls;
    this.engine = started.engine;
    this.adopted = started.reloaded;
    this.#late = new LateWrites(this.engine, store, pino({ level: "silent" }));
    this.#late.loaded(now.monotonic);
  }

  /** Loads the store and reads the first pages. */
  static async start(stored: readonly Run[] = [], backlogBudget = 20_000): Promise<Sweeping> {
    const calls: string[] = [];
    let sweeping: Sweeping | undefined;
    const store = new MemoryStore({
      onCall: (method) => {
        calls.push(method);
        if (sweeping?.during?.method === method) sweeping.during.happens();
      },
    });
    store.disk.versions.push(version("20260101.1", [definition()]));
    for (const run of stored) land(store, run);
    const clock = { ...systemClock, wallNow: () => now.wall, monotonicNow: () => now.monotonic };
    const scheduling = { ...defaultScheduling, maxQueueLength: queueLimit };
    sweeping = new Sweeping(store, calls, await startEngine({ store, clock, scheduling, backlogBudget }));
    await sweeping.answered();
    calls.length = 0;
    return sweeping;
  }

  land(run: Run): void {
    land(this.store, run);
  }

  tick(afterMs: number): void {
    this.#late.tick(now.monotonic + afterMs);
  }

  async sweep(afterMs = sweepIntervalMs): Promise<void> {
    this.tick(afterMs);
    await this.answered();
  }

  /** Resolves when the store has answered everything: an answer takes microtasks, and a batch is written each turn. */
  async answered(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  }

  statusOf(id: RunId): RunStatus | undefined {
    return this.engine.find(id)?.status;
  }
}

function land(store: MemoryStore, run: Run): void {
  store.disk.write({ run, replaces: run.revision - 1 }, 0, run.revision);
}

function stored(number: number, more: Partial<NewRun> = {}, changed: Partial<Run> = {}): Run {
  const request = newRun(number, more);
  const made = createRun(request, undefined, definition({ id: request.taskId }), now.wall + number);
  return { ...made, revision: 1, ...changed };
}

function assigned(number: number): Run {
  const run = dequeued(stored(number), runnerId("gone"), "small-1x", "20260101.1", now.wall, undefined);
  return { ...run, revision: 1 };
}

function count(calls: readonly string[], method: string): number {
  return calls.filter((call) => call === method).length;
}

test("what landed late is adopted once, whenever it was made, and what is known or final is not", async () => {
  const sweeping = await Sweeping.start([stored(1)]);
  sweeping.land(stored(2));
  sweeping.land(stored(3, { taskId: "other" }, { createdAt: now.wall - 9_999_999 }));
  sweeping.land(stored(4, {}, { status: "delayed", dueAt: now.wall + 60_000 }));
  sweeping.land(assigned(5));
  sweeping.land(stored(6, {}, { status: "completed" }));
  await sweeping.sweep(sweepIntervalMs - 1);
  assert.deepEqual(sweeping.adopted, []);
  await sweeping.sweep();
  await sweeping.sweep(2 * sweepIntervalMs);
  assert.equal(sweeping.adopted.length, 4);
  assert.deepEqual(new Set(sweeping.adopted), new Set([2, 3, 4, 5].map(runId)));
});

test("of a backlog only what memory thinks it has is read, and what lies beyond is left to its page", async () => {
  const backlog = Array.from({ length: 3 * runsPerSweepPage }, (_, n) => stored(100 + n));
  const sweeping = await Sweeping.start(backlog, 10);
  const inMemory = sweeping.engine.partition.size;
  sweeping.land(stored(99));
  sweeping.land(stored(9_000));
  sweeping.calls.length = 0;
  await sweeping.sweep();
  assert.deepEqual(sweeping.adopted, [runId(99)]);
  assert.equal(count(sweeping.calls, "readBacklog"), 1);
  assert.ok(sweeping.engine.partition.size <= inMemory + 1, `${sweeping.engine.partition.size} runs in memory`);
});

test("a lane of several pages is searched to its end when all of it should be in memory", async () => {
  const sweeping = await Sweeping.start();
  const runs = Array.from({ length: 2 * runsPerSweepPage + 1 }, (_, n) => stored(n));
  for (const run of runs) sweeping.land(run);
  await sweeping.sweep();
  assert.equal(new Set(sweeping.adopted).size, runs.length);
});

test("a delayed run that is due after those in memory is left to its page", async () => {
  const sweeping = await Sweeping.start();
  sweeping.land(stored(1, {}, { status: "delayed", dueAt: now.wall + 86_400_000 }));
  await sweeping.sweep();
  assert.deepEqual(sweeping.adopted, []);
});

test("a run that waits for its version is admitted, or will be when its task is registered", async () => {
  const sweeping = await Sweeping.start();
  sweeping.land(stored(1, {}, { status: "pendingVersion" }));
  sweeping.land(stored(2, { taskId: "new" }, { status: "pendingVersion" }));
  await sweeping.sweep();
  await sweeping.answered();
  assert.equal(sweeping.statusOf(runId(1)), "queued");
  sweeping.engine.step({ type: "versionRegistered", version: version("20260101.2", [definition({ id: "new" })]) });
  await sweeping.answered();
  assert.equal(sweeping.statusOf(runId(2)), "queued");
});

test("a run that ended since its page was read is not adopted", async () => {
  const sweeping = await Sweeping.start();
  sweeping.land(stored(1));
  sweeping.during = {
    method: "findRuns",
    happens: () => sweeping.land(stored(1, {}, { revision: 2, status: "canceled" })),
  };
  await sweeping.sweep();
  assert.equal(count(sweeping.calls, "findRuns"), 1);
  assert.deepEqual(sweeping.adopted, []);
});

test("a run that came into memory since its page was read stays as memory has it", async () => {
  const sweeping = await Sweeping.start();
  sweeping.land(stored(1));
  sweeping.during = {
    method: "findRuns",
    happens: () => sweeping.engine.step({ type: "runsReloaded", reloaded: [{ runId: runId(1), stored: stored(1) }] }),
  };
  await sweeping.sweep();
  assert.equal(sweeping.statusOf(runId(1)), "queued");
  assert.deepEqual(sweeping.adopted, []);
});

test("an adopted run counts in its queue", async () => {
  const sweeping = await Sweeping.start([stored(1), stored(2)]);
  assert.equal(sweeping.engine.partition.findFullQueue([newRun(8)], sweeping.engine.now), undefined);
  sweeping.land(stored(3));
  await sweeping.sweep();
  assert.deepEqual(sweeping.engine.partition.findFullQueue([newRun(8)], sweeping.engine.now), {
    queue: "task/mail",
    limit: queueLimit,
  });
});

test("what waits is searched until nothing late is to be expected, what may be executed at any time", async () => {
  const sweeping = await Sweeping.start();
  await sweeping.sweep(lateWriteMs - 1);
  sweeping.land(stored(1));
  await sweeping.sweep(lateWriteMs + sweepIntervalMs);
  assert.deepEqual(sweeping.adopted, [runId(1)]);
  sweeping.land(stored(2));
  sweeping.land(assigned(3));
  await sweeping.sweep(lateWriteMs + 2 * sweepIntervalMs);
  assert.deepEqual(sweeping.adopted, [runId(1), runId(3)]);
});

test("a sweep that the store has not answered is not begun again", async () => {
  const sweeping = await Sweeping.start();
  sweeping.tick(sweepIntervalMs);
  sweeping.tick(2 * sweepIntervalMs);
  await sweeping.answered();
  assert.equal(count(sweeping.calls, "loadActive"), 1);
  await sweeping.sweep(3 * sweepIntervalMs);
  assert.equal(count(sweeping.calls, "loadActive"), 2);
});
