import assert from "node:assert/strict";
import { test } from "node:test";
import { durationFromWire, durationToWire } from "@baton/proto";
import { startFixture } from "./runner-fixture.test.support.ts";

const limit = { timeout: 30_000 };

test("an attempt goes from its assignment through a worker thread to its outcome", limit, async () => {
  await using fixture = await startFixture({ greet: "async ({ name }) => ({ text: 'Hello, ' + name })" });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "attempt_1", taskId: "greet", payload: '{"name":"Ada"}' });
  const outcome = await coordinator.outcomeOf("attempt_1");
  assert.equal(outcome.success?.output, '{"text":"Hello, Ada"}');
  assert.equal(outcome.threadLingers, false);
  assert.ok((durationFromWire(outcome.activeDuration) ?? -1) >= 0);
});

test("what run throws is stored in its shape and decided by the retry policy", limit, async () => {
  await using fixture = await startFixture(
    {
      fails: 'async () => { throw new TypeError("bad"); }',
      text: 'async () => { throw "words"; }',
      aborts: 'async () => { throw Object.assign(new Error("enough"), { name: "AbortTaskRunError" }); }',
      big: "async () => () => 10n",
      exits: "async () => { process.exit(3); }",
      late: 'async () => { setTimeout(() => { throw new Error("late"); }, 5); await new Promise(() => {}); }',
      rejects: 'async () => { Promise.reject(new Error("lost")); await new Promise(() => {}); }',
    },
    { concurrency: 8 },
  );
  const { coordinator } = fixture;
  for (const taskId of ["fails", "text", "aborts", "big", "exits", "late", "rejects", "absent"]) {
    coordinator.assign({ runId: `run_${taskId}`, attemptId: taskId, taskId, attemptNumber: 2 });
  }
  const fails = (await coordinator.outcomeOf("fails")).failure;
  assert.equal(fails?.error?.type, "TASK_ERROR_TYPE_BUILT_IN");
  assert.equal(fails?.error?.name, "TypeError");
  assert.match(fails?.error?.stackTrace ?? "", /tasks-/);
  assert.equal(durationFromWire(fails?.retryAfter), 2000);
  assert.equal((await coordinator.outcomeOf("text")).failure?.error?.raw, "words");
  assert.equal((await coordinator.outcomeOf("aborts")).failure?.finalStatus, "RUN_STATUS_FAILED");
  assert.equal((await coordinator.outcomeOf("big")).failure?.error?.code, "TASK_OUTPUT_ERROR");
  const exits = (await coordinator.outcomeOf("exits")).failure;
  assert.equal(exits?.error?.code, "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE");
  assert.equal(exits?.policyElse, "RUN_STATUS_CRASHED");
  for (const id of ["late", "rejects"]) {
    const failure = (await coordinator.outcomeOf(id)).failure;
    assert.equal(failure?.error?.code, "TASK_RUN_UNCAUGHT_EXCEPTION");
    assert.equal(failure?.decision, "retryAfter");
  }
  const absent = (await coordinator.outcomeOf("absent")).failure;
  assert.equal(absent?.error?.code, "COULD_NOT_FIND_TASK");
  assert.equal(absent?.finalStatus, "RUN_STATUS_SYSTEM_FAILURE");
});

test("a busy loop is ended at its maximum duration and disturbs nobody", limit, async () => {
  await using fixture = await startFixture({
    loop: "async () => { while (true) {} }",
    nap: "async () => { await new Promise((resolve) => setTimeout(resolve, 400)); return 1; }",
  });
  const { coordinator } = fixture;
  coordinator.assign(
    { runId: "run_loop", attemptId: "loop", taskId: "loop", maxDuration: durationToWire(200) },
    { runId: "run_nap", attemptId: "nap", taskId: "nap" },
  );
  const loop = await coordinator.outcomeOf("loop");
  assert.equal(loop.failure?.error?.code, "MAX_DURATION_EXCEEDED");
  assert.equal(loop.failure?.finalStatus, "RUN_STATUS_TIMED_OUT");
  assert.ok((durationFromWire(loop.activeDuration) ?? 0) >= 200);
  assert.notEqual(loop.stopLateness, null);
  assert.equal((await coordinator.outcomeOf("nap")).success?.output, "1");
  assert.ok(coordinator.started.has("nap"));
});

