import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Run__Output } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, schemaTask, tasks } from "@baton/sdk";
import { Project } from "../support/project.ts";
import { Service } from "../support/service.ts";
import { TracedRuns } from "../support/traced-runs.ts";

/** Plays no part unless a payload plans something for it. */
const configFile = `import { defineConfig } from "@baton/sdk";
import { act } from "./trace.ts";

export default defineConfig({
  handleError: (payload: any, _error: unknown, params: any) => act(payload, "G.handleError", params),
});
`;

const taskFile = `import { threadId } from "node:worker_threads";
import { AbortTaskRunError, runs, schemaTask, task } from "@baton/sdk";
import { act, note } from "../trace.ts";

const retry = { maxAttempts: 3, minTimeoutInMs: 1, factor: 1, randomize: false } as const;

const thrown: Record<string, () => unknown> = {
  string: () => "no",
  object: () => ({ code: 7 }),
  abort: () => new AbortTaskRunError("enough"),
  long: () => {
    const error = new Error("m".repeat(1_000_000));
    error.stack = "Error: long\\n" + Array.from({ length: 500 }, (_, frame) => "    at frame" + frame + " (file.ts:1:1)").join("\\n");
    return error;
  },
};

const decisions: Record<string, () => any> = {
  skip: () => ({ skipRetrying: true }),
  soon: () => ({ retryDelayInMs: 50 }),
  past: () => ({ retryAt: new Date(0) }),
  both: () => ({ retryAt: new Date(Date.now() + 10), retryDelayInMs: 60_000 }),
  policy: () => ({ retry: { maxAttempts: 2, minTimeoutInMs: 10 } }),
  replace: () => ({ error: new Error("x") }),
  replaceAndRetry: () => ({ error: new Error("x"), retryDelayInMs: 0 }),
  malformed: () => ({ retryAt: "soon" }),
};

export const fails = task({
  id: "fails",
  retry,
  run: async (payload: any, params) => {
    note(payload, "run", params, { threadId });
    if (params.ctx.attempt.number > (payload.succeedsAfter ?? Infinity)) return "at last";
    throw thrown[payload.throws]?.() ?? new Error("planned");
  },
  handleError: (payload: any, _error, params) => {
    act(payload, "T.handleError", params);
    return decisions[payload.decides]?.();
  },
  onFailure: (payload: any, _error, params) => note(payload, "T.onFailure", params),
  onComplete: (params) => note(params.payload as any, "T.onComplete", params),
  cleanup: (payload: any, params) => note(payload, "T.cleanup", params),
});

export const quarter = task({
  id: "quarter",
  retry: { maxAttempts: 4, factor: 1, minTimeoutInMs: 250, randomize: false },
  run: async () => { throw new Error("planned"); },
});

export const growing = task({
  id: "growing",
  retry: { maxAttempts: 4, factor: 1.8, minTimeoutInMs: 100, maxTimeoutInMs: 200, randomize: false },
  run: async () => { throw new Error("planned"); },
});

export const random = task({
  id: "random",
  retry: { maxAttempts: 6, factor: 1, minTimeoutInMs: 100 },
  run: async () => { throw new Error("planned"); },
});

export const atOnce = task({
  id: "at-once",
  retry: { maxAttempts: 3, minTimeoutInMs: 0 },
  run: async () => { throw new Error("planned"); },
});

export const five = task({
  id: "five",
  retry: { maxAttempts: 5, minTimeoutInMs: 0 },
  run: async () => { throw new Error("planned"); },
});

const circular: any = {};
circular.self = circular;
const outputs: Record<string, () => unknown> = {
  function: () => () => 1,
  symbol: () => Symbol("s"),
  methods: () => new (class { pay() {} })(),
  promise: () => ({ later: Promise.resolve(1) }),
  bigint: () => 10n,
  circular: () => circular,
  map: () => new Map([["a", 1]]),
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  empty: () => "",
  array: () => [],
  dropped: () => ({ a: undefined }),
  date: () => new Date(0),
};

export const gives = task({
  id: "gives",
  retry,
  run: async (payload: any) => outputs[payload.output]!(),
  onSuccess: (payload: any, _output, params) => note(payload, "T.onSuccess", params),
  onFailure: (payload: any, _error, params) => note(payload, "T.onFailure", params),
});

export const checked = schemaTask({
  id: "checked",
  retry,
  schema: {
    parse: (value: any): { file: string; n: number } => {
      if (value.n !== undefined && typeof value.n !== "number") throw new RangeError("n has to be a number");
      return { ...value, n: (value.n ?? 5) + 1 };
    },
  },
  init: (payload: any, params) => { note(payload, "T.init", params); },
  run: async (payload, params) => {
    note(payload, "run", params);
    return payload.n;
  },
  handleError: (payload: any, _error, params) => { note(payload, "T.handleError", params); },
  onFailure: (payload: any, _error, params) => { note(payload, "T.onFailure", params); },
  cleanup: (payload: any, params) => { note(payload, "T.cleanup", params); },
});

export const late = task({
  id: "late",
  retry: { ...retry, maxAttempts: 2 },
  run: async (payload: any, params) => {
    note(payload, "run", params, { threadId });
    if (params.ctx.attempt.number > 1) return "fine";
    setTimeout(() => { throw new Error("from a timer"); }, 5);
    await new Promise(() => undefined);
  },
  handleError: (payload: any, _error, params) => note(payload, "T.handleError", params),
});

export const exits = task({
  id: "exits",
  retry,
  run: async (payload: any, params) => {
    note(payload, "run", params);
    process.exit(0);
  },
  onFailure: (payload: any, _error, params) => note(payload, "T.onFailure", params),
  cleanup: (payload: any, params) => note(payload, "T.cleanup", params),
});

export const asks = task({
  id: "asks",
  retry,
  run: async () => runs.retrieve("run_doesnotexist"),
});

export const patient = task({
  id: "patient",
  retry: { maxAttempts: 2, factor: 1, minTimeoutInMs: 3_000, randomize: false },
  run: async (payload: any, params) => {
    note(payload, "run", params, { at: Date.now() });
    if (params.ctx.attempt.number === 1) throw new Error("planned");
    return "kept";
  },
});
`;

