import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { maxAttemptsPerRun } from "@baton/proto/contract/limits";
import type { FailureDecision } from "@baton/proto/contract/outcome";
import type { TaskError } from "@baton/proto/contract/task-error";
import type { OutcomeWithoutTexts } from "../event.ts";
import { createRun } from "./new-run.ts";
import { definition, newRun, runnerId, steadyPolicy } from "./run.test.support.ts";
import { isSolo, type Run } from "./run.ts";
import * as life from "./run-life.ts";

const error: TaskError = { type: "builtIn", name: "Error", message: "no luck\nat all", stackTrace: "" };
const outOfMemory: TaskError = { type: "internal", code: "TASK_PROCESS_OOM_KILLED" };

function queued(more: Partial<Run> = {}): Run {
  return { ...createRun(newRun(1), undefined, definition(), 100), ...more };
}

function dequeued(run = queued()): Run {
  return life.dequeued(run, runnerId("a"), "small-1x", "20260101.1", 110, undefined);
}

function executing(run = queued()): Run {
  const given = dequeued(run);
  assert.ok(given.current);
  return life.started(given, given.current, steadyPolicy, 120);
}

function end(run: Run, how: OutcomeWithoutTexts["end"], threadLingers = false): Run {
  const { current } = run;
  assert.ok(current);
  const outcome: OutcomeWithoutTexts = {
    runId: run.id,
    attemptId: current.id,
    startedAt: 120,
    endedAt: 150,
    activeMs: 30,
    threadLingers,
    end: how,
  };
  return life.applyOutcome(run, current, outcome, run.retry ?? steadyPolicy, 200, 0.5);
}

function fail(run: Run, decision: FailureDecision, because = error): Run {
  return end(run, { type: "failed", error: because, decision });
}

const crash: FailureDecision = { type: "policy", status: "crashed" };

describe("a run's moves", () => {
  test("are counted by its revision and noted on its timeline", () => {
    const run = end(executing(), { type: "succeeded", hasOutput: true });
    assert.equal(run.revision, 4);
    assert.deepEqual(
      run.timeline.map((entry) => `${entry.status}@${entry.at}`),
      ["queued@100", "dequeued@110", "executing@120", "completed@200"],
    );
  });

  test("an attempt that starts locks version and policy", () => {
    const run = executing();
    assert.deepEqual([run.version, run.retry, run.startedAt], ["20260101.1", steadyPolicy, 120]);
  });

  test("a success is final and counts", () => {
    const run = end(executing(), { type: "succeeded", hasOutput: true });
    assert.deepEqual([run.status, run.attemptNumber, run.hasOutput, run.finishedAt], ["completed", 1, true, 200]);
    assert.deepEqual([run.attempts.length, run.attempts[0]?.status, run.activeMs], [1, "completed", 30]);
    assert.equal(run.current, undefined);
  });

  test("an unstarted assignment comes back without a charge, to its place", () => {
    const run = life.requeuedUnstarted(dequeued(), 130, "no thread");
    assert.deepEqual([run.status, run.attemptNumber, run.queueTime, run.current], ["queued", 0, 100, undefined]);
  });

  test("the twelfth failed delivery in a row ends the run", () => {
    let run = queued();
    for (let delivery = 1; delivery <= life.maxDeliveries; delivery += 1) {
      assert.equal(run.status, "queued", `before delivery ${delivery}`);
      run = life.deliveryFailed(dequeued(run), 130, "not received");
    }
    assert.equal(run.status, "systemFailure");
    assert.equal(run.error?.type === "internal" && run.error.code, "TASK_RUN_DEQUEUED_MAX_RETRIES");
  });

  test("a start makes failed deliveries forgotten", () => {
    assert.equal(executing(life.deliveryFailed(dequeued(), 130, "not received")).deliveries, 0);
  });

  test("a due run keeps its due time as its place", () => {
    const run = life.cameDue(queued({ status: "delayed", dueAt: 500 }), 900);
    assert.deepEqual([run.status, run.queueTime, run.dueAt], ["queued", 500, undefined]);
  });

  test("a ttl counts from the first time in the queue, and only before the first start", () => {
    const run = life.requeuedUnstarted(dequeued(queued({ ttlMs: 1_000 })), 130, "no thread");
    assert.equal(run.dueAt, 1_100);
    assert.equal(life.cameDue({ ...fail(executing(queued({ ttlMs: 1_000 })), crash) }, 2_000).dueAt, undefined);
  });
});

