import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AttemptResult,
  type BatonConfig,
  type Context,
  defineConfig,
  locals,
  queue,
  type RunParams,
  type TaskOutput,
  type TaskPayload,
  type TaskRecord,
  task,
  taskKey,
  tasks,
  timeout,
} from "../index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when `T` is true. */
function assertType<T extends true>(_proof?: T): void {}

interface Photo {
  readonly width: number;
}
interface Database {
  find(id: number): string;
}

/** A task with every option, and only one type annotation: that of the payload. */
const everything = task({
  id: "everything",
  description: "All options",
  retry: { maxAttempts: 5, factor: 1.5, minTimeoutInMs: 1, maxTimeoutInMs: 2, outOfMemory: { machine: "large-1x" } },
  queue: queue({ name: "photos", concurrencyLimit: 0 }),
  machine: { preset: "medium-1x" },
  maxDuration: timeout.None,
  ttl: "1h",
  jsonSchema: { type: "object" },
  init: async (payload: Photo, { ctx, signal, task: id }) => {
    assertType<Equal<typeof ctx, Context>>();
    assertType<Equal<typeof signal, AbortSignal>>();
    assertType<Equal<typeof id, string>>();
    return { db: { find: (found: number) => String(found + payload.width) } satisfies Database };
  },
  run: async (payload, { init, ctx }) => {
    assertType<Equal<typeof payload, Photo>>();
    assertType<Equal<typeof init.db.find, (found: number) => string>>();
    return { area: payload.width ** 2, name: init.db.find(1), attempt: ctx.attempt.number };
  },
  middleware: async (payload, { next, ctx }) => {
    assertType<Equal<typeof payload, Photo>>();
    assertType<Equal<typeof ctx, Context>>();
    await next();
  },
  onStart: (payload, { payload: same }) => assertType<Equal<[typeof payload, typeof same], [Photo, Photo]>>(),
  onStartAttempt: ({ payload, init }) => {
    assertType<Equal<typeof payload, Photo>>();
    init.db.find(payload.width);
  },
  onSuccess: (payload, output, { init, output: same }) => {
    assertType<Equal<typeof payload, Photo>>();
    assertType<Equal<typeof output, { area: number; name: string; attempt: number }>>();
    assertType<Equal<typeof same, typeof output>>();
    init.db.find(output.area);
  },
  onFailure: (payload, error, { init }) => {
    assertType<Equal<[typeof payload, typeof error], [Photo, unknown]>>();
    init.db.find(1);
  },
  onComplete: ({ result }) => {
    assertType<Equal<typeof result, AttemptResult<{ area: number; name: string; attempt: number }>>>();
  },
  onWait: ({ wait }) => void (wait.type === "batch" && wait.runCount),
  onResume: ({ wait }) => void (wait.type === "duration" && wait.date.getTime()),
  onCancel: async ({ runPromise }) => {
    const output = await runPromise;
    assertType<Equal<typeof output, { area: number; name: string; attempt: number }>>();
  },
  cleanup: async (payload, { init }) => {
    assertType<Equal<typeof payload, Photo>>();
    init.db.find(1);
  },
  handleError: (payload, error, { retryAt, retryDelayInMs, retry, init }) => {
    assertType<Equal<[typeof payload, typeof error], [Photo, unknown]>>();
    assertType<Equal<typeof retryAt, Date | undefined>>();
    init.db.find(retry.maxAttempts + (retryDelayInMs ?? 0));
    if (error instanceof TypeError) return { skipRetrying: true };
    return undefined;
  },
});

