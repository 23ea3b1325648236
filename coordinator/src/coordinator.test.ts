import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@baton/proto/clock";
import type { RunId, RunnerId } from "@baton/proto/contract/ids";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import pino from "pino";
import { commandOf, makeCoordinator, startCoordinator } from "./coordinator.test.support.ts";
import type { Coordinator } from "./coordinator.ts";
import { sweepIntervalMs } from "./engine/late-writes.ts";
import { retentionPass } from "./engine/retention.ts";
import { tickMs } from "./engine/ticker.ts";
import type { Assignment } from "./runners/runner-link.ts";
import type { RunnerSession } from "./runners/runner-session.ts";
import { SteadyClock, wallClockLimits } from "./steady-clock.ts";
import { MemoryDisk, type PendingBatch } from "./store/memory/memory-disk.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";

const dayMs = 86_400_000;

/** The first message of a runner that has no versions and no attempts. */
const hello = {
  runnerId: "runner_1" as RunnerId,
  session: 1,
  capacity: { concurrency: 4, cpu: 2, memoryGb: 4, overcommit: false },
  versions: [],
  held: [],
  hostname: "test",
  draining: false,
};

/** Registers the task and connects a runner. Resolves with the runner's first assignment and its session. */
async function firstAssignment(
  coordinator: Coordinator,
  onAssigned: (runId: string) => void = () => undefined,
): Promise<Assignment & { readonly session: Pick<RunnerSession, "report"> }> {
  const version = await coordinator.runners.registerVersion("hash", [
    {
      id: "echo",
      filePath: "a.ts",
      exportName: "echo",
      queue: "task/echo",
      machine: "micro",
      retry: builtInRetryPolicy,
    },
  ]);
  return new Promise((resolve) => {
    const hello = {
      runnerId: "runner_1" as RunnerId,
      session: 1,
      capacity: { concurrency: 4, cpu: 2, memoryGb: 4, overcommit: false },
      versions: [version],
      held: [],
      hostname: "test",
      draining: false,
    };
    const session = coordinator.runners.attach(hello, {
      welcome: () => undefined,
      close: () => undefined,
      unreadLength: 0,
      dispatch: ({ assignments: [assignment] }) => {
        if (assignment === undefined) return;
        onAssigned(assignment.run.id);
        resolve({ ...assignment, session });
      },
    });
  });
}

test("a pause is warned of only while a runner is connected", async () => {
  const warnings: string[] = [];
  const log = pino({ level: "warn" }, { write: (line) => void warnings.push(JSON.parse(line).msg) });
  let timeLostMs = 0;
  const clock = { ...systemClock, monotonicNow: () => systemClock.monotonicNow() + timeLostMs };
  const coordinator = await startCoordinator({ clock, log });
  const pause = async () => {
    timeLostMs += 5_000;
    await sleep(3 * tickMs);
  };
  await pause();
  assert.deepEqual(warnings, []);
  await coordinator.runs.trigger([commandOf("run_aaaaaaaa", "1")]);
  await firstAssignment(coordinator);
  await pause();
  assert.match(warnings.join(), /coordinator was paused, leases are extended/);
  await coordinator.stop();
});

test("a pause of the coordinator gives no attempt to a second thread", async () => {
  let timeLostMs = 0;
  const clock = { ...systemClock, monotonicNow: () => systemClock.monotonicNow() + timeLostMs };
  const coordinator = await startCoordinator({ clock });
  await coordinator.runs.trigger([commandOf("run_aaaaaaaa", "1")]);
  const dispatched: string[] = [];
  // The runner confirmed nothing yet: what it sent lies unread while the coordinator is paused.
  await firstAssignment(coordinator, (runId) => dispatched.push(runId));
  timeLostMs += 60_000;
  await sleep(4 * tickMs);
  assert.deepEqual(dispatched, ["run_aaaaaaaa"]);
  await coordinator.stop();
});

