import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { startFixture } from "./runner-fixture.test.support.ts";

const limit = { timeout: 60_000 };

/** Leftovers of attempts that must not affect the next one. */
const untidy = {
  timer: "async () => { setTimeout(() => {}, 3_600_000); }",
  interval: "async () => { setInterval(() => {}, 1_000); }",
  child: 'async () => { (await import("node:child_process")).spawn("sleep", ["1"], { stdio: "ignore" }); }',
  environment: 'async () => { process.env.LEFT = "behind"; }',
  deleted: "async () => { delete process.env.VISIBLE; }",
  parse: "async () => { JSON.parse = () => ({}); }",
  stringify: 'async () => { JSON.stringify = () => { throw new Error("no"); }; }',
  promise: "async () => { globalThis.Promise = class {}; }",
  prototype: "async () => { Object.prototype.polluted = true; }",
  method: "async () => { Array.prototype.map = () => []; }",
  listener: "async () => { process.on('warning', () => {}); }",
  capture: "async () => { process.setUncaughtExceptionCaptureCallback(() => {}); }",
  asyncHook: 'async () => { (await import("node:async_hooks")).createHook({ init() {} }).enable(); }',
  promiseHook: 'async () => { (await import("node:v8")).promiseHooks.onInit(() => {}); }',
  observer: "async () => { new PerformanceObserver(() => {}).observe({ entryTypes: ['mark'] }); }",
  channel: 'async () => { (await import("node:diagnostics_channel")).subscribe("a", () => {}); }',
  importHook: `async () => { (await import("node:module")).register("data:text/javascript,"); }`,
  sharedEnvironment: `async () => {
    const { SHARE_ENV, Worker } = await import("node:worker_threads");
    const worker = new Worker("process.env.LEFT = 'behind'", { eval: true, env: SHARE_ENV });
    await new Promise((resolve) => worker.on("exit", resolve));
  }`,
  instance: after20ms("Object.defineProperty(Date, Symbol.hasInstance, { value: () => false });"),
  accessor: after20ms("Object.defineProperty(Map.prototype, 'size', { get: () => 9 });"),
  generator: after20ms("Object.getPrototypeOf(function* () {}).prototype.return = () => ({});"),
  element: after20ms("Object.defineProperty(Array.prototype, '9999', { set() {} });"),
  frozen: after20ms("Object.freeze(Date.prototype);"),
  inherited: after20ms("Object.setPrototypeOf(Map.prototype, { left: 1 });"),
  setting: after20ms("Error.stackTraceLimit = 1;"),
  stream: after20ms("process.stdout.write = () => true;"),
  console: after20ms("globalThis.console = { ...console };"),
};

/** Returns a `run` that takes 30 ms before its code, because some checks only follow attempts of at least 20 ms. */
function after20ms(code: string): string {
  return `async () => { await new Promise((resolve) => setTimeout(resolve, 30)); ${code} }`;
}

/** Adds leftovers for which the thread would be ended, and removes them again. */
const tidy = `async () => {
  const { AsyncLocalStorage, createHook } = await import("node:async_hooks");
  const { subscribe, unsubscribe } = await import("node:diagnostics_channel");
  const { promiseHooks } = await import("node:v8");
  const ignore = () => {};
  const observer = new PerformanceObserver(ignore);
  observer.observe({ entryTypes: ["mark"] });
  const hook = createHook({ init: ignore }).enable();
  const stop = promiseHooks.onInit(ignore);
  for (const name of ["a", "b"]) subscribe(name, ignore);
  process.on("warning", ignore);
  await new AsyncLocalStorage().run(1, () => new Promise((resolve) => setTimeout(resolve, 30)));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", ignore);
  for (const name of ["a", "b"]) unsubscribe(name, ignore);
  stop();
  hook.disable();
  observer.disconnect();
  globalThis.count = (globalThis.count ?? 0) + 1;
  return globalThis.count;
}`;

