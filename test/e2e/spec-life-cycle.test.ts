import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TracedRuns } from "../support/traced-runs.ts";

/** Every hook of a configuration, writing itself down and doing what the payload plans for it. */
const configFile = `import { defineConfig } from "@baton/sdk";
import { act } from "./trace.ts";

export default defineConfig({
  middleware: async (payload: any, { next, ...params }: any) => {
    act(payload, "G.middleware in", params);
    await next();
    act(payload, "G.middleware out", params);
  },
  onStart: (payload: any, params: any) => act(payload, "G.onStart", params),
  init: (payload: any, params: any) => act(payload, "G.init", params),
  onStartAttempt: (params: any) => act(params.payload, "G.onStartAttempt", params),
  onSuccess: (payload: any, _output: unknown, params: any) => act(payload, "G.onSuccess", params),
  onFailure: (payload: any, _error: unknown, params: any) => act(payload, "G.onFailure", params),
  onComplete: (params: any) => act(params.payload, "G.onComplete", params),
});
`;

const taskFile = `import { locals, task, waitUntil } from "@baton/sdk";
import { act, note } from "../trace.ts";

const retry = { maxAttempts: 3, minTimeoutInMs: 1, randomize: false } as const;

export const hooked = task({
  id: "hooked",
  retry,
  middleware: async (payload: any, { next, ...params }: any) => {
    act(payload, "T.middleware in", params);
    const value = await next();
    act(payload, "T.middleware out", params);
    return value;
  },
  onStart: (payload: any, params) => act(payload, "T.onStart", params),
  init: (payload: any, params): any => act(payload, "T.init", params),
  onStartAttempt: (params) => act(params.payload, "T.onStartAttempt", params),
  run: async (payload: any, params) => act(payload, "run", params),
  handleError: (payload: any, _error, params) => act(payload, "T.handleError", params),
  onSuccess: (payload: any, output: any, params) => {
    if (payload.mutates) output.changed = true;
    return act(payload, "T.onSuccess", params);
  },
  onFailure: (payload: any, _error, params) => act(payload, "T.onFailure", params),
  onComplete: (params) => act(params.payload, "T.onComplete", params),
  cleanup: (payload: any, params) => act(payload, "T.cleanup", params),
});

class Pool {
  readonly size = 4;
  self(): Pool { return this; }
}
let pool: Pool | undefined;

export const instance = task({
  id: "instance",
  init: () => (pool = new Pool()),
  run: async (_payload: object, { init }) => ({ isThatVeryOne: init === pool, isPool: init.self() instanceof Pool }),
});

export const waits = task({
  id: "waits",
  run: async (payload: any, params) => {
    note(payload, "run", params);
    waitUntil(new Promise<void>((resolve, reject) => setTimeout(() => {
      note(payload, "settled", params);
      if (payload.rejects) reject(new Error("nobody minds"));
      else resolve();
    }, 200)));
    return "returned";
  },
});

export const frozen = task({
  id: "frozen",
  onStart: (payload: any, { ctx, ...params }) => {
    try {
      (ctx as any).run.id = "run_other";
    } catch (error) {
      note(payload, "threw", { ctx, ...params });
    }
    note(payload, "id", { ctx, ...params }, { id: ctx.run.id });
  },
  run: async () => undefined,
});

const seat = locals.create<number>("seat");

/** Says what an earlier run of this thread left behind. */
export const warm = task({
  id: "warm",
  run: async (payload: any) => {
    const found = locals.get(seat) ?? null;
    locals.set(seat, payload.n);
    const runsBefore = ((globalThis as any).warmRuns ??= []).length;
    (globalThis as any).warmRuns.push(payload.n);
    return { found, runsBefore };
  },
});
`;

const wholeAttempt = {
  enter: ["G.middleware in"],
  start: ["G.onStart", "T.onStart"],
  prepare: ["G.init", "T.init", "G.onStartAttempt", "T.onStartAttempt", "T.middleware in", "run"],
} as const;

