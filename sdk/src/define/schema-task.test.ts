import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type } from "arktype";
import * as superstruct from "superstruct";
import * as valibot from "valibot";
import * as z from "zod";
import { type AttemptRuntime, type BatonRuntime, runtimeKey, type TaskRecord, taskKey } from "../attempt/runtime.ts";
import { type SchemaInput, type SchemaOutput, schemaTask, type TaskOutput, type TaskPayload } from "../index.ts";
import { parserOf } from "./payload-schema.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when `T` is true. */
function assertType<T extends true>(_proof?: T): void {}

const Zod = z.object({ width: z.string().transform(Number), unit: z.string().default("px") });
const Valibot = valibot.object({
  width: valibot.pipe(valibot.string(), valibot.transform(Number)),
  unit: valibot.optional(valibot.string(), "px"),
});
const Ark = type({ width: "string.numeric.parse", unit: "string = 'px'" });
const Struct = superstruct.object({ width: superstruct.number() });

/** Never called; the compiler checks it. */
export function checkedByTheCompiler(): void {
  type Given = { width: string; unit?: string | undefined };
  type Parsed = { width: number; unit: string };
  assertType<Equal<SchemaInput<typeof Zod>, Given>>();
  assertType<Equal<SchemaOutput<typeof Zod>, Parsed>>();
  assertType<Equal<SchemaInput<typeof Valibot>, Given>>();
  assertType<Equal<SchemaOutput<typeof Valibot>, Parsed>>();
  assertType<Equal<SchemaInput<typeof Ark>, { width: string; unit?: string }>>();
  assertType<Equal<SchemaOutput<typeof Ark>, Parsed>>();
  assertType<Equal<SchemaOutput<typeof Struct>, { width: number }>>();
  assertType<Equal<SchemaInput<() => Promise<5>>, 5>>();
  assertType<Equal<SchemaOutput<{ parse(value: unknown): 5 }>, 5>>();
  assertType<Equal<SchemaOutput<{ parseAsync(value: unknown): Promise<5>; parse(value: unknown): 6 }>, 5>>();
  assertType<Equal<SchemaOutput<{ validateSync(value: unknown): 5 }>, 5>>();
  assertType<Equal<SchemaOutput<{ create(value: unknown): 5 }>, 5>>();
  assertType<Equal<SchemaOutput<{ assert(value: unknown): asserts value is 5 }>, 5>>();

  const resize = schemaTask({
    id: "resize",
    schema: Zod,
    onStart: (payload) => assertType<Equal<typeof payload, Parsed>>(),
    init: async (payload) => ({ doubled: payload.width * 2 }),
    run: async (payload, { init }) => payload.width + init.doubled,
    onSuccess: (payload, output, { init }) => {
      assertType<Equal<[typeof payload, typeof output], [Parsed, number]>>();
      assertType<Equal<typeof init, { doubled: number }>>();
    },
  });
  assertType<Equal<TaskPayload<typeof resize>, Given>>();
  assertType<Equal<TaskOutput<typeof resize>, number>>();
  const hookFirst = schemaTask({
    id: "hook-first",
    schema: Zod,
    onSuccess: (payload, _output) => assertType<Equal<typeof payload, Parsed>>(),
    run: async (payload, { ctx }) => payload.width + ctx.attempt.number,
  });
  assertType<Equal<TaskOutput<typeof hookFirst>, number>>();
  void (() => resize.trigger({ width: "5" }));
  // @ts-expect-error triggers take what the schema takes, not what it gives
  void (() => resize.trigger({ width: 5, unit: "px" }));
  // @ts-expect-error run gets what the schema gives
  schemaTask({ id: "a", schema: Zod, run: (payload) => payload.width.length });
  // @ts-expect-error no schema
  void (() => schemaTask({ id: "a", run: () => 1 }));
  // @ts-expect-error nothing that checks
  void (() => schemaTask({ id: "a", schema: { check: () => true }, run: () => 1 }));
}

