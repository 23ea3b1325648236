import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ApiError, runs, task, tasks } from "../index.ts";
import { createTestTriggers, runTask } from "./index.ts";

const sendEmail = task({
  id: "send-email",
  run: async (payload: { readonly to: string }) => ({ messageId: `for ${payload.to}` }),
});
const resize = task({ id: "resize", run: async (width: number) => width * 2 });

/** Triggers one email for each address and waits for them all. */
const remind = task({
  id: "remind",
  retry: { maxAttempts: 1 },
  run: async (addresses: readonly string[]) => {
    const sent: string[] = [];
    for (const to of addresses) {
      const handle = await sendEmail.trigger({ to }, { tags: "reminder", priority: 2, maxDuration: 30 });
      const run = await runs.poll(handle);
      sent.push(run.output === undefined ? `${run.status}: ${run.error?.message}` : run.output.messageId);
    }
    return sent;
  },
});

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when `T` is true. */
function assertType<T extends true>(_proof?: T): void {}

describe("createTestTriggers", () => {
  test("gives a child the result that the test says, and lists the triggers", async () => {
    const triggers = createTestTriggers();
    triggers.resolve(sendEmail, { messageId: "m1" });
    const run = await runTask(remind, ["ada@example.com", "bob@example.com"], { call: triggers.call });
    assert.deepEqual([run.status, run.output], ["COMPLETED", ["m1", "m1"]]);
    const made = triggers.of(sendEmail);
    assert.deepEqual(
      made.map(({ payload }) => payload.to),
      ["ada@example.com", "bob@example.com"],
    );
    assert.deepEqual(made[0]?.options, { tags: ["reminder"], priority: 2, maxDuration: 30 });
    assert.deepEqual([triggers.of(resize), triggers.made.length], [[], 2]);
  });

  test("makes a child's result from its payload, also from what the task itself gives", async () => {
    const triggers = createTestTriggers();
    triggers.resolve(sendEmail, async (payload) => {
      const child = await runTask(sendEmail, payload);
      if (child.output === undefined) throw new Error(child.error?.message);
      return child.output;
    });
    const run = await runTask(remind, ["ada"], { call: triggers.call });
    assert.deepEqual(run.output, ["for ada"]);
  });

  test("fails a child, and refuses a trigger with the error class of its code", async () => {
    const triggers = createTestTriggers();
    triggers.reject(sendEmail, new RangeError("no such mailbox"));
    const failed = await runTask(remind, ["ada"], { call: triggers.call });
    assert.deepEqual(failed.output, ["FAILED: no such mailbox"]);
    triggers.refuse("send-email", { code: "PAYLOAD_TOO_LARGE" });
    const refused = await runTask(remind, ["ada"], { call: triggers.call });
    assert.deepEqual([refused.status, refused.error?.name], ["FAILED", "TriggerApiError"]);
    assert.equal(triggers.made.length, 1);
  });

  test("gives the run of an earlier trigger for its idempotency key, and takes batches", async () => {
    const triggers = createTestTriggers();
    triggers.resolve<typeof resize>("resize", (width) => width * 2);
    const parent = task({
      id: "parent",
      run: async () => {
        const first = await resize.trigger(1, { idempotencyKey: "k", delay: new Date(0) });
        const second = await resize.trigger(1, { idempotencyKey: "k" });
        const batch = await resize.batchTrigger([{ payload: 3 }, { payload: 4 }]);
        const outputs = await Promise.all(batch.runs.map(async (handle) => (await runs.retrieve(handle)).output));
        return { isSame: first.id === second.id, cached: [first.isCached, second.isCached], outputs };
      },
    });
    const run = await runTask(parent, undefined, { call: triggers.call });
    assert.deepEqual(run.output, { isSame: true, cached: [false, true], outputs: [6, 8] });
    assert.deepEqual(
      triggers.made.map(({ isCached, batchId, options }) => [isCached, batchId !== undefined, options]),
      [
        [false, false, { idempotencyKey: "k", delay: "1970-01-01T00:00:00.000Z" }],
        [true, false, { idempotencyKey: "k" }],
        [false, true, {}],
        [false, true, {}],
      ],
    );
  });

  test("cancels and replays children", async () => {
    const triggers = createTestTriggers();
    const parent = task({
      id: "parent",
      run: async () => {
        const { id } = await tasks.trigger("other", { n: 1 });
        const { status } = await runs.cancel(id);
        const replay = await runs.replay(id);
        return [status, (await runs.retrieve(id)).isCanceled, replay.id !== id];
      },
    });
    const run = await runTask(parent, undefined, { call: triggers.call });
    assert.deepEqual(run.output, ["CANCELED", true, true]);
    assert.deepEqual(
      triggers.made.map(({ taskIdentifier, payload }) => [taskIdentifier, payload]),
      [
        ["other", { n: 1 }],
        ["other", { n: 1 }],
      ],
    );
  });

  test("says what is missing when a task reads a run whose result the test does not know", async () => {
    const triggers = createTestTriggers();
    const run = await runTask(remind, ["ada"], { call: triggers.call });
    assert.equal(run.status, "FAILED");
    assert.match(run.error?.message ?? "", /triggers\.resolve\("send-email", output\)/);
    const reader = task({
      id: "reader",
      run: () =>
        Promise.all(
          [runs.retrieve("run_unknown1"), runs.list()].map((call) =>
            call.then(
              () => "answered",
              (error: ApiError) => error.code,
            ),
          ),
        ),
    });
    const { output } = await runTask(reader, undefined, { call: triggers.call });
    assert.deepEqual(output, ["RUN_NOT_FOUND", "CALL_IN_TEST"]);
  });
});

/** Never called; the compiler checks it. */
export function checkedByTheCompiler(): void {
  const triggers = createTestTriggers();
  const made = triggers.of(sendEmail);
  assertType<Equal<(typeof made)[number]["payload"], { readonly to: string }>>();
  triggers.resolve(sendEmail, (payload) => {
    assertType<Equal<typeof payload, { readonly to: string }>>();
    return { messageId: "" };
  });
  triggers.resolve("some-id", 5);
  // @ts-expect-error the output has another type
  triggers.resolve(sendEmail, { id: "m1" });
  // @ts-expect-error the output has another type
  triggers.resolve(sendEmail, () => 5);
  // @ts-expect-error no such code
  triggers.refuse(sendEmail, { code: "NO_SUCH_CODE" });
}