describe("the life cycle", () => {
  let traced: TracedRuns;

  before(async () => {
    traced = await TracedRuns.start({ "trigger.config.ts": configFile, "trigger/tasks.ts": taskFile });
  });
  after(() => traced?.[Symbol.asyncDispose]());

  const ran = (plan: object = {}, more: object = {}, options: object = {}) =>
    traced.run("hooked", { plan, ...more }, options);
  const count = (names: readonly string[], name: string) => names.filter((called) => called === name).length;

  test("calls every hook in the order of the first trace [case 11]", async () => {
    const { run, names } = await ran({ run: { returns: 7 } });
    assert.deepEqual([run.status, run.output], ["COMPLETED", 7]);
    assert.deepEqual(names, [
      ...wholeAttempt.enter,
      ...wholeAttempt.start,
      ...wholeAttempt.prepare,
      "T.middleware out",
      "T.onSuccess",
      "G.onSuccess",
      "T.onComplete",
      "G.onComplete",
      "T.cleanup",
      "G.middleware out",
    ]);
  });

  test("of a failure and a success starts once, prepares twice, and never fails the run [case 12]", async () => {
    const { run, names } = await ran({ run: [{ throws: "first" }, null] });
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 2]);
    const counts = ["T.onStart", "T.init", "T.cleanup", "T.onSuccess", "T.onFailure"].map((name) => count(names, name));
    assert.deepEqual(counts, [1, 2, 2, 1, 0]);
  });

  test("hands what init returned to run, cleanup, onSuccess and onFailure [case 13]", async () => {
    const init = { a: 1 };
    const succeeded = await ran({ "T.init": { returns: init } });
    const failed = await ran({ "T.init": { returns: init }, run: { throws: "no" } }, {}, { maxAttempts: 1 });
    for (const [calls, names] of [
      [succeeded.calls, ["run", "T.onSuccess", "T.cleanup"]],
      [failed.calls, ["run", "T.onFailure", "T.cleanup"]],
    ] as const) {
      for (const name of names) assert.deepEqual(calls.find((call) => call.name === name)?.init, init, name);
    }
  });

  test("merges what the configuration's and the task's init return [case 14]", async () => {
    const { calls } = await ran({ "G.init": { returns: { a: 1, b: 1 } }, "T.init": { returns: { b: 2 } } });
    assert.deepEqual(calls.find(({ name }) => name === "run")?.init, { a: 1, b: 2 });
  });

  test("hands a class instance over as that very instance [case 15]", async () => {
    const { run } = await traced.run("instance");
    assert.deepEqual(run.output, { isThatVeryOne: true, isPool: true });
  });

  test("goes on without what a throwing init would have given, and warns [case 16]", async () => {
    const { run, calls } = await ran({ "T.init": { throws: "no pool" } });
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(calls.find(({ name }) => name === "run")?.init, {});
    const lines = await traced.logsOf(run);
    assert.ok(
      lines.some(({ level, message }) => level === "warn" && message.includes("no pool")),
      JSON.stringify(lines),
    );
  });

  test("calls the task's onStart after the configuration's threw, and run after both [case 17]", async () => {
    const { run, names } = await ran({ "G.onStart": { throws: "g" }, "T.onStart": { throws: "t" } });
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 1]);
    assert.deepEqual(names.slice(1, 3), ["G.onStart", "T.onStart"]);
  });

  test("completes a run whose onSuccess throws, and calls the later hooks [case 18]", async () => {
    const { run, names } = await ran({ "T.onSuccess": { throws: "no" } });
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual(names.slice(-5), ["G.onSuccess", "T.onComplete", "G.onComplete", "T.cleanup", "G.middleware out"]);
  });

  test("keeps the error of run when onFailure throws too [case 19]", async () => {
    const plan = { run: { throws: "original" }, "T.onFailure": { throws: "other" } };
    const { run, names } = await ran(plan, {}, { maxAttempts: 1 });
    assert.deepEqual([run.status, run.error?.message], ["FAILED", "original"]);
    assert.ok(names.includes("G.onFailure"));
  });

  test("calls neither onFailure nor onComplete while attempts are left [case 20]", async () => {
    const { names } = await ran({ run: { throws: "always" } });
    assert.deepEqual(
      ["run", "T.onFailure", "G.onFailure", "T.onComplete", "G.onComplete"].map((name) => count(names, name)),
      [3, 1, 1, 1, 1],
    );
  });

  test("fails an attempt whose cleanup throws, and the run with that error when none is left [case 21]", async () => {
    const { run, names, calls } = await ran({ "T.cleanup": { throws: "left open" } }, {}, { maxAttempts: 2 });
    assert.deepEqual([run.status, run.attemptCount, run.error?.message], ["FAILED", 2, "left open"]);
    assert.deepEqual([count(names, "T.onFailure"), count(names, "T.handleError")], [1, 0]);
    assert.equal(calls.find(({ name }) => name === "T.onFailure")?.error, "left open");
  });

  test("keeps the error of run when cleanup throws another [case 22]", async () => {
    const { run } = await ran({ run: { throws: "E1" }, "T.cleanup": { throws: "E2" } }, {}, { maxAttempts: 1 });
    assert.deepEqual([run.status, run.error?.message], ["FAILED", "E1"]);
  });

  test("stores the output as run returned it, whatever onSuccess does to it [case 23]", async () => {
    const { run } = await ran({ run: { returns: { kept: 1 } } }, { mutates: true });
    assert.deepEqual(run.output, { kept: 1 });
  });

  test("starts from outside and ends from inside [case 24]", async () => {
    const { names } = await ran();
    assert.ok(names.indexOf("G.onStart") < names.indexOf("T.onStart"));
    assert.ok(names.indexOf("T.onSuccess") < names.indexOf("G.onSuccess"));
  });

  test("fails an attempt whose onStartAttempt throws, without run [case 25]", async () => {
    const { run, names } = await ran({ "T.onStartAttempt": [{ throws: "not yet" }, null] });
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 2]);
    assert.deepEqual([count(names, "run"), count(names, "T.handleError")], [1, 1]);
  });

  test("does not end before what waitUntil was given has settled, however that ends [case 26]", async () => {
    for (const rejects of [false, true]) {
      const { run, names } = await traced.run("waits", { rejects });
      assert.deepEqual([run.status, run.output], ["COMPLETED", "returned"]);
      assert.deepEqual(
        names.filter((name) => !name.startsWith("G.")),
        ["run", "settled"],
      );
      assert.ok((run.attempts[0]?.durationMs ?? 0) >= 195, `${run.attempts[0]?.durationMs} ms`);
    }
  });

  test("lets no hook change ctx [case 27]", async () => {
    const { run, calls } = await traced.run("frozen");
    assert.deepEqual([run.status, calls.find(({ name }) => name === "id")?.id], ["COMPLETED", run.id]);
  });

  test("shows no local of an earlier run in the same thread [case 28]", async () => {
    const outputs: { found: unknown; runsBefore: number }[] = [];
    for (let n = 1; n <= 12; n += 1) {
      const { run } = await traced.run("warm", { n });
      outputs.push(run.output as (typeof outputs)[number]);
    }
    assert.ok(
      outputs.some(({ runsBefore }) => runsBefore > 0),
      "a thread was used again",
    );
    assert.ok(
      outputs.every(({ found }) => found === null),
      JSON.stringify(outputs),
    );
  });
});
