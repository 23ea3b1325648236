import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspect, isDeepStrictEqual } from "node:util";
import type { Run__Output, TriggerItem } from "@baton/proto";
import { configure, runs, schemaTask, tasks } from "@baton/sdk";
import { z } from "zod";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";

const taskFile = `import { isDeepStrictEqual } from "node:util";
import { runs, schemaTask, task } from "@baton/sdk";
import { z } from "zod";

/** Answers with what it got, and with what Node.js calls the type of it. */
export const echo = task({
  id: "echo",
  run: async (payload: any) => ({ value: payload.value, tag: Object.prototype.toString.call(payload.value) }),
});

/** Gives its payload as it is. */
export const give = task({ id: "give", run: async (payload: any) => payload });

export const nothing = task({ id: "nothing", run: async (payload: any) => payload === undefined });

/** What hooks see. */
const seen: unknown[] = [];
export const hooked = task({
  id: "hooked",
  middleware: async (payload: any, { next }) => { seen.push(payload.at instanceof Date); return await next(); },
  onStart: (payload: any) => void seen.push(payload.at instanceof Date),
  run: async (payload: { at: Date }) => { seen.push(payload.at instanceof Date); return new Map([["seen", [...seen]]]); },
});

/** Triggers a child with a payload and compares what it gives. */
export const parent = task({
  id: "parent",
  run: async (payload: { map: Map<string, Date> }) => {
    const handle = await echo.trigger({ value: payload.map });
    const batch = await echo.batchTrigger([{ payload: { value: payload.map } }]);
    const children = await Promise.all([handle, ...batch.runs].map((run) => runs.poll(run, { pollIntervalMs: 50 })));
    return children.map((child: any) => isDeepStrictEqual(child.output.value, payload.map) && child.output.tag);
  },
});

export const dated = schemaTask({
  id: "dated",
  schema: z.object({ at: z.date(), ids: z.set(z.bigint()) }),
  run: async ({ at, ids }) => ({ next: new Date(at.getTime() + 1), count: ids.size }),
});

export const refuses = task({ id: "refuses", run: async () => ({ items: [1, { onDone: () => 1 }] }) });

class PaymentError extends Error {
  code = "card_declined";
  status = 402;
}
export const fails = task({
  id: "fails",
  retry: { maxAttempts: 2, minTimeoutInMs: 1, randomize: false },
  run: async (payload: any) => {
    if (payload === "uncaught") {
      setTimeout(() => { throw new Error("late", { cause: new RangeError("reset") }); }, 1);
      await new Promise(() => {});
    }
    if (payload === "aggregate") throw new AggregateError([new TypeError("first"), "second"], "all failed");
    throw new PaymentError("no money", { cause: new Error("gateway", { cause: Object.assign(new Error("socket"), { code: "ECONNRESET" }) }) });
  },
  onFailure: (_payload, error: any) => {
    console.log("thrown:", error instanceof AggregateError || error instanceof PaymentError || error.cause instanceof RangeError);
  },
});
`;

const cyclic: Record<string, unknown> = { name: "self" };
cyclic.self = cyclic;
const shared = { x: 1 };