test("a refused repeat of a run's id leaves the payload that the run was made with", async () => {
  const coordinator = await startCoordinator();
  const [made] = await coordinator.runs.trigger([commandOf("run_aaaaaaaa", '"ONE"')]);
  const [refused] = await coordinator.runs.trigger([commandOf("run_aaaaaaaa", '"TWO"')]);
  assert.ok(made?.ok);
  assert.ok(refused !== undefined && !refused.ok && refused.error.code === "RUN_ID_TAKEN");
  const { payload } = await firstAssignment(coordinator);
  assert.equal(payload, '"ONE"');
  await coordinator.stop();
});

test("of two triggers with one key in one call the first makes the run, and its payload is executed", async () => {
  const coordinator = await startCoordinator();
  const outcomes = await coordinator.runs.trigger([
    commandOf("run_aaaaaaaa", '"K1"', { idempotencyKey: "key" }),
    commandOf("run_bbbbbbbb", '"K2"', { idempotencyKey: "key" }),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.ok && [outcome.runId, outcome.isCached]),
    [
      ["run_aaaaaaaa", false],
      ["run_aaaaaaaa", true],
    ],
  );
  const { payload } = await firstAssignment(coordinator);
  assert.equal(payload, '"K1"');
  await coordinator.stop();
});

test("of two outcomes of one attempt in a report the first counts, with its output", async () => {
  const coordinator = await startCoordinator();
  const runId = "run_aaaaaaaa" as RunId;
  await coordinator.runs.trigger([commandOf(runId, "1")]);
  const { attempt, session } = await firstAssignment(coordinator);
  const end = { type: "succeeded", hasOutput: true } as const;
  const times = { startedAt: Date.now(), endedAt: Date.now(), activeMs: 0 };
  const outcome = { runId, attemptId: attempt.id, ...times, threadLingers: false, end };
  const outcomes = ["1", "2"].map((output) => ({ outcome, texts: { output }, logsFollow: false }));
  session.report({ receivedSequence: 1, started: [], handedBack: [], goneAttemptIds: [], prefetch: 0, outcomes });
  const view = await coordinator.runs.find(runId);
  assert.deepEqual([view?.run.status, view?.output, view?.run.attempts.length], ["completed", "1", 1]);
  await coordinator.stop();
});

test("a second stream with a runner's session number is refused and leaves the first alone", async () => {
  const coordinator = await startCoordinator();
  const closed: string[] = [];
  const close = () => void closed.push("first");
  const link = { welcome: () => undefined, close, dispatch: () => undefined, unreadLength: 0 };
  coordinator.runners.attach(hello, link);
  assert.throws(() => coordinator.runners.attach(hello, { ...link, close: () => void closed.push("second") }), {
    code: "RUNNER_SUPERSEDED",
  });
  assert.deepEqual(closed, []);
  await coordinator.stop();
});

test("log lines go when their own retention is over, while their run stays", async () => {
  const store = new MemoryStore();
  // A monotonic time at which the first pass is due at once.
  const clock = { ...systemClock, monotonicNow: () => systemClock.monotonicNow() + retentionPass.intervalMs };
  const retention = { runsMs: dayMs, logsMs: 60_000 };
  const coordinator = await startCoordinator({ store, clock }, { retention });
  const runId = "run_logs0000" as RunId;
  await coordinator.runs.trigger([commandOf(runId, "1")]);
  const line = (message: string, at: number) =>
    ({ at, level: "info", message, attemptNumber: 1, attemptId: "attempt_a" }) as const;
  const now = Date.now();
  await coordinator.logs.append([{ runId, entries: [line("old", now - 61_000), line("young", now)] }], []);
  const until = Date.now() + 10_000;
  let lines = await coordinator.logs.read(runId, 0, 10);
  while (lines.length > 1 && Date.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
    lines = await coordinator.logs.read(runId, 0, 10);
  }
  assert.deepEqual(
    lines.map(({ message }) => message),
    ["young"],
  );
  assert.ok(await coordinator.runs.find(runId));
  await coordinator.stop();
});

