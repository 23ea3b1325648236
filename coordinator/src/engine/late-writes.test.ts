import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Effect, Transition } from "../core/effect.ts";
import type { Event } from "../core/event.ts";
import { createRun, type NewRun } from "../core/life/new-run.ts";
import { definition, newRun, runId, runnerId, version } from "../core/life/run.test.support.ts";
import type { Run } from "../core/life/run.ts";
import { dequeued } from "../core/life/run-life.ts";
import { Partition } from "../core/partition.ts";
import { defaultScheduling } from "../core/scheduling/settings.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { LateWrites, lateWriteMs, runsPerSweepPage, sweepIntervalMs } from "./late-writes.ts";

const now = { wall: Date.UTC(2026, 0, 1), monotonic: 1_000 };
const queueLimit = 3;

/** Late writes over a core that loaded a store, into which a test puts what an earlier owner had sent. */
class Sweeping {
  readonly calls: string[] = [];
  readonly store = new MemoryStore({ onCall: (method) => this.#onCall(method) });
  readonly partition: Partition;
  readonly adopted: RunId[] = [];
  /** Happens while a call of the store is on its way. */
  during: { readonly method: string; readonly happens: () => void } | undefined;
  readonly #late: LateWrites;
  #effects: Effect[] = [];
  #reads: Promise<unknown>[] = [];

  constructor(backlogBudget: number) {
    const scheduling = { ...defaultScheduling, maxQueueLength: queueLimit };
    this.partition = new Partition({ leaseMs: 10_000, random: () => 0.5, backlogBudget, scheduling });
    this.#late = new LateWrites({
      store: this.store,
      read: (read, proceed) => void this.#reads.push(read().then(proceed)),
      isKnown: (id) => this.partition.find(id) !== undefined,
      laneBound: (lane) => this.partition.laneBound(lane),
      dueBound: () => this.partition.dueBound,
      foundPending: (taskIds) => this.step({ type: "pendingFound", taskIds }),
      adopt: (runs) => {
        this.adopted.push(...runs.map(({ id }) => id));
        this.step({ type: "runsReloaded", reloaded: runs.map((run) => ({ runId: run.id, stored: run })) });
      },
    });
  }

  /** Loads the store and reads the first pages. */
  static async start(stored: readonly Run[] = [], backlogBudget = 20_000): Promise<Sweeping> {
    const sweeping = new Sweeping(backlogBudget);
    const { partition, store } = sweeping;
    await store.open();
    for (const run of stored) sweeping.land(run);
    const queueLengths = await store.countQueued();
    const [lanes, pendingTasks] = [await store.listLanes(), await store.listPendingTasks()];
    const versions = [version("20260101.1", [definition()])];
    sweeping.#take(partition.load({ versions, active: [], lanes, pendingTasks, queueLengths }, now));
    await sweeping.readPages();
    sweeping.#late.loaded(now.monotonic);
    return sweeping;
  }

  land(run: Run): void {
    this.store.disk.write({ run, replaces: run.revision - 1 }, 0, run.revision);
  }

  step(event: Event): void {
    this.#take(this.partition.step(event, now));
  }

  tick(afterMs: number): void {
    this.#late.tick(now.monotonic + afterMs);
  }

  async sweep(afterMs = sweepIntervalMs): Promise<void> {
    this.tick(afterMs);
    await this.answered();
  }

  async answered(): Promise<void> {
    while (this.#reads.length > 0) {
      await Promise.all(this.#reads.splice(0));
      await new Promise(setImmediate);
    }
  }

  /** Reads what the core has asked for. */
  async readPages(): Promise<void> {
    for (const effect of this.#effects.splice(0)) {
      if (effect.type === "loadLane") {
        const { after, lane, limit } = effect;
        this.step({ type: "laneLoaded", lane, page: await this.store.readBacklog(lane, after, limit) });
      } else if (effect.type === "loadDue") {
        const { after, limit, until } = effect;
        this.step({ type: "dueLoaded", until, page: await this.store.readDue(after, until, limit) });
      } else if (effect.type === "loadPending") {
        const { after, limit, taskId } = effect;
        this.step({ type: "pendingLoaded", taskId, page: await this.store.readPending(taskId, after, limit) });
      }
    }
  }

  statusOf(id: RunId): RunStatus | undefined {
    return this.partition.find(id)?.status;
  }

  #take({ effects }: Transition): void {
    this.#effects.push(...effects);
  }

  #onCall(method: string): Promise<void> {
    this.calls.push(method);
    if (this.during?.method === method) this.during.happens();
    return Promise.resolve();
  }
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
  const inMemory = sweeping.partition.size;
  sweeping.land(stored(99));
  sweeping.land(stored(9_000));
  sweeping.calls.length = 0;
  await sweeping.sweep();
  assert.deepEqual(sweeping.adopted, [runId(99)]);
  assert.equal(count(sweeping.calls, "readBacklog"), 1);
  assert.ok(sweeping.partition.size <= inMemory + 1, `${sweeping.partition.size} runs in memory`);
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
  await sweeping.readPages();
  assert.equal(sweeping.statusOf(runId(1)), "queued");
  sweeping.step({ type: "versionRegistered", version: version("20260101.2", [definition({ id: "new" })]) });
  await sweeping.readPages();
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
    happens: () => sweeping.step({ type: "runsReloaded", reloaded: [{ runId: runId(1), stored: stored(1) }] }),
  };
  await sweeping.sweep();
  assert.equal(sweeping.statusOf(runId(1)), "queued");
  assert.deepEqual(sweeping.adopted, []);
});

test("an adopted run counts in its queue", async () => {
  const sweeping = await Sweeping.start([stored(1), stored(2)]);
  assert.equal(sweeping.partition.findFullQueue([newRun(8)]), undefined);
  sweeping.land(stored(3));
  await sweeping.sweep();
  assert.deepEqual(sweeping.partition.findFullQueue([newRun(8)]), { queue: "task/mail", limit: queueLimit });
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