describe("a failure", () => {
  test("that the thread wants to retry is retried after its delay, whatever the policy says", () => {
    const run = fail(executing(queued({ maxAttempts: 1 })), { type: "retry", delayMs: 700 });
    assert.deepEqual([run.status, run.dueAt, run.attemptNumber], ["reattempting", 900, 1]);
  });

  test("without a delay goes straight back to the queue, at its end", () => {
    const run = fail(executing(), { type: "retry", delayMs: 0 });
    assert.deepEqual([run.status, run.queueTime, run.dueAt], ["queued", 200, undefined]);
  });

  test("that the thread calls final ends as it says", () => {
    assert.equal(fail(executing(), { type: "final", status: "timedOut" }).status, "timedOut");
  });

  test("that the thread could not decide follows the policy", () => {
    assert.equal(fail(executing(), crash).dueAt, 1_200);
    const last = executing(queued({ attemptNumber: 2 }));
    assert.deepEqual([fail(last, crash).status, fail(last, crash).attemptNumber], ["crashed", 3]);
  });

  test("keeps to the run's own number of attempts", () => {
    assert.equal(fail(executing(queued({ maxAttempts: 1 })), crash).status, "crashed");
    assert.equal(fail(executing(queued({ maxAttempts: 9, attemptNumber: 5 })), crash).status, "reattempting");
  });

  test("for want of memory is retried on a larger machine only", () => {
    const larger = { ...steadyPolicy, outOfMemoryMachine: "small-2x" } as const;
    assert.equal(fail(executing(), crash, outOfMemory).status, "crashed");
    const moved = fail({ ...executing(), retry: larger }, crash, outOfMemory);
    assert.deepEqual([moved.status, moved.machine], ["reattempting", "small-2x"]);
    const there = executing();
    assert.ok(there.current);
    const onLarger = { ...there, retry: larger, current: { ...there.current, machine: "small-2x" as const } };
    assert.equal(fail(onLarger, crash, outOfMemory).status, "crashed");
  });

  test("after 250 attempts is not retried even when the thread wants it", () => {
    const run = fail(executing(queued({ attemptNumber: maxAttemptsPerRun - 1 })), { type: "retry", delayMs: 5 });
    assert.equal(run.status, "crashed");
  });

  test("for want of memory keeps to the number of attempts, and the machine stays for all later ones", () => {
    const larger = { ...steadyPolicy, outOfMemoryMachine: "small-2x" } as const;
    const only = { ...executing(queued({ maxAttempts: 1 })), retry: larger };
    assert.equal(fail(only, crash, outOfMemory).status, "crashed");
    const moved = fail({ ...executing(), retry: larger }, crash, outOfMemory);
    assert.equal(moved.dueAt, 1_200);
    const { current } = executing(moved);
    assert.ok(current);
    assert.equal(fail({ ...moved, status: "executing", current }, { type: "retry", delayMs: 5 }).machine, "small-2x");
  });

  test("of the host, when memory was not the cause, follows the policy on the same machine", () => {
    const segmentation: TaskError = { type: "internal", code: "TASK_PROCESS_SIGSEGV" };
    const larger = { ...steadyPolicy, outOfMemoryMachine: "small-2x" } as const;
    const run = fail({ ...executing(), retry: larger }, crash, segmentation);
    assert.deepEqual([run.status, run.dueAt, run.machine], ["reattempting", 1_200, undefined]);
  });

  test("after 250 attempts is not retried when the policy would allow more", () => {
    const many = { ...steadyPolicy, maxAttempts: 1_000 };
    const run = fail({ ...executing(queued({ attemptNumber: maxAttemptsPerRun - 1 })), retry: many }, crash);
    assert.equal(run.error?.type === "internal" && run.error.code, "TASK_RUN_CRASHED");
  });

  test("is noted with the first line of its message", () => {
    assert.equal(fail(executing(), crash).timeline.at(-1)?.reason, "Error: no luck");
  });

  test("whose thread lives on keeps its slot by a mark", () => {
    const run = end(executing(), { type: "failed", error, decision: crash }, true);
    assert.deepEqual(run.lingering, { runnerId: runnerId("a"), attemptId: run.attempts[0]?.id });
    assert.equal(dequeued({ ...run, status: "queued" }).lingering, undefined);
  });
});