describe("the end of a run and the lines that it printed", () => {
  const runId = "run_logs0000" as RunId;
  const entry = { at: 0, level: "info", message: "a line", attemptNumber: 1 } as const;

  /** Starts a run. Returns what listeners are told, and a function with which its runner reports success. */
  async function startRun() {
    const coordinator = await startCoordinator();
    await coordinator.runs.trigger([commandOf(runId, "1")]);
    const { attempt, session } = await firstAssignment(coordinator);
    const told: string[] = [];
    const stopListening = coordinator.logs.onStored((logs) => {
      for (const { entries } of logs) told.push(...entries.map(({ message }) => message));
    });
    coordinator.runs.onChanged(({ status }) => told.push(status));
    const complete = async () => {
      const end = { type: "succeeded", hasOutput: false } as const;
      const times = { startedAt: Date.now(), endedAt: Date.now(), activeMs: 0 };
      const outcome = { runId, attemptId: attempt.id, ...times, threadLingers: false, end };
      const nothingElse = { receivedSequence: 1, started: [], handedBack: [], goneAttemptIds: [], prefetch: 0 };
      session.report({ ...nothingElse, outcomes: [{ outcome, logsFollow: true }] });
      // Waits until the outcome is durable.
      assert.equal((await coordinator.runs.find(runId))?.run.status, "completed");
    };
    return { attemptId: attempt.id, complete, coordinator, stopListening, told };
  }

  test("the end is told after the lines, and the lines once they are stored", async () => {
    const { attemptId, complete, coordinator, stopListening, told } = await startRun();
    await complete();
    assert.deepEqual(told, []);
    await coordinator.logs.append([{ runId, entries: [{ ...entry, attemptId }] }], [attemptId]);
    assert.deepEqual(told, ["a line", "completed"]);
    stopListening();
    await coordinator.logs.append([{ runId, entries: [{ ...entry, attemptId }] }], []);
    assert.deepEqual(told, ["a line", "completed"]);
    await coordinator.stop();
  });

  test("the end waits for nothing when the last lines have overtaken it", async () => {
    const { attemptId, complete, coordinator, told } = await startRun();
    await coordinator.logs.append([{ runId, entries: [{ ...entry, attemptId }] }], [attemptId]);
    await complete();
    assert.deepEqual(told, ["a line", "completed"]);
    assert.ok(!coordinator.logs.areAwaited(runId));
    await coordinator.stop();
  });
});

test("a queued run that an earlier owner's late insert left in the store is executed, though no trigger is repeated", {
  timeout: 20_000,
}, async () => {
  const disk = new MemoryDisk();
  const earlier = await startCoordinator({ store: new MemoryStore({ disk }) });
  await earlier.runs.trigger([commandOf("run_late0000", '"LATE"')]);
  await earlier.stop();
  const late = disk.runs.get("run_late0000" as RunId);
  assert.ok(late !== undefined);
  disk.remove(late.run.id);

  let passedMs = 0;
  const clock = { ...systemClock, monotonicNow: () => systemClock.monotonicNow() + passedMs };
  const coordinator = await startCoordinator({ store: new MemoryStore({ disk }), clock });
  disk.write({ ...late, replaces: 0 }, late.epoch, late.batch);
  passedMs = sweepIntervalMs;
  const { payload, run } = await firstAssignment(coordinator);
  assert.deepEqual([run.id, payload], ["run_late0000", '"LATE"']);
  await coordinator.stop();
});

