import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import * as z from "zod";
import {
  AbortTaskRunError,
  locals,
  logger,
  OutOfMemoryError,
  schemaTask,
  task,
  tasks,
  usage,
  waitUntil,
} from "../index.ts";
import { createTestClock, runTask } from "./index.ts";

const flaky = task({
  id: "flaky",
  retry: { maxAttempts: 3, minTimeoutInMs: 1_000, factor: 2, randomize: false },
  run: async (payload: { readonly succeedsAt: number }, { ctx }) => {
    logger.info("trying", { number: ctx.attempt.number });
    if (ctx.attempt.number < payload.succeedsAt) throw new Error(`not at ${ctx.attempt.number}`);
    return { at: ctx.attempt.number };
  },
});

describe("runTask", () => {
  test("retries by the task's policy and gives output, attempts and logs", async () => {
    const run = await runTask(flaky, { succeedsAt: 3 });
    assert.deepEqual([run.status, run.output], ["COMPLETED", { at: 3 }]);
    assert.deepEqual(
      run.attempts.map(({ status, error, retryDelayInMs }) => [status, error?.message, retryDelayInMs]),
      [
        ["FAILED", "not at 1", 1_000],
        ["FAILED", "not at 2", 2_000],
        ["COMPLETED", undefined, undefined],
      ],
    );
    assert.deepEqual(run.logs[1], { level: "info", message: "trying", properties: { number: 2 }, attemptNumber: 2 });
  });

  test("fails a run when no attempt is left, or when the trigger allows no more", async () => {
    const run = await runTask(flaky, { succeedsAt: 9 }, { maxAttempts: 1 });
    assert.deepEqual([run.status, run.error?.name, run.error?.message], ["FAILED", "Error", "not at 1"]);
    assert.equal((await runTask(flaky, { succeedsAt: 9 })).attempts.length, 3);
  });

  for (const flags of [[], ["--enable-source-maps"]]) {
    test(`errors and logged errors show frames of the task only (${flags.join() || "no flags"})`, () => {
      const code = `
        import vm from "node:vm";
        import { logger, task } from ${JSON.stringify(new URL("../index.js", import.meta.url).href)};
        import { runTask } from ${JSON.stringify(new URL("index.js", import.meta.url).href)};
        const fail = vm.runInThisContext("() => { throw new Error('no'); }", { filename: "/project/trigger/pay.js" });
        const run = () => { try { fail(); } catch (error) { logger.error("failed", { error }); throw error; } };
        const start = vm.runInThisContext("(run) => () => run()", { filename: "/project/trigger/run.js" });
        const pay = task({ id: "pay", run: start(run) });
        const { error, logs } = await runTask(pay, {}, { maxAttempts: 1 });
        console.log(JSON.stringify([error.stackTrace, logs[0].properties.error.stack]));
      `;
      const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "--eval", code]);
      assert.equal(String(stderr), "");
      for (const stack of JSON.parse(String(stdout))) {
        assert.match(stack, /^Error: no\n {4}at \/project\/trigger\/pay\.js:1:15\n/);
        assert.match(stack, /\n {4}at Object\.run \(\/project\/trigger\/run\.js:1:\d+\)$/);
      }
    });
  }

  test("waits between attempts by a clock that the test moves", async () => {
    const clock = createTestClock(0);
    let isDone = false;
    const running = runTask(flaky, { succeedsAt: 3 }, { clock }).then((run) => {
      isDone = true;
      return run;
    });
    await clock.advance(999);
    await clock.advance(2_000);
    assert.ok(!isDone);
    await clock.advance(1);
    const run = await running;
    assert.deepEqual([run.status, clock.now()], ["COMPLETED", 3_000]);
  });

  test("calls the hooks of task and configuration in their order, and hands init on", async () => {
    const called: string[] = [];
    const hooked = task({
      id: "hooked",
      init: () => ({ greeting: "Hello" }),
      onStart: () => void called.push("T.onStart"),
      run: async (name: string, { init }) => `${init.greeting} ${name}`,
      onSuccess: (_payload: string, output) => void called.push(`T.onSuccess ${output}`),
      cleanup: () => void called.push("T.cleanup"),
    });
    const config = {
      onStart: () => void called.push("G.onStart"),
      onSuccess: () => void called.push("G.onSuccess"),
    };
    assert.equal((await runTask(hooked, "Ada", { config })).output, "Hello Ada");
    assert.deepEqual(called, ["G.onStart", "T.onStart", "T.onSuccess Hello Ada", "G.onSuccess", "T.cleanup"]);
  });

  test("applies the schema of a task", async () => {
    const schema = {
      parse: (value: unknown): { n: number } => {
        const { n } = value as { n?: unknown };
        if (typeof n !== "number") throw new TypeError("n has to be a number");
        return { n: n + 1 };
      },
    };
    const checked = schemaTask({ id: "checked", schema, run: async ({ n }) => n });
    assert.equal((await runTask(checked, { n: 1 })).output, 2);
    const refused = await runTask(checked, { n: "one" } as never);
    assert.deepEqual([refused.status, refused.error?.name], ["FAILED", "TaskPayloadParsedError"]);
    assert.equal(refused.error?.cause?.name, "TypeError");
  });

  test("says on one line what a schema with a list of issues found wrong, and where", async () => {
    const schema = z.object({ to: z.object({ port: z.number() }), name: z.string() });
    const checked = schemaTask({ id: "checked", schema, run: async () => {} });
    const { error } = await runTask(checked, { to: { port: "80" }, name: 1 } as never);
    assert.match(error?.message ?? "", /^The task's schema refused the payload\. to\.port: .+; name: [^\n]+$/);
    assert.equal(error?.cause, undefined);
  });

  test("refuses outputs that cannot be stored, and gives the others as their copy", async () => {
    const gives = task({
      id: "gives",
      run: async (given: { what: string; at: Date }) => ({
        ...given,
        result: given.what === "map" ? new Map() : () => 1,
      }),
    });
    const at = new Date(0);
    const refused = await runTask(gives, { what: "function", at });
    assert.deepEqual([refused.status, refused.error?.name], ["FAILED", "TASK_OUTPUT_ERROR"]);
    assert.match(refused.error?.message ?? "", /output\.result: a function cannot be stored/);
    const { output } = await runTask(gives, { what: "map", at });
    assert.deepEqual(output, { what: "map", at: new Date(0), result: new Map() });
    assert.notEqual(output?.at, at);
  });

  test("shows a task the resources of its machine", async () => {
    const shown = task({ id: "shown", machine: "medium-2x", run: async (_: undefined, { ctx }) => ctx.machine });
    const { output } = await runTask(shown, undefined);
    assert.deepEqual(output, { name: "medium-2x", cpu: 2, memory: 4, centsPerMs: 0 });
  });

  test("moves a run that is out of memory to its larger machine, once", async () => {
    const hungry = task({
      id: "hungry",
      machine: "micro",
      retry: { maxAttempts: 5, outOfMemory: { machine: "small-2x" } },
      run: async (needs: string, { ctx }) => {
        if (ctx.machine.name !== needs) throw new OutOfMemoryError();
        return ctx.machine.name;
      },
    });
    assert.equal((await runTask(hungry, "small-2x")).output, "small-2x");
    const crashed = await runTask(hungry, "large-2x");
    assert.deepEqual(
      [crashed.status, crashed.error?.name, crashed.attempts.length],
      ["CRASHED", "TASK_PROCESS_OOM_KILLED", 2],
    );
  });

  test("ends a run that passes its maxDuration, by the clock of the test", async () => {
    const clock = createTestClock();
    let reason: unknown;
    const endless = task({
      id: "endless",
      maxDuration: 60,
      run: (_payload: null, { signal }) =>
        new Promise<void>(() => {
          signal.addEventListener("abort", () => {
            reason = signal.reason;
          });
        }),
    });
    const running = runTask(endless, null, { clock });
    await clock.advance(60_000);
    const run = await running;
    assert.deepEqual([run.status, run.error?.name], ["TIMED_OUT", "MAX_DURATION_EXCEEDED"]);
    assert.equal((reason as Error).name, "TaskRunExceededMaxDuration");
  });

  test("cancels a run, with its onCancel and its cleanup", async () => {
    const called: string[] = [];
    const cancel = new AbortController();
    const cancelable = task({
      id: "cancelable",
      run: (_payload: null, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => resolve());
          setImmediate(() => cancel.abort("not needed"));
        }),
      onCancel: () => void called.push("onCancel"),
      onFailure: () => void called.push("onFailure"),
      cleanup: () => void called.push("cleanup"),
    });
    const run = await runTask(cancelable, null, { cancel: cancel.signal });
    assert.deepEqual([run.status, run.error?.message, called], ["CANCELED", "not needed", ["onCancel", "cleanup"]]);
  });

  test("stores what onCancel, listeners of the signal and cleanup log when the test cancels from outside", async () => {
    const cancel = new AbortController();
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const chatty = task({
      id: "chatty",
      run: (_payload: null, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            logger.info("signal");
            resolve();
          });
          begun();
        }),
      onCancel: async () => {
        await Promise.resolve();
        logger.info("onCancel");
      },
      cleanup: () => logger.info("cleanup"),
    });
    const running = runTask(chatty, null, { cancel: cancel.signal });
    await hasBegun;
    cancel.abort();
    const { status, logs } = await running;
    assert.deepEqual([status, logs.map(({ message }) => message)], ["CANCELED", ["signal", "onCancel", "cleanup"]]);
  });

  test("leaves a task that ignores its signal after the grace, and drops what it does then", async () => {
    const clock = createTestClock();
    const cancel = new AbortController();
    const asked: string[] = [];
    const hooks: string[] = [];
    let goOn: () => void = () => undefined;
    const isLate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const deaf = task({
      id: "deaf",
      run: async (_payload: null) => {
        await isLate;
        logger.info("late");
        await tasks.trigger("other", 1);
        hooks.push("after the trigger");
      },
      onSuccess: () => void hooks.push("onSuccess"),
      cleanup: () => void hooks.push("cleanup"),
    });
    const call = (method: string) => asked.push(method);
    let isDone = false;
    const running = runTask(deaf, null, { clock, cancel: cancel.signal, call }).finally(() => {
      isDone = true;
    });
    await clock.advance(0);
    cancel.abort("enough");
    await clock.advance(4_999);
    assert.ok(!isDone);
    await clock.advance(1);
    const run = await running;
    assert.deepEqual([run.status, run.error?.message], ["CANCELED", "enough"]);
    goOn();
    await clock.advance(60_000);
    assert.deepEqual([run.logs, asked, hooks], [[], [], []]);
  });

  test("calls no further onCancel once the long grace is over", async () => {
    const clock = createTestClock();
    const cancel = new AbortController();
    const called: string[] = [];
    let goOn: () => void = () => undefined;
    const hangs = () =>
      new Promise<void>((resolve) => {
        called.push("onCancel");
        goOn = resolve;
      });
    const slow = task({ id: "slow", run: () => new Promise<void>(() => undefined), onCancel: hangs });
    const config = { onCancel: hangs };
    const running = runTask(slow, undefined, { clock, config, cancel: cancel.signal });
    await clock.advance(0);
    cancel.abort();
    await clock.advance(30_000);
    assert.equal((await running).status, "CANCELED");
    goOn();
    await clock.advance(1);
    assert.deepEqual(called, ["onCancel"]);
  });

  test("drops what a task does after it passed its maxDuration", async () => {
    const clock = createTestClock();
    let goOn: () => void = () => undefined;
    const isLate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const long = task({
      id: "long",
      maxDuration: 1,
      run: async (_payload: null, { signal }) => {
        signal.addEventListener("abort", () => logger.info("signal"));
        await isLate;
        logger.info("late");
      },
    });
    const running = runTask(long, null, { clock });
    await clock.advance(1_000);
    const run = await running;
    goOn();
    await clock.advance(1);
    assert.deepEqual([run.status, run.logs.map(({ message }) => message)], ["TIMED_OUT", ["signal"]]);
  });

  test("makes no attempt of a run that was canceled before, or between two attempts", async () => {
    const canceled = await runTask(flaky, { succeedsAt: 1 }, { cancel: AbortSignal.abort("never mind") });
    assert.deepEqual([canceled.status, canceled.error?.message, canceled.attempts], ["CANCELED", "never mind", []]);
    const clock = createTestClock();
    const cancel = new AbortController();
    const running = runTask(flaky, { succeedsAt: 2 }, { clock, cancel: cancel.signal });
    await clock.advance(500);
    cancel.abort();
    const between = await running;
    assert.deepEqual([between.status, between.attempts.length, clock.now() > 0], ["CANCELED", 1, true]);
  });

  test("keeps the process alive for the real grace of a task that ignores its signal", () => {
    const program = `
      import { task } from "@baton/sdk";
      import { runTask } from "@baton/sdk/testing";
      const deaf = task({ id: "deaf", maxDuration: 0.2, run: () => new Promise(() => {}) });
      console.log((await runTask(deaf)).status);
    `;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    assert.equal(stdout, "TIMED_OUT\n");
  });

  test("keeps runs at once apart, with locals, usage and waitUntil of their own", async () => {
    const seat = locals.create<string>("seat");
    const settled: string[] = [];
    const seated = task({
      id: "seated",
      run: async (name: string, { ctx }) => {
        locals.set(seat, name);
        waitUntil(
          new Promise<void>((resolve) =>
            setImmediate(() => {
              settled.push(name);
              resolve();
            }),
          ),
        );
        await new Promise((resolve) => setImmediate(resolve));
        return [locals.get(seat), ctx.run.id, usage.getCurrent().compute.attempt.durationMs >= 0];
      },
    });
    const all = await Promise.all(["a", "b"].map((name) => runTask(seated, name, { runId: `run_${name}` })));
    assert.deepEqual(
      all.map(({ output }) => output),
      [
        ["a", "run_a", true],
        ["b", "run_b", true],
      ],
    );
    assert.deepEqual(new Set(settled), new Set(["a", "b"]));
  });

  test("hands what a task asks of a coordinator to the test, or refuses it", async () => {
    const triggers = task({
      id: "triggers",
      run: async (_payload: null) => (await tasks.trigger("other", { n: 1 })).id,
    });
    const refused = await runTask(triggers, null);
    assert.deepEqual([refused.status, refused.attempts.length], ["FAILED", 1]);
    assert.match(refused.error?.message ?? "", /a test has no coordinator/);
    const asked: string[] = [];
    const call = (method: string) => {
      asked.push(method);
      return {
        run: { runId: "run_other", taskId: "other", isCached: false },
        results: [{ run: { runId: "run_other" } }],
      };
    };
    const answered = await runTask(triggers, null, { call });
    assert.deepEqual([answered.status, answered.output, asked.length], ["COMPLETED", "run_other", 1]);
  });

  test("uses functions that were given to tasks.*, and asks handleError", async () => {
    const seen: unknown[] = [];
    tasks.onFailure("seen", ({ error }) => void seen.push((error as Error).message));
    const fails = task({
      id: "fails",
      run: async () => {
        throw new Error("first");
      },
      handleError: () => ({ error: new Error("second"), skipRetrying: true }),
    });
    const run = await runTask(fails, undefined);
    assert.deepEqual([run.status, run.error?.message, run.attempts.length, seen], ["FAILED", "second", 1, ["second"]]);
    const aborts = task({
      id: "aborts",
      run: async () => {
        throw new AbortTaskRunError("enough");
      },
    });
    assert.equal((await runTask(aborts, undefined)).attempts.length, 1);
  });

  test("makes one attempt in a development environment whose configuration says so", async () => {
    const config = { retries: { enabledInDev: false } };
    const run = await runTask(flaky, { succeedsAt: 2 }, { config, environment: "DEVELOPMENT" });
    assert.deepEqual([run.status, run.attempts.length], ["FAILED", 1]);
  });
});