test("what late code adds between two attempts costs the thread too", limit, async () => {
  const counted = "globalThis.count = (globalThis.count ?? 0) + 1; return globalThis.count;";
  const late = `setTimeout(() => { process.on("warning", () => {}); require("node:fs").writeFileSync("late", ""); }, 20).unref();`;
  await using fixture = await startFixture(
    {
      plants: `async () => { const require = process.getBuiltinModule("node:module").createRequire(process.cwd() + "/"); ${late} ${counted} }`,
      count: `async () => { ${counted} }`,
    },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  const outputs: (string | undefined)[] = [];
  for (const [attemptId, taskId] of Object.entries({ one: "count", two: "plants", three: "count", four: "count" })) {
    coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId });
    outputs.push((await coordinator.outcomeOf(attemptId)).success?.output);
    if (taskId === "plants") await waitUntil("the late listener", () => existsSync(path.join(fixture.dir, "late")));
  }
  assert.deepEqual(outputs, ["1", "2", "3", "1"]);
});

test("a thread is used again after an attempt that left nothing behind", limit, async () => {
  await using fixture = await startFixture(
    { count: "async () => { globalThis.count = (globalThis.count ?? 0) + 1; return globalThis.count; }" },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  for (const [index, attemptId] of ["a", "b", "c"].entries()) {
    coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId: "count" });
    assert.equal((await coordinator.outcomeOf(attemptId)).success?.output, String(index + 1));
  }
});

test("a thread is used again after an attempt that took away what it added", limit, async () => {
  await using fixture = await startFixture({ tidy }, { concurrency: 1 });
  const { coordinator } = fixture;
  for (const [index, attemptId] of ["a", "b", "c"].entries()) {
    coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId: "tidy" });
    assert.equal((await coordinator.outcomeOf(attemptId)).success?.output, String(index + 1));
  }
});

test("a thread is not used again after an attempt that left something behind", limit, async () => {
  await using fixture = await startFixture(
    {
      ...untidy,
      look: `async () => ({
        used: globalThis.used === (globalThis.used = true),
        left: process.env.LEFT ?? "",
        visible: process.env.VISIBLE,
        polluted: "polluted" in {},
        mapped: [1].map((value) => value).length,
      })`,
    },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  for (const taskId of Object.keys(untidy)) {
    coordinator.assign({ runId: `run_${taskId}`, attemptId: taskId, taskId });
    assert.ok((await coordinator.outcomeOf(taskId)).success, taskId);
    coordinator.assign({ runId: `run_${taskId}_next`, attemptId: `${taskId}_next`, taskId: "look" });
    const { success } = await coordinator.outcomeOf(`${taskId}_next`);
    const seen = '{"used":false,"left":"","visible":"yes","polluted":false,"mapped":1}';
    assert.equal(success?.output, seen, taskId);
  }
});

test("what a task's file changes while it is imported stays, and does not cost the thread", limit, async () => {
  await using fixture = await startFixture(
    {
      count:
        'async () => { globalThis.count = (globalThis.count ?? 0) + 1; return [globalThis.count, process.env.AT_IMPORT, "x".shout()]; }',
      touch:
        '(String.prototype.shout = () => "X", process.env.AT_IMPORT = "yes", setInterval(() => {}, 60_000), async () => {})',
    },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "count" });
  assert.equal((await coordinator.outcomeOf("a")).success?.output, '[1,"yes","X"]');
  coordinator.assign({ runId: "run_2", attemptId: "b", taskId: "count" });
  assert.equal((await coordinator.outcomeOf("b")).success?.output, '[2,"yes","X"]');
});

/** Values that code throws uncaught, which reach the thread's host. */
const thrown = {
  noText: "{ toString: 1, valueOf: 1 }",
  deepObject: "Array(6_000).fill(0).reduce((inner) => ({ inner }), {})",
  deepArray: "Array(6_000).fill(0).reduce((inner) => [inner], [])",
  nothing: "null",
};