describe("the parser of a schema", () => {
  for (const [name, schema] of [
    ["zod", Zod],
    ["valibot", Valibot],
    ["arktype", Ark],
  ] as const) {
    test(`of ${name} transforms, fills in defaults and refuses`, async () => {
      const parse = parserOf(schema) ?? assert.fail("it is a schema");
      assert.deepEqual(await parse({ width: "5" }), { width: 5, unit: "px" });
      await assert.rejects(async () => parse({ width: 5 }), /width|string/);
    });
  }

  test("throws the library's own error where the library has one, else a SchemaError with its issues", async () => {
    const refusalOf = (schema: unknown) =>
      Promise.resolve()
        .then(() => parserOf(schema)?.({ width: 5 }))
        .then(
          () => assert.fail("expected to be refused"),
          (error: Error) => error,
        );
    assert.ok((await refusalOf(Zod)) instanceof z.ZodError);
    assert.equal((await refusalOf(Ark)).constructor.name, "TraversalError");
    assert.ok(
      (await refusalOf(superstruct.object({ width: superstruct.string() }))) instanceof superstruct.StructError,
    );
    const byStandard = await refusalOf(Valibot);
    assert.deepEqual([byStandard.name, Reflect.get(byStandard, "code")], ["SchemaError", "PAYLOAD_REFUSED"]);
    assert.match(byStandard.message, /^width: Invalid type/);
  });

  const named = (name: string) => (value: unknown) => `${name} ${String(value)}`;
  const standard = { "~standard": { validate: (value: unknown) => ({ value: `standard ${String(value)}` }) } };
  for (const [form, schema, expected] of [
    ["assert of a function", Object.assign(named("call"), { assert: named("assert") }), "assert 1"],
    ["a function", named("call"), "call 1"],
    ["~standard of a function", Object.assign(named("call"), standard), "standard 1"],
    [
      "parseAsync",
      { parse: named("parse"), parseAsync: async (value: unknown) => `async ${String(value)}` },
      "async 1",
    ],
    ["parse", { validateSync: named("validateSync"), parse: named("parse"), ...standard }, "parse 1"],
    ["validateSync", { create: named("create"), validateSync: named("validateSync") }, "validateSync 1"],
    ["create", { assert: named("assert"), create: named("create") }, "create 1"],
    ["~standard before assert", { assert: named("assert"), ...standard }, "standard 1"],
    ["assert, whose value is kept", { assert: named("assert") }, 1],
  ] as const) {
    test(`uses ${form}`, async () => {
      assert.equal(await parserOf(schema)?.(1), expected);
    });
  }

  test("keeps the object that a method is called on", async () => {
    class Schema {
      readonly #factor = 2;
      parse(value: unknown) {
        return Number(value) * this.#factor;
      }
    }
    assert.equal(await parserOf(new Schema())?.(2), 4);
  });

  test("is not there for what is no schema", () => {
    for (const value of [undefined, null, 5, "parse", {}, { parse: true }, { "~standard": {} }]) {
      assert.equal(parserOf(value), undefined);
    }
  });
});

describe("schemaTask", () => {
  afterEach(() => {
    delete (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey];
  });

  test("throws a TypeError at once for what is no schema, and as task() does", () => {
    const define = schemaTask as (definition: unknown) => unknown;
    assert.throws(() => define({ id: "a", run: () => 1 }), /schemaTask\("a"\) expected "schema"/);
    assert.throws(() => define({ id: "a", schema: {}, run: () => 1 }), TypeError);
    assert.throws(() => define(undefined), TypeError);
    assert.throws(() => define({ id: "a", schema: Zod }), /"run" to be a function/);
  });

  test("puts the parser into the task's record", async () => {
    const record = recordOf(schemaTask({ id: "a", schema: Zod, run: () => 1 }));
    assert.deepEqual(await record.parsePayload?.({ width: "1", unit: "cm" }), { width: 1, unit: "cm" });
  });

  test("triggers with the payload as it was given, once the parser took it", async () => {
    const sent = catchCalls();
    const photo = schemaTask({ id: "photo", schema: Zod, run: () => 1 });
    await photo.trigger({ width: "5" });
    await photo.batchTrigger([{ payload: { width: "6" } }, { payload: { width: "7" } }]);
    assert.deepEqual(sent, [['{"width":"5"}'], ['{"width":"6"}', '{"width":"7"}']]);
  });

  test("rejects with the parser's error and sends nothing, in a batch for any item", async () => {
    const sent = catchCalls();
    const photo = schemaTask({ id: "photo", schema: Zod, run: () => 1 });
    const wrong = { width: 5 } as unknown as { width: string };
    await assert.rejects(photo.trigger(wrong), z.ZodError);
    await assert.rejects(photo.batchTrigger([{ payload: { width: "6" } }, { payload: wrong }]), z.ZodError);
    assert.deepEqual(sent, []);
  });
});

function recordOf(task: object): TaskRecord {
  return (task as { readonly [taskKey]: TaskRecord })[taskKey];
}

/** Takes the place of a runner. Every trigger succeeds. Returns the payloads of each call. */
function catchCalls(): string[][] {
  const sent: string[][] = [];
  const attempt: AttemptRuntime = {
    ctx: {},
    signal: new AbortController().signal,
    log: () => undefined,
    call: async (_method, request) => {
      const { items } = request as { readonly items: readonly { payload: string; runId: string }[] };
      sent.push(items.map(({ payload }) => payload));
      const runs = items.map(({ runId }) => ({ runId, isCached: false }));
      return { batchId: "batch_1", runs, results: runs.map((run) => ({ run, error: null, result: "run" })) };
    },
  };
  (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey] = {
    protocol: 1,
    taskDefined: () => undefined,
    currentAttempt: () => attempt,
  };
  return sent;
}
