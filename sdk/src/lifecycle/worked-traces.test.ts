import assert from "node:assert/strict";
import { test } from "node:test";
import type { HookKind, RegisteredHook } from "../attempt/runtime.ts";
import type { FailureCircumstances } from "./error-decision.ts";
import { executeLife, type LifeUnderTest } from "./life-fixture.test.support.ts";

/** One call of a function around `run`: its name, then its arguments without the members that every hook gets. */
type Call = readonly [name: string, ...args: unknown[]];

const payload = { w: 10 };
const boom = new Error("boom");

/** Members that every hook gets; checked at each call and left out of the trace. */
function ownMembers(params: Record<string, unknown>): unknown {
  const { payload: given, ctx, signal, task, next, ...own } = params;
  assert.deepEqual(given, payload);
  assert.deepEqual(ctx, { run: { id: "run_1" } });
  assert.ok(signal instanceof AbortSignal);
  assert.equal(task, "subject");
  if (next !== undefined) assert.equal(typeof next, "function");
  return own;
}

/** Returns hooks of a task that record their calls. */
function recorder(calls: Call[]) {
  const positional =
    (name: string, effect: () => unknown = () => undefined) =>
    (...args: unknown[]) => {
      const own = ownMembers(args.at(-1) as Record<string, unknown>);
      assert.deepEqual(args[0], payload);
      calls.push([name, ...args.slice(1, -1), own]);
      return effect();
    };
  const object =
    (name: string, effect: () => unknown = () => undefined) =>
    (params: Record<string, unknown>) => {
      calls.push([name, ownMembers(params)]);
      return effect();
    };
  const registered = (kind: HookKind, effect?: () => unknown): RegisteredHook => ({
    kind,
    name: `global ${kind}`,
    fn: object(`G.${kind}`, effect) as RegisteredHook["fn"],
  });
  const around =
    (name: string) =>
    async (...args: unknown[]) => {
      const params = args.at(-1) as Record<string, unknown>;
      ownMembers(params);
      calls.push([`${name} in`]);
      const value = await (params.next as () => Promise<unknown>)();
      calls.push([`${name} out`, value]);
      return value;
    };
  const run = (effect: () => unknown) => (given: unknown, params: { init: unknown }) => {
    assert.deepEqual(given, payload);
    calls.push(["run", { init: params.init }]);
    return effect();
  };
  return { positional, object, registered, around, run };
}

function fail(): never {
  throw boom;
}

const settings = { maxAttempts: 3, factor: 2, minTimeoutInMs: 1000, maxTimeoutInMs: 60_000, randomize: false };

/** The members of `handleError` after attempt n of 3; the moment of the retry is known but for the clock. */
function asked(attemptNumber: number): readonly [string, ...unknown[]] {
  const retryDelayInMs = [1000, 2000, undefined][attemptNumber - 1];
  const retryAt = retryDelayInMs === undefined ? undefined : "a Date";
  return ["handleError", boom, { error: boom, init: { a: 1 }, retry: settings, retryAt, retryDelayInMs }];
}

/** Hooks of a task that all succeed, and `run` with this effect, in attempt n. */
async function traceOfTaskHooks(
  attemptNumber: number,
  effects: Partial<Record<"run" | "init" | "onStart" | "handleError" | "cleanup", () => unknown>>,
  more: Omit<LifeUnderTest, "circumstances"> & { circumstances?: Partial<FailureCircumstances> } = {},
) {
  const calls: Call[] = [];
  const { positional, object, run } = recorder(calls);
  const { end, warnings } = await executeLife({
    payload,
    run: run(effects.run ?? (() => "out")),
    task: {
      onStart: positional("onStart", effects.onStart),
      init: positional("init", effects.init ?? (() => ({ a: 1 }))),
      handleError: positional("handleError", effects.handleError),
      onSuccess: positional("onSuccess"),
      onFailure: positional("onFailure"),
      onComplete: object("onComplete"),
      cleanup: positional("cleanup", effects.cleanup),
    },
    circumstances: { attemptNumber },
    ...more,
  });
  const trace = calls.map(([name, ...args]) => [
    name,
    ...args.map((arg) => {
      const { retryAt } = (arg ?? {}) as { retryAt?: unknown };
      return retryAt instanceof Date ? { ...(arg as object), retryAt: "a Date" } : arg;
    }),
  ]);
  return { trace, end, warnings };
}

const init = { a: 1 };
const begin = [
  ["onStart", {}],
  ["init", {}],
  ["run", { init }],
];
const succeeded = [
  ["onSuccess", "out", { output: "out", init }],
  ["onComplete", { result: { ok: true, data: "out" }, init }],
];
const failedFor = (error: unknown) => [
  ["onFailure", error, { error, init }],
  ["onComplete", { result: { ok: false, error }, init }],
];
const cleanup = ["cleanup", { init }];