test("whatever is thrown past a thread ends that thread only", limit, async () => {
  const tasks = Object.entries(thrown).map(([id, value]) => [
    id,
    `async () => {
      process.removeAllListeners("uncaughtException");
      const value = ${value};
      setTimeout(() => { throw value; });
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }`,
  ]);
  await using fixture = await startFixture(Object.fromEntries(tasks));
  const { coordinator, runner } = fixture;
  const host = runner.hostPid;
  for (const taskId of Object.keys(thrown)) {
    coordinator.assign({ runId: `run_${taskId}`, attemptId: taskId, taskId });
    const { failure } = await coordinator.outcomeOf(taskId);
    assert.equal(failure?.error?.code, "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE", taskId);
    assert.match(failure?.error?.message ?? "", /^The attempt ended its worker thread\./, taskId);
    assert.equal(runner.hostPid, host, taskId);
  }
});

test("a thread that an attempt starts has no larger heap than its own", limit, async () => {
  await using fixture = await startFixture({
    limits: `async () => {
      const { resourceLimits, Worker } = await import("node:worker_threads");
      const heaps = [undefined, { maxOldGenerationSizeMb: 100_000 }, { maxOldGenerationSizeMb: 16 }].map((limits) => {
        const worker = new Worker("", { eval: true, resourceLimits: limits });
        return worker.resourceLimits.maxOldGenerationSizeMb;
      });
      const own = resourceLimits.maxOldGenerationSizeMb;
      return heaps.map((heap) => heap === own ? "own" : heap);
    }`,
  });
  fixture.coordinator.assign({ runId: "run_a", attemptId: "a", taskId: "limits" });
  assert.equal((await fixture.coordinator.outcomeOf("a")).success?.output, '["own","own",16]');
});

test("the standard streams stay open when code closes them", limit, async () => {
  await using fixture = await startFixture(
    {
      close: `async () => {
        const { close, closeSync } = await import("node:fs");
        for (const fd of [0, 1]) closeSync(fd);
        return new Promise((resolve) => close(2, resolve));
      }`,
      open: 'async () => (await import("node:fs")).openSync("/dev/null", "r") > 2',
    },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_close", attemptId: "close", taskId: "close" });
  assert.equal((await coordinator.outcomeOf("close")).success?.output, "null");
  coordinator.assign({ runId: "run_open", attemptId: "open", taskId: "open" });
  assert.equal((await coordinator.outcomeOf("open")).success?.output, "true");
});

test("a signal to the own process ends the attempt's thread only", limit, async () => {
  await using fixture = await startFixture({
    die: "async (signal) => { process.kill(process.pid, signal); }",
    ask: "async () => process.kill(process.pid, 0)",
    nap: "async () => { await new Promise((resolve) => setTimeout(resolve, 500)); return 1; }",
  });
  const { coordinator, runner } = fixture;
  const host = runner.hostPid;
  coordinator.assign({ runId: "run_nap", attemptId: "nap", taskId: "nap" });
  for (const [signal, code] of [
    ["SIGSEGV", "TASK_PROCESS_SIGSEGV"],
    ["SIGABRT", "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE"],
    ["SIGKILL", "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE"],
  ] as const) {
    coordinator.assign({ runId: `run_${signal}`, attemptId: signal, taskId: "die", payload: JSON.stringify(signal) });
    const { failure } = await coordinator.outcomeOf(signal);
    assert.equal(failure?.error?.code, code);
    assert.match(failure?.error?.message ?? "", new RegExp(signal));
  }
  coordinator.assign({ runId: "run_ask", attemptId: "ask", taskId: "ask" });
  assert.equal((await coordinator.outcomeOf("ask")).success?.output, "true");
  assert.equal((await coordinator.outcomeOf("nap")).success?.output, "1");
  assert.equal(runner.hostPid, host);
});