/** Never called; the compiler checks it, and refuses an expected error that does not occur. */
export async function checkedByTheCompiler(): Promise<void> {
  assertType<Equal<TaskPayload<typeof everything>, Photo>>();
  assertType<Equal<TaskOutput<typeof everything>, { area: number; name: string; attempt: number }>>();

  const runFirst = task({ id: "a", init: () => 5, run: (payload: Photo, { init }) => init + payload.width });
  assertType<Equal<TaskOutput<typeof runFirst>, number>>();
  task({
    id: "a",
    run: (payload: Photo) => payload.width,
    onSuccess: (payload, output) => assertType<Equal<[typeof payload, typeof output], [Photo, number]>>(),
  });
  task({ id: "a", run: (_: Photo, { init }) => assertType<Equal<typeof init, Readonly<Record<string, unknown>>>>() });
  task({ id: "a", run: (_: Photo, { init }: RunParams<Database>) => init.find(1) });
  task({ id: "a", run: () => 1, catchError: async ({ error, retryDelayInMs = 0 }) => ({ error, retryDelayInMs }) });
  task({ id: "a", run: () => 1, handleError: async () => {} });

  // Hooks before run: their payload and output are unknown, and the types of run stay the same.
  const shorthand = task({ id: "a", onSuccess(_payload) {}, run: async (payload: Photo) => payload.width });
  assertType<Equal<[TaskPayload<typeof shorthand>, TaskOutput<typeof shorthand>], [Photo, number]>>();
  const hooksFirst = task({
    id: "hooks-first",
    onStart: (payload) => assertType<Equal<typeof payload, unknown>>(),
    onSuccess: (payload, output) => assertType<Equal<[typeof payload, typeof output], [unknown, unknown]>>(),
    onComplete: ({ result }) => void result.ok,
    onCancel: async ({ runPromise }) => void (await runPromise),
    handleError: (_payload, error) => ({ error, skipRetrying: true }),
    run: async (payload: Photo, { ctx }) => payload.width + ctx.attempt.number,
    onFailure: (payload, _error) => assertType<Equal<typeof payload, unknown>>(),
  });
  assertType<Equal<TaskPayload<typeof hooksFirst>, Photo>>();
  assertType<Equal<TaskOutput<typeof hooksFirst>, number>>();
  const typedHookFirst = task({
    id: "typed-hook-first",
    onStart: (payload: Photo) => payload.width,
    run: async (payload, { ctx }) => {
      assertType<Equal<typeof payload, Photo>>();
      return ctx.run.id;
    },
    cleanup: (payload) => assertType<Equal<typeof payload, Photo>>(),
  });
  assertType<Equal<TaskPayload<typeof typedHookFirst>, Photo>>();
  const noPayload = task({ id: "a", onStart: (_, { ctx }) => ctx.run.id, run: async () => 1 });
  assertType<Equal<TaskPayload<typeof noPayload>, void>>();
  assertType<Equal<(typeof noPayload)["id"], "a">>();
  void (() => noPayload.trigger());
  const anyId: string = noPayload.id;
  const unnamed = task({ id: anyId, run: () => 1 });
  assertType<Equal<TaskPayload<typeof unnamed>, void>>();
  assertType<Equal<(typeof unnamed)["id"], string>>();
  const unknownPayload = task({
    id: "a",
    run: async (_: unknown, { ctx }) => ctx.run.id,
    onStart: (payload) => assertType<Equal<typeof payload, unknown>>(),
  });
  assertType<Equal<TaskPayload<typeof unknownPayload>, unknown>>();
  type Anything = ReturnType<typeof JSON.parse>;
  const anyPayload = task({
    id: "a",
    run: async (payload: Anything, { ctx }) => [payload.width, ctx.run.id],
    onSuccess: (payload) => assertType<Equal<typeof payload, Anything>>(),
  });
  assertType<Equal<TaskPayload<typeof anyPayload>, Anything>>();
  // @ts-expect-error a hook names another payload than run
  task({ id: "a", run: (payload: Photo) => payload.width, onStart: (payload: { height: number }) => payload.height });
  // @ts-expect-error a hook names another output than run
  task({ id: "a", run: (payload: Photo) => payload.width, onSuccess: (_, output: string) => output.length });

  // @ts-expect-error no such option
  task({ id: "a", run: () => 1, onSucces: () => {} });
  // @ts-expect-error no such preset
  task({ id: "a", run: () => 1, machine: "huge" });
  // @ts-expect-error no such preset
  task({ id: "a", run: () => 1, machine: { preset: "huge" } });
  // @ts-expect-error no such size
  task({ id: "a", run: () => 1, machine: { cpu: 3, memory: 1 } });
  // @ts-expect-error seconds are a number
  task({ id: "a", run: () => 1, maxDuration: "5s" });
  // @ts-expect-error no such member
  task({ id: "a", run: () => 1, retry: { attempts: 3 } });
  // @ts-expect-error no such preset
  task({ id: "a", run: () => 1, retry: { outOfMemory: { machine: "huge" } } });
  // @ts-expect-error a queue is an object
  task({ id: "a", run: () => 1, queue: "name" });
  // @ts-expect-error schemas belong to schemaTask
  task({ id: "a", run: () => 1, schema: (value: unknown) => value });
  // @ts-expect-error a hook is a function
  task({ id: "a", run: () => 1, onStart: 5 });
  // @ts-expect-error one hook under two names
  task({ id: "a", run: () => 1, handleError: () => undefined, catchError: () => undefined });
  // @ts-expect-error no such decision
  task({ id: "a", run: () => 1, handleError: () => ({ skipRetry: true }) });
  // @ts-expect-error a date, not a text
  task({ id: "a", run: () => 1, handleError: () => ({ retryAt: "soon" }) });
  // @ts-expect-error the payload of a hook is that of run
  task({ id: "a", run: (payload: Photo) => payload.width, onStart: (payload) => payload.height });
  // @ts-expect-error the output of a hook is that of run
  task({ id: "a", run: (payload: Photo) => payload.width, onSuccess: (_, output) => output.length });
  // @ts-expect-error init has another type
  task({ id: "a", init: () => ({ db: 1 }), run: (_: Photo, { init }) => init.cache });
  // @ts-expect-error a queue has a name
  queue({ concurrencyLimit: 1 });

  tasks.onStart("name", ({ payload }) => assertType<Equal<typeof payload, unknown>>());
  tasks.middleware(({ next }) => next());
  tasks.catchError(({ error }) => ({ error }));
  // @ts-expect-error no function
  tasks.onSuccess("name");
  // @ts-expect-error global hooks get one object
  tasks.onFailure((_payload: Photo, error: unknown) => error);

  const key = locals.create<Database>("db");
  assertType<Equal<ReturnType<typeof locals.getOrThrow<Database>>, Database>>();
  // @ts-expect-error another type
  locals.set(key, 5);

  defineConfig({ init: () => ({ a: 1 }), onSuccess: (_payload, output) => void output, hookParams: "object" });
  const shared = { machine: "micro" } as const;
  defineConfig({ ...shared, dirs: ["jobs"], build: { external: ["sharp"] } });
  const ready: BatonConfig = shared;
  defineConfig(ready);
  // @ts-expect-error no such member
  defineConfig({ onSucces: () => {} });
  // @ts-expect-error no such member
  defineConfig({ retries: { enabledInDevelopment: true } });
  // @ts-expect-error no such member beside a spread
  defineConfig({ ...shared, dir: ["jobs"] });
  const misspelt = { machine: "micro", dir: ["jobs"] } as const;
  // @ts-expect-error no such member in a spread
  defineConfig({ ...misspelt });
  // @ts-expect-error no such member in a variable
  defineConfig(misspelt);
  // @ts-expect-error no such convention
  defineConfig({ hookParams: "both" });
  // @ts-expect-error a hook is a function
  defineConfig({ onStart: true });
  // @ts-expect-error no such preset
  defineConfig({ machine: "huge" });
}

test("the record of a task has every option as it was given, hooks by their names", () => {
  const { id, run, options } = (everything as unknown as { readonly [taskKey]: TaskRecord })[taskKey];
  assert.deepEqual(
    [id, typeof run, options.queue],
    ["everything", "function", { name: "photos", concurrencyLimit: 0 }],
  );
  const hooks = Object.keys(options).filter((name) => typeof options[name] === "function");
  assert.equal(hooks.length, 12);
});