test("success in one attempt calls global hooks around those of the task", async () => {
  const calls: Call[] = [];
  const { positional, object, registered, around, run } = recorder(calls);
  const { end, isClean } = await executeLife({
    payload,
    run: run(() => "out"),
    config: { init: positional("G.init", () => ({ g: 1 })) },
    registered: [
      { kind: "middleware", name: "outer", fn: around("G.middleware") as never },
      registered("onStart"),
      registered("onStartAttempt"),
      registered("onSuccess"),
      registered("onComplete"),
    ],
    task: {
      onStart: positional("T.onStart"),
      init: positional("T.init", () => ({ t: 1 })),
      onStartAttempt: object("T.onStartAttempt"),
      middleware: around("T.middleware"),
      onSuccess: positional("T.onSuccess"),
      onComplete: object("T.onComplete"),
      cleanup: positional("T.cleanup"),
    },
  });
  const both = { g: 1, t: 1 };
  assert.deepEqual(calls, [
    ["G.middleware in"],
    ["G.onStart", {}],
    ["T.onStart", {}],
    ["G.init", {}],
    ["T.init", {}],
    ["G.onStartAttempt", {}],
    ["T.onStartAttempt", {}],
    ["T.middleware in"],
    ["run", { init: both }],
    ["T.middleware out", "out"],
    ["T.onSuccess", "out", { output: "out", init: both }],
    ["G.onSuccess", { output: "out", init: both }],
    ["T.onComplete", { result: { ok: true, data: "out" }, init: both }],
    ["G.onComplete", { result: { ok: true, data: "out" }, init: both }],
    ["T.cleanup", { init: both }],
    ["G.middleware out", undefined],
  ]);
  assert.deepEqual({ end, isClean }, { end: { type: "succeeded", output: '"out"' }, isClean: true });
});

test("an attempt that fails and is retried calls no outcome hooks; onStart belongs to the first attempt", async () => {
  const first = await traceOfTaskHooks(1, { run: fail });
  assert.deepEqual(first.trace, [...begin, asked(1), cleanup]);
  assert.deepEqual(first.end.type === "failed" && first.end.decision, { type: "retry", delayMs: 1000 });
  const second = await traceOfTaskHooks(2, {});
  assert.deepEqual(second.trace, [...begin.slice(1), ...succeeded, cleanup]);
});

test("the last of three failures calls onFailure and onComplete", async () => {
  const second = await traceOfTaskHooks(2, { run: fail });
  assert.deepEqual(second.trace, [...begin.slice(1), asked(2), cleanup]);
  const third = await traceOfTaskHooks(3, { run: fail });
  assert.deepEqual(third.trace, [...begin.slice(1), asked(3), ...failedFor(boom), cleanup]);
  assert.deepEqual(third.end.type === "failed" && third.end.decision, { type: "final", status: "failed" });
});

test("an AbortTaskRunError is final and handleError is not asked", async () => {
  const abort = Object.assign(new Error("stop"), { name: "AbortTaskRunError" });
  const run = () => {
    throw abort;
  };
  const { trace, end } = await traceOfTaskHooks(1, { run });
  assert.deepEqual(trace, [...begin, ...failedFor(abort), cleanup]);
  assert.deepEqual(end.type === "failed" && end.decision, { type: "final", status: "failed" });
});

test("an error of init is ignored: init is empty", async () => {
  const { trace, end, warnings } = await traceOfTaskHooks(1, { init: fail });
  assert.deepEqual(trace, [
    ["onStart", {}],
    ["init", {}],
    ["run", { init: {} }],
    ["onSuccess", "out", { output: "out", init: {} }],
    ["onComplete", { result: { ok: true, data: "out" }, init: {} }],
    ["cleanup", { init: {} }],
  ]);
  assert.equal(end.type, "succeeded");
  assert.match(warnings.join(), /^init threw, which is ignored\. Error: boom/);
});

test("an error of onStart is ignored", async () => {
  const { trace, end, warnings } = await traceOfTaskHooks(1, { onStart: fail });
  assert.deepEqual(trace, [...begin, ...succeeded, cleanup]);
  assert.equal(end.type, "succeeded");
  assert.match(warnings.join(), /^onStart threw/);
});

test("an error of handleError crashes the run and calls only cleanup", async () => {
  const { trace, end } = await traceOfTaskHooks(1, { run: fail, handleError: fail });
  assert.deepEqual(trace, [...begin, asked(1), cleanup]);
  assert.ok(end.type === "failed" && end.error.type === "internal");
  assert.equal(end.error.code, "HANDLE_ERROR_ERROR");
  assert.deepEqual(end.decision, { type: "final", status: "crashed" });
});

test("an error of cleanup after a success is retried by the default policy", async () => {
  const { trace, end } = await traceOfTaskHooks(1, { cleanup: fail });
  assert.deepEqual(trace, [...begin, ...succeeded, cleanup]);
  assert.deepEqual(end.type === "failed" && end.decision, { type: "retry", delayMs: 1000 });
  const last = await traceOfTaskHooks(3, { cleanup: fail });
  assert.deepEqual(last.trace, [...begin.slice(1), ...succeeded, cleanup, ["onFailure", boom, { error: boom, init }]]);
  assert.equal(last.end.type === "failed" && last.end.error.type === "builtIn" && last.end.error.message, "boom");
});

test("an output that cannot be stored is final", async () => {
  const { trace, end } = await traceOfTaskHooks(1, { run: () => () => 1 });
  assert.ok(end.type === "failed" && end.error.type === "internal");
  assert.equal(end.error.code, "TASK_OUTPUT_ERROR");
  const shown = (trace[3] as unknown[])[1];
  assert.ok(shown instanceof Error);
  assert.deepEqual(trace, [...begin, ...failedFor(shown), cleanup]);
});

test("a payload that the schema refuses calls onFailure and onComplete with the raw payload, and nothing else", async () => {
  const parsePayload = () => {
    throw new Error("w is too small");
  };
  const { trace, end } = await traceOfTaskHooks(1, {}, { parsePayload });
  assert.ok(end.type === "failed" && end.error.type === "builtIn");
  assert.equal(end.error.name, "TaskPayloadParsedError");
  assert.match(end.error.message, /w is too small/);
  const error = (trace[0] as unknown[])[1] as Error;
  assert.equal(error.name, "TaskPayloadParsedError");
  assert.deepEqual(trace, [
    ["onFailure", error, { error, init: {} }],
    ["onComplete", { result: { ok: false, error }, init: {} }],
  ]);
});