for (const { disk, sweeps, what } of [
  { disk: new MemoryDisk(), sweeps: 1, what: "may have had another owner is searched for what it wrote late" },
  { disk: undefined, sweeps: 0, what: "had no other owner is searched for nothing" },
]) {
  test(`a store that ${what}`, { timeout: 20_000 }, async () => {
    const calls: string[] = [];
    let expire = () => {};
    const passed = new Promise<void>((resolve) => {
      expire = resolve;
    });
    const onCall = (method: string) => {
      calls.push(method);
      if (method === "deleteExpired") expire();
    };
    let passedMs = 0;
    const clock = { ...systemClock, monotonicNow: () => systemClock.monotonicNow() + passedMs };
    const store = new MemoryStore({ onCall, ...(disk !== undefined && { disk }) });
    const coordinator = await startCoordinator({ store, clock });
    // In one tick, the pass that deletes comes after the sweep for late writes.
    calls.length = 0;
    passedMs = Math.max(sweepIntervalMs, retentionPass.intervalMs);
    await passed;
    assert.equal(calls.filter((method) => method === "loadActive").length, sweeps);
    await coordinator.stop();
  });
}

test("a wall clock that is forty days ahead for a minute deletes nothing", { timeout: 20_000 }, async () => {
  let passedMs = 0;
  let jumpMs = 0;
  const machine = {
    ...systemClock,
    monotonicNow: () => systemClock.monotonicNow() + passedMs,
    wallNow: () => Math.floor(systemClock.wallNow() + passedMs + jumpMs),
  };
  const clock = new SteadyClock(machine, pino({ level: "silent" }), () => machine.monotonicNow());
  const events: string[] = [];
  let tell = () => {};
  const next = (event: string) =>
    new Promise<void>((resolve) => {
      tell = () => events.includes(event) && resolve();
    });
  const happened = (event: string) => {
    events.push(event);
    tell();
  };
  const store = new MemoryStore({ onCall: (method) => happened(method) });
  const mayDeleteByAge = () => {
    const isSettled = clock.isSettled();
    happened(isSettled ? "allowed" : "refused");
    return isSettled;
  };
  const coordinator = await startCoordinator({ store, clock }, { mayDeleteByAge });
  passedMs += wallClockLimits.settledMs;
  await next("deleteExpired");

  events.length = 0;
  jumpMs = 40 * dayMs;
  passedMs += retentionPass.intervalMs;
  await next("refused");
  jumpMs = 0;
  clock.wallNow();
  assert.deepEqual(
    events.filter((event) => event === "deleteExpired" || event === "allowed"),
    [],
  );
  passedMs += wallClockLimits.settledMs + retentionPass.intervalMs;
  await next("deleteExpired");
  await coordinator.stop();
});

test("a start that is stopped while the store is read does not begin to run", async () => {
  let read = () => {};
  const isRead = new Promise<void>((resolve) => {
    read = resolve;
  });
  const onCall = (method: string) => (method === "listPendingTasks" ? isRead : undefined);
  const coordinator = makeCoordinator({ store: new MemoryStore({ onCall }) });
  const started = coordinator.start();
  const refused = assert.rejects(started, { code: "STOPPING" });
  await new Promise((resolve) => setImmediate(resolve));
  await coordinator.stop();
  read();
  await refused;
  await assert.rejects(coordinator.runs.trigger([commandOf("run_aaaaaaaa", "1")]), { code: "STOPPING" });
});

test("a stop closes the sessions, waits until the last batch is durable, and closes the store", async () => {
  const events: string[] = [];
  class ClosingStore extends MemoryStore {
    override async close(): Promise<void> {
      events.push(`store closed with ${this.disk.runs.size} run`);
      return super.close();
    }
  }
  let held: PendingBatch | undefined;
  const store = new ClosingStore({
    onBatch: (batch) => {
      held = batch;
    },
  });
  const coordinator = await startCoordinator({ store });
  const close = () => void events.push("session closed");
  coordinator.runners.attach(hello, { welcome: () => undefined, close, dispatch: () => undefined, unreadLength: 0 });
  const triggered = coordinator.runs.trigger([commandOf("run_aaaaaaaa", "1")]);
  while (held === undefined) await new Promise((resolve) => setImmediate(resolve));
  const stopped = coordinator.stop();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events, ["session closed"]);
  held.answer();
  const [[made]] = await Promise.all([triggered, stopped]);
  assert.ok(made?.ok);
  assert.deepEqual(events, ["session closed", "store closed with 1 run"]);
});