test("a thread that runs out of heap ends its attempt alone", limit, async () => {
  await using fixture = await startFixture({
    leak: "async () => { const all = []; for (;;) all.push({ a: [1, 2, 3], b: String(all.length) }); }",
    ok: "async () => 1",
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_leak", attemptId: "leak", taskId: "leak", machine: "micro" });
  const { failure } = await coordinator.outcomeOf("leak", 20_000);
  assert.equal(failure?.error?.code, "TASK_PROCESS_OOM_KILLED");
  assert.equal(failure?.policyElse, "RUN_STATUS_CRASHED");
  coordinator.assign({ runId: "run_ok", attemptId: "ok", taskId: "ok" });
  assert.equal((await coordinator.outcomeOf("ok")).success?.output, "1");
});

test("after the host is killed its attempts are interrupted, waiting ones start on the next host", limit, async () => {
  await using fixture = await startFixture(
    { sleep: "async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); return ms; }" },
    { concurrency: 1 },
  );
  const { coordinator, runner } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "first", taskId: "sleep", payload: "60000" });
  await coordinator.until(() => coordinator.started.has("first"), "the start of first");
  coordinator.assign({ runId: "run_2", attemptId: "second", taskId: "sleep", payload: "1" });
  const pid = runner.hostPid as number;
  process.kill(pid, "SIGKILL");
  const first = await coordinator.outcomeOf("first");
  assert.equal(first.interruption?.code, "TASK_RUN_HEARTBEAT_TIMEOUT");
  await coordinator.until(() => coordinator.outcomes.has("second") || coordinator.handedBack.has("second"), "second");
  assert.notEqual(runner.hostPid, pid);
});

test("a host whose main loop is silent is killed and replaced", limit, async () => {
  await using fixture = await startFixture({
    hang: "async () => { await new Promise(() => {}); }",
    ok: "async () => 1",
  });
  const { coordinator, runner } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "hang" });
  await coordinator.until(() => coordinator.started.has("a"), "the start");
  const pid = runner.hostPid as number;
  process.kill(pid, "SIGSTOP");
  assert.equal((await coordinator.outcomeOf("a")).interruption?.code, "TASK_RUN_HEARTBEAT_TIMEOUT");
  coordinator.assign({ runId: "run_2", attemptId: "b", taskId: "ok" });
  assert.equal((await coordinator.outcomeOf("b")).success?.output, "1");
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("a thread of an attempt that did not end clean is not used again", limit, async () => {
  await using fixture = await startFixture(
    {
      spoil:
        'async () => { globalThis.touched = true; setTimeout(() => { throw new Error("late"); }, 1); await new Promise(() => {}); }',
      look: "async () => globalThis.touched === true",
    },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "spoil" });
  await coordinator.outcomeOf("a");
  coordinator.assign({ runId: "run_2", attemptId: "b", taskId: "look" });
  assert.equal((await coordinator.outcomeOf("b")).success?.output, "false");
});

test("outcomes and running attempts survive the loss of the coordinator", limit, async () => {
  await using fixture = await startFixture({
    sleep: "async (ms) => { await new Promise((resolve) => setTimeout(resolve, ms)); return ms; }",
  });
  const { coordinator } = fixture;
  coordinator.acknowledges = false;
  coordinator.assign({ runId: "run_1", attemptId: "short", taskId: "sleep", payload: "1" });
  await coordinator.outcomeOf("short");
  coordinator.assign({ runId: "run_2", attemptId: "long", taskId: "sleep", payload: "300" });
  await coordinator.until(() => coordinator.started.has("long"), "the start of long");
  coordinator.stop();
  await coordinator.start();
  coordinator.acknowledges = true;
  await coordinator.until(() => coordinator.hellos.length === 2, "the second Hello");
  const hello = coordinator.hellos[1];
  assert.equal(hello?.session, 2);
  assert.equal(hello?.held.find(({ attemptId }) => attemptId === "short")?.state, "HELD_STATE_ENDED");
  assert.equal((await coordinator.outcomeOf("long")).success?.output, "300");
  await coordinator.until(() => coordinator.outcomeCounts.get("short") === 2, "the outcome of short again");
});

test("a canceled attempt gets its signal and is reported gone when it settled", limit, async () => {
  await using fixture = await startFixture({
    listen:
      'async (_, { signal }) => { await new Promise((resolve) => signal.addEventListener("abort", () => { console.log(String(signal.reason)); resolve(); })); }',
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "listen" });
  await coordinator.until(() => coordinator.started.has("a"), "the start");
  coordinator.dispatch({ cancels: [{ runId: "run_1", attemptId: "a", reason: "Canceled by a caller." }] });
  await coordinator.until(() => coordinator.gone.has("a"), "gone");
  assert.equal(coordinator.outcomes.has("a"), false);
  await coordinator.until(() => coordinator.logs.length === 1, "the line");
  assert.equal(coordinator.logs[0]?.message, "Canceled by a caller.");
});