describe("errors and retrying", () => {
  let traced: TracedRuns;

  before(async () => {
    traced = await TracedRuns.start({ "trigger.config.ts": configFile, "trigger/tasks.ts": taskFile });
  });
  after(() => traced?.[Symbol.asyncDispose]());

  const failing = (payload: object, options: object = {}) =>
    traced.run("fails", payload as Record<string, unknown>, options);
  const count = (names: readonly string[], name: string) => names.filter((called) => called === name).length;

  /** Returns the stored run. */
  function stored(id: string): Promise<Run__Output> {
    return new Promise((resolve, reject) => {
      traced.cluster.runsClient.getRun({ runId: id }, (error, response) =>
        response?.run ? resolve(response.run) : reject(error ?? new Error("no run")),
      );
    });
  }

  /** Returns the times between the end of each attempt and the start of the next one, in milliseconds. */
  function gapsOf({ attempts }: { readonly attempts: readonly { startedAt?: Date; completedAt?: Date }[] }): number[] {
    return attempts.slice(1).map(({ startedAt }, index) => Number(startedAt) - Number(attempts[index]?.completedAt));
  }

  test("stores a thrown string as it is [case 39]", async () => {
    const { run } = await failing({ throws: "string" }, { maxAttempts: 1 });
    const { error } = await stored(run.id);
    assert.deepEqual([run.status, error?.type, error?.raw], ["FAILED", "TASK_ERROR_TYPE_STRING", "no"]);
  });

  test("stores any other thrown value as its JSON [case 40]", async () => {
    const { run } = await failing({ throws: "object" }, { maxAttempts: 1 });
    const { error } = await stored(run.id);
    assert.deepEqual([error?.type, error?.raw], ["TASK_ERROR_TYPE_CUSTOM", '{"code":7}']);
  });

  test("makes no second attempt after AbortTaskRunError, and asks no handler [case 41]", async () => {
    const { run, names } = await failing({ throws: "abort" }, { maxAttempts: 10 });
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", 1]);
    assert.deepEqual([count(names, "T.handleError"), count(names, "T.onFailure")], [0, 1]);
  });

  test("keeps the policy when handleError returns nothing [case 42]", async () => {
    const { run, calls } = await failing({ succeedsAfter: 1 });
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 2]);
    assert.equal(calls.find(({ name }) => name === "T.handleError")?.retryDelayInMs, 1);
  });

  test("ends after the attempt of which handleError says skipRetrying [case 43]", async () => {
    const { run } = await failing({ decides: "skip" });
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", 1]);
  });

  test("makes no second attempt for a retryDelayInMs when maxAttempts is 1, and logs why [case 44]", async () => {
    const { run, names } = await failing({ decides: "soon", succeedsAfter: 1 }, { maxAttempts: 1 });
    assert.deepEqual([run.status, run.attemptCount, run.error?.message], ["FAILED", 1, "planned"]);
    assert.deepEqual([count(names, "T.onFailure"), count(names, "T.onComplete")], [1, 1]);
    const warnings = (await traced.logsOf(run)).filter(({ level }) => level === "warn");
    assert.match(warnings.map(({ message }) => message).join(), /maxAttempts of 1/);
  });

  test("waits as long as a retryDelayInMs says while maxAttempts allows another attempt [case 44]", async () => {
    const { run } = await failing({ decides: "soon", succeedsAfter: 1 }, { maxAttempts: 2 });
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 2]);
    assert.ok((gapsOf(run)[0] ?? 0) >= 50, String(gapsOf(run)));
  });

  test("a handler that always names a delay makes no more attempts than the task allows [case 44]", async () => {
    const { run } = await failing({ decides: "replaceAndRetry" });
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", 3]);
  });

  test("retries at once for a retryAt in the past [case 45]", async () => {
    const { run } = await failing({ decides: "past", succeedsAfter: 1 });
    assert.deepEqual([run.status, run.attemptCount], ["COMPLETED", 2]);
  });

  test("prefers retryAt to retryDelayInMs [case 46]", async () => {
    const { run } = await failing({ decides: "both", succeedsAfter: 1 });
    assert.equal(run.status, "COMPLETED");
    assert.ok((gapsOf(run)[0] ?? 60_000) < 30_000);
  });

  test("follows the policy that handleError returns [case 47]", async () => {
    const { run } = await failing({ decides: "policy" });
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", 2]);
  });

  test("stores and hands on the error that takes the place of the thrown one, and retries no more [case 48]", async () => {
    const { run, calls } = await failing({ decides: "replace" });
    assert.deepEqual([run.status, run.attemptCount, run.error?.message], ["FAILED", 1, "x"]);
    assert.equal(calls.find(({ name }) => name === "T.onFailure")?.error, "x");
  });

  test("stores the replaced error with the attempt that is retried [case 49]", async () => {
    const { run } = await failing({ decides: "replaceAndRetry", succeedsAfter: 1 });
    assert.deepEqual([run.status, run.attempts[0]?.error?.message], ["COMPLETED", "x"]);
  });

  for (const [number, what, payload] of [
    [50, "a handleError that throws", { plan: { "T.handleError": { throws: "broken" } } }],
    [51, "a retryAt that is no date", { decides: "malformed" }],
  ] as const) {
    test(`${number}: crashes for ${what}, calls no onFailure, and cleans up`, async () => {
      const { run, names } = await failing(payload);
      assert.deepEqual([run.status, run.error?.name, run.attemptCount], ["CRASHED", "HANDLE_ERROR_ERROR", 1]);
      assert.deepEqual([count(names, "T.onFailure"), count(names, "T.cleanup")], [0, 1]);
    });
  }

  test("tells handleError of no retry at the last attempt [case 52]", async () => {
    const { calls } = await failing({}, { maxAttempts: 2 });
    const [first, last] = calls.filter(({ name }) => name === "T.handleError");
    assert.ok(first && "retryDelayInMs" in first && "retryAt" in first);
    assert.ok(last && !("retryDelayInMs" in last) && !("retryAt" in last));
  });

  test("asks the configuration's handleError when the task's returns nothing [case 53]", async () => {
    const { run } = await failing({ plan: { "G.handleError": { returns: { skipRetrying: true } } } });
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", 1]);
  });

  test("waits as long as the policy says between attempts, never shorter [case 54]", async () => {
    const [quarter, growing, atOnce] = await Promise.all(
      ["quarter", "growing", "at-once"].map(async (id) => (await traced.run(id)).run),
    );
    for (const [run, expected] of [
      [quarter, [250, 250, 250]],
      [growing, [100, 180, 200]],
      [atOnce, [0, 0]],
    ] as const) {
      const gaps = gapsOf(run as NonNullable<typeof run>);
      assert.equal(gaps.length, expected.length);
      for (const [index, gap] of gaps.entries()) {
        const wanted = expected[index] ?? 0;
        assert.ok(gap >= wanted && gap < wanted + 5_000, `${gaps} where ${expected} was due`);
      }
    }
  });

  test("spreads random delays between one and two times their base [case 55]", async () => {
    const { run } = await traced.run("random");
    const gaps = gapsOf(run);
    assert.equal(gaps.length, 5);
    assert.ok(
      gaps.every((gap) => gap >= 100),
      String(gaps),
    );
    assert.ok(new Set(gaps).size > 1, String(gaps));
  });

  test("makes one attempt for a maxAttempts of 1 or 0 at the trigger [case 56]", async () => {
    for (const maxAttempts of [1, 0]) {
      const { run } = await traced.run("five", {}, { maxAttempts });
      assert.deepEqual([run.status, run.attemptCount], ["FAILED", 1]);
    }
  });

  test("fails a run whose output cannot be stored, without another attempt [case 57]", async () => {
    for (const output of ["function", "symbol", "methods", "promise"]) {
      const { run, names } = await traced.run("gives", { output });
      assert.deepEqual([run.status, run.error?.name, run.attemptCount], ["FAILED", "TASK_OUTPUT_ERROR", 1], output);
      assert.deepEqual(names, ["T.onFailure"], output);
    }
  });

  test("stores every other output as JSON text, and gives it back as it was [cases 57, 58, 0.4]", async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const expected: readonly (readonly [output: string, json: string, value: unknown])[] = [
      ["undefined", "", undefined],
      ["null", "null", null],
      ["zero", "0", 0],
      ["empty", '""', ""],
      ["array", "[]", []],
      ["dropped", "{}", { a: undefined }],
      ["bigint", '"10"', 10n],
      ["circular", '{"self":null}', circular],
      ["map", '[["a",1]]', new Map([["a", 1]])],
    ];
    for (const [output, json, value] of expected) {
      const { run } = await traced.run("gives", { output });
      assert.equal(run.status, "COMPLETED", output);
      assert.equal((await stored(run.id)).output, json);
      assert.deepEqual(run.output, value, output);
    }
  });

  test("stores a Date as its ISO string, and gives a Date back [case 59]", async () => {
    const { run } = await traced.run("gives", { output: "date" });
    assert.equal((await stored(run.id)).output, '"1970-01-01T00:00:00.000Z"');
    assert.deepEqual(run.output, new Date(0));
  });

  test("fails a run whose payload the schema refuses before anything but onFailure is called [case 60]", async () => {
    const { run, names } = await traced.run("checked", { n: "three" });
    assert.deepEqual([run.status, run.error?.name, run.attemptCount], ["FAILED", "TaskPayloadParsedError", 1]);
    assert.match(run.error?.message ?? "", /n has to be a number/);
    assert.deepEqual(names, ["T.onFailure"]);
  });

  test("rejects a trigger of the task itself with the error of its schema, and makes no run [case 61]", async () => {
    const parse = (value: { n?: unknown }): { n: number } => {
      if (typeof value.n !== "number") throw new RangeError("n has to be a number");
      return { n: value.n };
    };
    const checked = schemaTask({ id: "checked-here", schema: { parse }, run: async ({ n }) => n });
    await assert.rejects(checked.trigger({ n: "three" } as never), RangeError);
    const { data } = await runs.list({ taskIdentifier: "checked-here" });
    assert.deepEqual(data, []);
  });

  test("applies the transforms of a schema once [case 62]", async () => {
    assert.equal((await traced.run("checked", { n: 1 })).run.output, 2);
    assert.equal((await traced.run("checked")).run.output, 6);
  });

  test("fails an attempt for an error that nobody caught, and makes the next one in another thread [case 63]", async () => {
    const { run, calls } = await traced.run("late");
    assert.deepEqual(
      [run.status, run.output, run.attempts[0]?.error?.name],
      ["COMPLETED", "fine", "TASK_RUN_UNCAUGHT_EXCEPTION"],
    );
    assert.match(run.attempts[0]?.error?.message ?? "", /from a timer/);
    const [first, second] = calls.filter(({ name }) => name === "run");
    assert.notEqual(first?.threadId, second?.threadId);
    assert.equal(calls.find(({ name }) => name === "T.handleError")?.error, "from a timer");
  });

  test("crashes a run that exits, by the policy and without a hook [case 64]", async () => {
    const { run, names } = await traced.run("exits");
    const code = "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE";
    assert.deepEqual([run.status, run.error?.name, run.attemptCount], ["CRASHED", code, 3]);
    assert.deepEqual(names, ["run", "run", "run"]);
  });

  test("cuts a long message and a deep stack [case 65]", async () => {
    const { run } = await failing({ throws: "long" }, { maxAttempts: 1 });
    const { error } = await stored(run.id);
    assert.ok(Buffer.byteLength(error?.message ?? "") < 4_200, String(error?.message.length));
    const frames = (error?.stackTrace ?? "").split("\n").filter((line) => line.trim().startsWith("at "));
    assert.ok(frames.length <= 50, String(frames.length));
    assert.match(frames[0] ?? "", /frame0 /);
    assert.match(frames.at(-1) ?? "", /frame499 /);
  });

  test("shows the frames of the task's own files only", async () => {
    const { run } = await failing({}, { maxAttempts: 1 });
    const { error } = await stored(run.id);
    const frames = (error?.stackTrace ?? "").split("\n").filter((line) => line.trim().startsWith("at "));
    assert.match(frames[0] ?? "", /at .*trigger\/.*\.ts:\d+:\d+/);
    assert.doesNotMatch(error?.stackTrace ?? "", /lifecycle|@baton|runner\//);
  });

  test("does not retry for an uncaught refusal of the coordinator [case 66]", async () => {
    const { run } = await traced.run("asks");
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", 1]);
    assert.match(run.error?.message ?? "", /run_doesnotexist/);
  });

  test("keeps a retry that is due when everything restarts, and makes it once [case 68]", async () => {
    const { calls: read, file } = traced.newFile();
    const { id } = await tasks.trigger("patient", { file });
    const waiting = await waitUntil("the retry to be due", async () => {
      const run = await stored(id);
      return run.status === "RUN_STATUS_REATTEMPTING" && run;
    });
    await traced.cluster.coordinator.kill("SIGKILL");
    for (const runner of traced.cluster.runners.splice(0)) await runner.kill("SIGKILL");
    traced.cluster.restartCoordinator();
    traced.cluster.addRunner();
    const again = await waitUntil("the coordinator to answer", () => stored(id).catch(() => undefined));
    if (again.status === "RUN_STATUS_REATTEMPTING") assert.deepEqual(again.retryTime, waiting.retryTime);
    const run = await runs.poll(id);
    assert.deepEqual([run.status, run.output, run.attemptCount], ["COMPLETED", "kept", 2]);
    const [first, second, ...more] = read().filter(({ name }) => name === "run");
    assert.deepEqual(more, []);
    assert.ok(Number(second?.at) - Number(first?.at) >= 3_000);
  });
});

test("retries in a development environment unless the configuration switched that off [case 67]", async () => {
  const files = (enabledInDev: boolean) => ({
    "package.json": '{ "type": "module" }',
    "trigger.config.ts": `export default { retries: { enabledInDev: ${enabledInDev} } };`,
    "trigger/tasks.ts": `import { task } from "@baton/sdk";

export const fails = task({
  id: "fails",
  retry: { maxAttempts: 3, minTimeoutInMs: 0 },
  run: async () => { throw new Error("planned"); },
});
`,
  });
  for (const [enabledInDev, attempts] of [
    [false, 1],
    [true, 3],
  ] as const) {
    await using project = await Project.create(files(enabledInDev));
    await using dev = new Service(["dev", "--listen", "127.0.0.1:0"], { cwd: project.dir });
    await dev.prints("fails  trigger/tasks.ts");
    const address = /127\.0\.0\.1:\d+/.exec(dev.stdout + dev.stderr)?.[0] ?? "";
    configure({ coordinator: address, tokenFile: project.path(".baton", "token") });
    const { id } = await tasks.trigger("fails", undefined);
    const run = await runs.poll(id);
    assert.deepEqual([run.status, run.attemptCount], ["FAILED", attempts]);
  }
});