/** Values, with the JSON that other clients see. */
const values: readonly (readonly [name: string, value: unknown, json: unknown])[] = [
  ["a Date", new Date("2026-01-02T03:04:05.006Z"), "2026-01-02T03:04:05.006Z"],
  ["a Map", new Map<unknown, unknown>([["a", new Date(0)]]), [["a", "1970-01-01T00:00:00.000Z"]]],
  ["a Set", new Set([1, "a"]), [1, "a"]],
  ["a bigint", 123456789012345678901234567890n, "123456789012345678901234567890"],
  ["undefined members and elements", { a: undefined, b: [undefined] }, { b: [null] }],
  ["a URL", new URL("https://example.com/a?b#c"), "https://example.com/a?b#c"],
  ["a RegExp", /a+\/b/gi, "/a+\\/b/gi"],
  ["NaN", Number.NaN, null],
  ["infinity", [Number.NEGATIVE_INFINITY], [null]],
  ["minus zero", -0, 0],
  ["a cycle", cyclic, { name: "self", self: null }],
  ["one object twice", [shared, shared], [{ x: 1 }, { x: 1 }]],
  ["bytes", new Uint8Array([1, 2, 255]), "AQL/"],
  ["a Buffer", Buffer.from("baton"), "YmF0b24="],
  ["unpaired surrogates", "\ud800 and \udc00", "\ud800 and \udc00"],
  ["members called __proto__", JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ["a large value with types", [new Date(5), "x".repeat(300_000)], ["1970-01-01T00:00:00.005Z", "x".repeat(300_000)]],
];

describe("values between programs in TypeScript", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/values.ts": taskFile });
    cluster = await Cluster.start({ projectDir: project.dir });
    configure({ coordinator: cluster.address });
  });

  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  /** Returns a finished run as an untyped object, because its output is compared by value. */
  const finished = async (id: string): Promise<ReturnType<typeof JSON.parse>> => runs.poll(id, { pollIntervalMs: 50 });

  const rawRun = (runId: string): Promise<Run__Output> =>
    new Promise((resolve, reject) =>
      cluster.runsClient.getRun({ runId }, (error, response) =>
        response?.run ? resolve(response.run) : reject(error ?? new Error("no run")),
      ),
    );

  const rawTrigger = (item: TriggerItem): Promise<string> =>
    new Promise((resolve, reject) =>
      cluster.runsClient.trigger({ item }, (error, response) =>
        response?.run ? resolve(response.run.runId) : reject(error ?? new Error("no run")),
      ),
    );

  for (const [name, value, json] of values) {
    test(`${name} is the same in the task, in its output and in the program that reads both`, async () => {
      const handle = await tasks.trigger("echo", { value });
      const { output, payload, status } = await finished(handle.id);
      assert.equal(status, "COMPLETED");
      assert.ok(isDeepStrictEqual(output.value, value), inspect(output));
      assert.ok(isDeepStrictEqual(payload, { value }), inspect(payload));
      assert.equal(output.tag, Object.prototype.toString.call(value));
      const raw = await rawRun(handle.id);
      assert.deepEqual(JSON.parse(raw.payload).value, json);
      assert.deepEqual(JSON.parse(raw.output).value, json);
    });
  }

  test("an Error is one, with its cause and its members", async () => {
    const value = Object.assign(new TypeError("bad", { cause: new Error("inner") }), { code: "E_BAD" });
    const { output } = await finished((await tasks.trigger("echo", { value })).id);
    assert.equal(output.tag, "[object Error]");
    assert.ok(output.value instanceof TypeError && output.value.cause instanceof Error);
    assert.deepEqual([output.value.message, output.value.code, output.value.cause.message], ["bad", "E_BAD", "inner"]);
    assert.equal(output.value.stack, value.stack);
  });

  test("the whole payload and output may be of such a type, and nothing stays nothing", async () => {
    const value = new Map([[1n, new Set([new Date(1)])]]);
    const { output } = await finished((await tasks.trigger("give", value)).id);
    assert.ok(isDeepStrictEqual(output, value), inspect(output));
    const none = await finished((await tasks.trigger("nothing", undefined)).id);
    assert.deepEqual([none.output, "payload" in none], [true, false]);
  });

  test("hooks and middleware see the same values, and a subscription too", async () => {
    const { id } = await tasks.trigger("hooked", { at: new Date(1) });
    let last: unknown;
    for await (const run of runs.subscribeToRun(id)) last = run.output;
    assert.deepEqual(last, new Map([["seen", [true, true, true]]]));
  });

  test("triggers from inside a task keep them as well", async () => {
    const { output } = await finished((await tasks.trigger("parent", { map: new Map([["at", new Date(1)]]) })).id);
    assert.deepEqual(output, ["[object Map]", "[object Map]"]);
  });

  test("a batch keeps them, and a replay has the same payload", async () => {
    const batch = await tasks.batchTrigger("echo", [{ payload: { value: 1n } }, { payload: { value: new Date(2) } }]);
    const [first, second] = await Promise.all(batch.runs.map(({ id }) => finished(id)));
    assert.deepEqual([first.output.value, second.output.value], [1n, new Date(2)]);
    const replayed = await finished((await runs.replay(second.id)).id);
    assert.deepEqual(replayed.output.value, new Date(2));
  });

  test("a schema parses the revived payload: z.date() works", async () => {
    const dated = schemaTask({
      id: "dated",
      schema: z.object({ at: z.date(), ids: z.set(z.bigint()) }),
      run: async ({ at, ids }) => ({ next: at, count: ids.size }),
    });
    const handle = await dated.trigger({ at: new Date(5), ids: new Set([1n]) });
    const run = await runs.poll(handle, { pollIntervalMs: 50 });
    assert.deepEqual(run.output, { next: new Date(6), count: 1 });
    const bad = await finished(await rawTrigger({ taskId: "dated", payload: '{"at":"1970","ids":[]}' }));
    assert.equal(bad.error?.name, "TaskPayloadParsedError");
  });

  test("another client sends and reads the JSON alone", async () => {
    const id = await rawTrigger({ taskId: "echo", payload: '{"value": {"at": "1970-01-01T00:00:00.000Z"}}' });
    const { output } = await finished(id);
    assert.deepEqual(output, { value: { at: "1970-01-01T00:00:00.000Z" }, tag: "[object Object]" });
    const raw = await rawRun(id);
    assert.deepEqual([raw.payloadTypes, raw.outputTypes], ["", ""]);
    const { stdout } = await runBaton(["runs", "get", id, "--json", "--coordinator", cluster.address]);
    assert.deepEqual(JSON.parse(stdout).output, output);
  });

  test("another client's types are refused when they are none, and fail the attempt when they do not fit", async () => {
    await assert.rejects(
      rawTrigger({ taskId: "echo", payload: "{}", payloadTypes: "Date" }),
      /PAYLOAD_TYPES|types must/,
    );
    const id = await rawTrigger({ taskId: "echo", payload: '{"value":1}', payloadTypes: '{"value":"Date"}' });
    const { error, payload, attempts } = await finished(id);
    assert.equal(error.name, "TASK_INPUT_ERROR");
    assert.match(error.message, /Date expects a text/);
    assert.deepEqual(payload, { value: 1 });
    assert.equal(attempts.length, 1);
  });

  test("what cannot be stored fails the run with its path", async () => {
    const { error } = await finished((await tasks.trigger("refuses", undefined)).id);
    assert.equal(error.name, "TASK_OUTPUT_ERROR");
    assert.match(error.message, /output\.items\[1\]\.onDone: a function cannot be stored/);
  });

  test("an error is stored with its class's name, its causes and its members, and shown so", async () => {
    const { id } = await tasks.trigger("fails", "payment");
    const { error, attempts } = await finished(id);
    assert.deepEqual([error.name, error.message], ["PaymentError", "no money"]);
    assert.deepEqual(error.properties, { code: "card_declined", status: 402 });
    assert.deepEqual([error.cause.message, error.cause.cause.message], ["gateway", "socket"]);
    assert.deepEqual(error.cause.cause.properties, { code: "ECONNRESET" });
    assert.match(error.cause.stackTrace, /trigger\/values\.ts:\d+/);
    assert.equal(attempts[0].error.cause.message, "gateway");
    const shown = await runBaton(["runs", "get", id, "--coordinator", cluster.address]);
    assert.match(shown.stdout, /PaymentError: no money\n/);
    assert.match(shown.stdout, /code: "card_declined"/);
    assert.match(shown.stdout, /Caused by: Error: gateway\n[\s\S]*Caused by: Error: socket\n[\s\S]*code: "ECONNRESET"/);
    const json = JSON.parse((await runBaton(["runs", "get", id, "--json", "--coordinator", cluster.address])).stdout);
    assert.equal(json.error.cause.cause.properties.code, "ECONNRESET");
    const logs = await runBaton(["runs", "logs", id, "--coordinator", cluster.address]);
    assert.match(logs.stdout, /thrown: true/);
  });

  test("an AggregateError is stored and shown with its errors, an uncaught error with its cause", async () => {
    const aggregate = await finished((await tasks.trigger("fails", "aggregate")).id);
    assert.equal(aggregate.error.name, "AggregateError");
    assert.deepEqual(
      aggregate.error.errors.map(({ name, message }: { name?: string; message: string }) => [name, message]),
      [
        ["TypeError", "first"],
        [undefined, "second"],
      ],
    );
    const waited = await runBaton([
      ...["trigger", "fails", "--payload", '"aggregate"', "--wait", "--coordinator", cluster.address],
    ]);
    assert.match(waited.stderr, /AggregateError: all failed/);
    assert.match(waited.stderr, /Caused by: TypeError: first\n[\s\S]*Caused by: second/);
    const uncaught = await finished((await tasks.trigger("fails", "uncaught")).id);
    assert.deepEqual([uncaught.error.name, uncaught.error.cause.message], ["TASK_RUN_UNCAUGHT_EXCEPTION", "reset"]);
  });

  test("half of a surrogate pair is refused in keys, tags and ids instead of making two of them one", async () => {
    const halves = ["order-\ud83d", "order-\ude00"];
    for (const half of halves) {
      const refused = { code: "OPTION_INVALID" };
      await assert.rejects(tasks.trigger("nothing", undefined, { idempotencyKey: half }), refused);
      await assert.rejects(tasks.trigger("nothing", undefined, { tags: [half] }), refused);
      await assert.rejects(tasks.trigger(half, undefined), refused);
      await assert.rejects(runs.retrieve(half), refused);
      await assert.rejects(runs.list({ tag: half }), refused);
      // A client without this check has sent U+FFFD for each half.
      await assert.rejects(rawTrigger({ taskId: "nothing", options: { idempotencyKey: half } }), /U\+FFFD/);
      await assert.rejects(rawTrigger({ taskId: "nothing", options: { tags: [half] } }), /U\+FFFD/);
    }
    const whole = await tasks.trigger("nothing", undefined, { idempotencyKey: "order-😀" });
    assert.equal((await tasks.trigger("nothing", undefined, { idempotencyKey: "order-😀" })).id, whole.id);
  });

  test("a payload's file may begin with a byte order mark", async () => {
    await project.write("payload.json", '\ufeff{"value":"from a file"}');
    const args = ["trigger", "echo", "--payload", "@payload.json", "--wait", "--coordinator", cluster.address];
    const { stdout, stderr } = await runBaton(args, { cwd: project.dir });
    assert.match(stdout, /from a file/, stderr);
  });
});
