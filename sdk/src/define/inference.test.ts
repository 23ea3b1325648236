import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FinalRun,
  type RetrievedRun,
  type RunError,
  type RunHandle,
  runs,
  type TaskOutput,
  type TaskPayload,
  task,
  tasks,
} from "../index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when `T` is true. */
function assertType<T extends true>(_proof?: T): void {}

const resize = task({
  id: "resize",
  run: async (payload: { readonly width: number }) => ({ area: payload.width ** 2 }),
});
const tick = task({ id: "tick", run: () => "tock" });

/** Never called; the compiler checks it. */
export async function checkedByTheCompiler(): Promise<void> {
  assertType<Equal<(typeof resize)["id"], "resize">>();
  assertType<Equal<TaskPayload<typeof resize>, { readonly width: number }>>();
  assertType<Equal<TaskOutput<typeof resize>, { area: number }>>();
  assertType<Equal<TaskPayload<typeof tick>, void>>();
  assertType<Equal<TaskOutput<typeof tick>, string>>();

  await tick.trigger();
  const handle = await resize.trigger({ width: 2 }, { tags: "a", delay: new Date(), requireRegistered: true });
  assertType<Equal<typeof handle, RunHandle<"resize", { readonly width: number }, { area: number }>>>();
  // @ts-expect-error the payload has another type
  await resize.trigger({ width: "2" });
  // @ts-expect-error the payload is missing
  await resize.trigger();
  // @ts-expect-error no such option
  await resize.trigger({ width: 2 }, { prio: 1 });

  await tasks.trigger<typeof tick>("tick", undefined);
  const byId = await tasks.trigger<typeof resize>("resize", { width: 2 });
  assertType<Equal<typeof byId, typeof handle>>();
  // @ts-expect-error the id is another task's
  await tasks.trigger<typeof resize>("resiz", { width: 2 });
  // @ts-expect-error the payload has another type
  await tasks.trigger<typeof resize>("resize", 2);

  const batch = await resize.batchTrigger([{ payload: { width: 2 }, options: { priority: 1 } }]);
  assertType<Equal<(typeof batch.runs)[number], typeof handle>>();

  type ResizeRun = RetrievedRun<{ readonly width: number }, { area: number }>;
  const run = await runs.retrieve(handle);
  assertType<Equal<typeof run, ResizeRun>>();
  const typedRun = await runs.retrieve<typeof resize>("run_1");
  assertType<Equal<typeof typedRun, ResizeRun>>();
  const plainRun = await runs.poll("run_1");
  assertType<Equal<typeof plainRun, FinalRun>>();
  for await (const state of runs.subscribeToRun(handle)) assertType<Equal<typeof state, ResizeRun>>();

  const polled = await runs.poll(handle);
  if (polled.isSuccess) assertType<Equal<typeof polled.output, { area: number }>>();
  else assertType<Equal<typeof polled.error, RunError>>();
  // @ts-expect-error a run that may have failed may have no output
  void polled.output.area;
  if (run.status === "COMPLETED") assertType<Equal<typeof run.output, { area: number }>>();
  if (run.status === "TIMED_OUT") assertType<Equal<typeof run.error, RunError>>();
  if (run.isFailed) assertType<Equal<typeof run.error, RunError>>();
  if (run.isCanceled) assertType<Equal<[typeof run.error, typeof run.output], [RunError, undefined]>>();
  if (!run.isCompleted) assertType<Equal<[typeof run.error, typeof run.output], [undefined, undefined]>>();
  const tickRun = await runs.poll<typeof tick>("run_2");
  if (tickRun.isSuccess) assertType<Equal<typeof tickRun.output, string>>();
  const untyped = await tasks.trigger("any-id", 5);
  const untypedRun = await runs.retrieve(untyped);
  assertType<Equal<typeof untypedRun, RetrievedRun>>();
  // @ts-expect-error a task is no run
  await runs.retrieve(resize);
}

test("a task object keeps its id and has the methods that its types promise", () => {
  assert.equal(resize.id, "resize");
  assert.equal(typeof tick.trigger, "function");
});