describe("an interruption", () => {
  const how = { type: "interrupted", code: "TASK_RUN_HEARTBEAT_TIMEOUT", message: "gone", isSuspect: false } as const;

  test("repeats the same attempt number", () => {
    const run = end(executing(), how);
    assert.deepEqual([run.status, run.attemptNumber, run.interruptions], ["queued", 0, 1]);
    assert.equal(dequeued(run).current?.number, 1);
  });

  test("more than ten times ends the run", () => {
    let run = queued();
    for (let time = 0; time <= life.maxInterruptions; time += 1) run = end(executing(run), how);
    assert.equal(run.status, "systemFailure");
    assert.equal(run.attemptNumber, 0);
  });

  test("by unexplained aborts puts the run aside at the second, for all later attempts", () => {
    const once = end(executing(), { ...how, isSuspect: true });
    assert.equal(isSolo(once), false);
    const twice = end(executing(end(executing(once), how)), { ...how, isSuspect: true });
    assert.deepEqual([twice.attemptNumber, twice.suspicions, isSolo(twice)], [0, 2, true]);
    assert.ok(isSolo(fail(executing(twice), crash)));
  });

  test("keeps what the attempt used", () => {
    const { current } = executing();
    assert.ok(current);
    const usage = { cpuMs: 12 };
    const run = life.interrupted(executing(), current, how.code, how.message, 30, 200, { usage });
    assert.deepEqual(run.attempts[0]?.usage, usage);
  });

  test("by a drain has no limit", () => {
    let run = queued();
    for (let time = 0; time < 40; time += 1) run = end(executing(run), { ...how, code: "TASK_EXECUTION_ABORTED" });
    assert.deepEqual([run.status, run.interruptions, run.chargedInterruptions], ["queued", 40, 0]);
  });
});

describe("a cancellation", () => {
  test("of a waiting run leaves nothing behind", () => {
    const run = life.canceled(queued(), 300, "no longer wanted");
    assert.deepEqual([run.status, run.lingering, run.finishedAt], ["canceled", undefined, 300]);
  });

  test("of an executing run counts its attempt and waits for the thread", () => {
    const run = life.canceled(executing(), 300, "no longer wanted");
    assert.deepEqual([run.attemptNumber, run.attempts[0]?.status], [1, "canceled"]);
    assert.deepEqual([run.attempts[0]?.activeMs, run.activeMs], [180, 180]);
    assert.equal(run.lingering?.runnerId, runnerId("a"));
    assert.equal(life.threadGone(run, 400).lingering, undefined);
  });

  test("notes how long the thread lived after it, unless the thread was lost with its runner", () => {
    const run = life.canceled(executing(), 300, "no longer wanted");
    assert.equal(life.threadGone(run, 420, 420).attempts[0]?.stopLatenessMs, 120);
    assert.equal(life.threadGone(run, 420).attempts[0]?.stopLatenessMs, undefined);
  });

  test("of an assigned run counts no attempt", () => {
    const run = life.canceled(dequeued(), 300, "no longer wanted");
    assert.deepEqual([run.attemptNumber, run.attempts.length, run.lingering !== undefined], [0, 0, true]);
  });
});