test("lines are stored with level and time and the outcome says that they follow", limit, async () => {
  await using fixture = await startFixture({
    talk: 'async () => { console.log("one %d", 1); console.error("two"); const rt = globalThis[Symbol.for("baton.runtime.v1")].currentAttempt(); rt.log("info", "three", \'{"a":1}\'); rt.log("debug", "hidden"); console.table([{ a: 1 }]); }',
    flood: 'async () => { for (let i = 0; i < 30000; i += 1) console.log("line " + i); }',
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "talk" });
  const outcome = await coordinator.outcomeOf("a");
  // The lines may have been stored before the outcome arrived.
  assert.ok(outcome.logsFollow || coordinator.endedLogs.has("a"));
  await coordinator.until(() => coordinator.endedLogs.has("a"), "the end of the lines");
  assert.deepEqual(
    coordinator.logs.slice(0, 3).map(({ level, message, properties }) => [level, message, properties]),
    [
      ["LOG_LEVEL_LOG", "one 1", ""],
      ["LOG_LEVEL_ERROR", "two", ""],
      ["LOG_LEVEL_INFO", "three", '{"a":1}'],
    ],
  );
  assert.match(coordinator.logs[3]?.message ?? "", /index/);
  coordinator.logs.length = 0;
  coordinator.assign({ runId: "run_2", attemptId: "b", taskId: "flood" });
  await coordinator.until(() => coordinator.endedLogs.has("b"), "the end of the flood");
  assert.equal(coordinator.logs.length, 10_001);
  assert.match(coordinator.logs[5_000]?.message ?? "", /20000 lines were left out/);
  assert.equal(coordinator.logs.at(-1)?.message, "line 29999");
});

test("a call from inside a task speaks for its run, and only with methods that are allowed", limit, async () => {
  await using fixture = await startFixture({
    parent: `async () => {
      const attempt = globalThis[Symbol.for("baton.runtime.v1")].currentAttempt();
      const made = await attempt.call("Trigger", { item: { taskId: "child", parentRunId: "run_other" } });
      const refused = await attempt.call("RegisterVersion", {}).catch((error) => error);
      const missing = await attempt.call("GetRun", { runId: "run_none" }).catch((error) => error);
      return { made: made.run.runId, refused: refused.status, missing: missing.status };
    }`,
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "parent" });
  const outcome = await coordinator.outcomeOf("a");
  assert.equal(outcome.success?.output, '{"made":"run_child","refused":7,"missing":5}');
  const [call] = coordinator.calls as { request: { item: { parentRunId: string; parentAttemptId: string } } }[];
  assert.equal(call?.request.item.parentRunId, "run_1");
  assert.equal(call?.request.item.parentAttemptId, "a");
});

test("ctx is what docs/tasks.md 11 says and frozen; the environment is what was allowed", limit, async () => {
  await using fixture = await startFixture({
    show: "async (payload, { ctx, init }) => { let frozen = false; try { ctx.run.tags.push('x'); } catch { frozen = true; } return { ctx, frozen, init, hasDate: ctx.run.createdAt instanceof Date, env: Object.keys(process.env).sort() }; }",
  });
  const { coordinator } = fixture;
  coordinator.assign({
    runId: "run_1",
    attemptId: "a",
    taskId: "show",
    tags: ["user:7"],
    depth: 1,
    parentRunId: "run_p",
    rootRunId: "run_p",
    maxDuration: durationToWire(60_000),
  });
  const { ctx, frozen, hasDate, env } = JSON.parse((await coordinator.outcomeOf("a")).success?.output ?? "");
  assert.equal(frozen, true);
  assert.equal(hasDate, true);
  assert.deepEqual(env, ["PATH", "UV_THREADPOOL_SIZE", "VISIBLE"]);
  assert.deepEqual(ctx.task, { id: "show", filePath: "src/trigger/tasks.ts", exportName: "show" });
  assert.equal(ctx.run.maxDuration, 60);
  assert.equal(ctx.run.parentTaskRunId, "run_p");
  assert.deepEqual(ctx.machine, { name: "small-1x", cpu: 0.5, memory: 0.5, centsPerMs: 0 });
  assert.equal("batch" in ctx, false);
});

test("a draining runner hands back what has not started and interrupts what does not end", limit, async () => {
  const fixture = await startFixture({ hang: "async () => { await new Promise(() => {}); }" }, { concurrency: 1 });
  const { coordinator, runner } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "running", taskId: "hang" });
  await coordinator.until(() => coordinator.started.has("running"), "the start");
  coordinator.assign({ runId: "run_2", attemptId: "waiting", taskId: "hang" });
  const stopped = runner.stop(300);
  await coordinator.until(() => coordinator.handedBack.has("waiting"), "the hand-back");
  assert.equal(coordinator.handedBack.get("waiting"), "HAND_BACK_REASON_DRAINING");
  await stopped;
  assert.equal(coordinator.isDraining, true);
  assert.equal(coordinator.outcomes.get("running")?.interruption?.code, "TASK_EXECUTION_ABORTED");
  await fixture[Symbol.asyncDispose]();
});

test("an assignment that no thread takes goes back after a quarter of a second", limit, async () => {
  await using fixture = await startFixture(
    { hang: "async () => { await new Promise(() => {}); }" },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  coordinator.assign(
    { runId: "run_1", attemptId: "a", taskId: "hang" },
    { runId: "run_2", attemptId: "b", taskId: "hang" },
    { runId: "run_3", attemptId: "c", taskId: "hang", version: "19700101.1" },
  );
  await coordinator.until(() => coordinator.handedBack.has("b"), "the hand-back");
  assert.equal(coordinator.handedBack.get("b"), "HAND_BACK_REASON_NO_THREAD");
  assert.equal(coordinator.handedBack.get("c"), "HAND_BACK_REASON_VERSION_NOT_LOADED");
});
