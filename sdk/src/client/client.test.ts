import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { messageType } from "@baton/proto";
import { writeStatusDetails } from "@baton/proto/client/status-details";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { Metadata, status } from "@grpc/grpc-js";
import { type BatonRuntime, runtimeKey } from "../attempt/runtime.ts";
import { ApiConnectionError, ConflictError, configure, NotFoundError, runs, task, tasks } from "../index.ts";
import { FakeRunService } from "./fake-run-service.test.support.ts";

const resize = task({ id: "resize", run: async (payload: { width: number }) => payload.width * 2 });

describe("a program with a coordinator", () => {
  let coordinator: FakeRunService;

  beforeEach(async () => {
    coordinator = new FakeRunService();
    await coordinator.start();
    configure({
      coordinator: coordinator.address,
      token: "secret",
      requestOptions: { retry: { minTimeoutInMs: 1 } },
    });
  });
  afterEach(() => coordinator.stop());

  test("triggers a run with an id, a payload and a token of its own", async () => {
    const handle = await resize.trigger({ width: 3 }, { tags: "a", maxDuration: 2 });
    const [item] = coordinator.triggered;
    assert.match(handle.id, /^run_[0-9a-z]{26}$/);
    assert.deepEqual(handle, {
      id: handle.id,
      taskIdentifier: "resize",
      isCached: false,
      isRegistered: true,
      publicAccessToken: "",
    });
    assert.equal(item?.runId, handle.id);
    assert.equal(item?.payload, '{"width":3}');
    assert.deepEqual(item?.options?.tags, ["a"]);
    assert.deepEqual(item?.options?.maxDuration, { seconds: 2, nanos: 0 });
    assert.deepEqual([...coordinator.authorizations], ["Bearer secret"]);
  });

  test("sends what is triggered in one turn as calls of at most 1,000, with a result for each", async () => {
    const handles = await Promise.all(Array.from({ length: 2_500 }, (_, width) => resize.trigger({ width })));
    assert.deepEqual(
      coordinator.triggerCalls.toSorted((a, b) => b - a),
      [1_000, 1_000, 500],
    );
    for (const [width, handle] of handles.entries()) {
      assert.equal(coordinator.runs.get(handle.id)?.payload, `{"width":${width}}`);
    }
  });

  test("splits calls at 4 MiB and sends a larger single item alone", async () => {
    const text = (mib: number) => "x".repeat(mib * 1024 * 1024);
    await Promise.all([3, 3, 6, 0].map((mib) => tasks.trigger("any", text(mib))));
    assert.deepEqual(coordinator.triggerCalls, [1, 1, 1, 1]);
  });

  test("rejects one refused item alone, with its code and field", async () => {
    const [good, bad] = await Promise.allSettled([resize.trigger({ width: 1 }), tasks.trigger("refused", 1)]);
    assert.deepEqual(coordinator.triggerCalls, [2]);
    assert.equal(good.status, "fulfilled");
    assert.equal(bad.status, "rejected");
    const { code, status, field, message } = bad.reason;
    assert.deepEqual([code, status, field, message], ["MACHINE_UNKNOWN", 400, "options.machine", "no such machine"]);
  });

  test("does not send a payload that cannot be stored", async () => {
    await assert.rejects(tasks.trigger("t", { items: [{}, { onDone: () => 1 }] }), {
      code: "VALUE_NOT_STORABLE",
      status: 400,
      field: "payload",
      message: "The payload cannot be stored. payload.items[1].onDone: a function cannot be stored.",
    });
    await assert.rejects(tasks.batchTrigger("t", [{ payload: 1 }, { payload: [Symbol("s")] }]), {
      code: "VALUE_NOT_STORABLE",
      field: "items[1].payload",
      message: /items\[1\]\.payload\[0\]: a symbol cannot be stored/,
    });
    assert.equal(coordinator.triggered.length, 0);
  });

  test("triggers a batch in one call", async () => {
    const batch = await resize.batchTrigger([{ payload: { width: 1 } }, { payload: { width: 2 } }]);
    assert.match(batch.batchId, /^batch_/);
    assert.equal(batch.runCount, 2);
    assert.deepEqual(
      batch.runs.map((run) => coordinator.runs.get(run.id)?.payload),
      ['{"width":1}', '{"width":2}'],
    );
    await assert.rejects(resize.batchTrigger([], { idempotencyKey: "x" } as never), { code: "OPTION_NOT_SUPPORTED" });
  });

  test("repeats a call that may succeed later, with the same run id", async () => {
    coordinator.failures.push(
      { code: status.UNAVAILABLE, details: "later" },
      { code: status.ABORTED, details: "race" },
    );
    await resize.trigger({ width: 1 });
    assert.equal(coordinator.triggered.length, 1);
    assert.equal(coordinator.failures.length, 0);
  });

  test("gives up after maxAttempts and at once where a repeat cannot help", async () => {
    const overloaded = { code: status.RESOURCE_EXHAUSTED, details: "full" };
    coordinator.failures.push(overloaded, overloaded, overloaded);
    await assert.rejects(runs.cancel("run_12345678", { retry: { maxAttempts: 2 } }), {
      code: "OVERLOADED",
      status: 429,
    });
    assert.equal(coordinator.failures.length, 1);
    coordinator.failures.splice(0, 1, { code: status.ALREADY_EXISTS, details: "taken" }, overloaded);
    await assert.rejects(resize.trigger({ width: 1 }), ConflictError);
    assert.equal(coordinator.failures.length, 1);
  });

  test("reads code, field and retry time from the status details", async () => {
    coordinator.failures.push({ code: status.INVALID_ARGUMENT, details: "bad filter", metadata: richDetails() });
    await assert.rejects(runs.list(), {
      name: "TriggerApiError",
      message: "bad filter",
      code: "PAGE_TOKEN_INVALID",
      status: 400,
      field: "page_token",
      retryAfterMs: 1_500,
    });
  });

  test("retrieves a run in its public form", async () => {
    const { id } = await resize.trigger({ width: 4 });
    coordinator.change(id, {
      status: "RUN_STATUS_COMPLETED",
      output: "8",
      createTime: { seconds: 1_700_000_000, nanos: 5_000_000 },
      activeDuration: { seconds: 0, nanos: 412_000_000 },
      attempts: [
        {
          id: "attempt_1",
          number: 1,
          status: "ATTEMPT_STATUS_COMPLETED",
          usage: { cpuDuration: { seconds: 2, nanos: 0 } },
        },
      ],
    });
    const run = await runs.retrieve<typeof resize>(id);
    assert.equal(run.status, "COMPLETED");
    assert.deepEqual([run.isCompleted, run.isSuccess, run.isFailed, run.isQueued], [true, true, false, false]);
    assert.deepEqual(run.payload, { width: 4 });
    assert.equal(run.output, 8);
    assert.equal(run.createdAt.getTime(), 1_700_000_000_005);
    assert.equal(run.durationMs, 412);
    assert.deepEqual(run.attempts, [
      { id: "attempt_1", number: 1, status: "COMPLETED", durationMs: 0, usage: { cpuMs: 2_000 } },
    ]);
    assert.ok(!("error" in run) && !("finishedAt" in run));
  });

  test("says what failed in the public form of an error", async () => {
    const { id } = await resize.trigger({ width: 4 });
    coordinator.change(id, {
      status: "RUN_STATUS_TIMED_OUT",
      error: { type: "TASK_ERROR_TYPE_INTERNAL", code: "MAX_DURATION_EXCEEDED", message: "too long" },
    });
    const run = await runs.retrieve(id);
    assert.deepEqual(run.error, { name: "MAX_DURATION_EXCEEDED", message: "too long" });
    assert.equal(run.isFailed, true);
  });

  test("lists runs page by page and through all of them", async () => {
    const page = await runs.list({ status: ["QUEUED", "FROZEN"], period: "1d", limit: 1 });
    assert.deepEqual([page.hasNextPage(), page.hasPreviousPage()], [true, false]);
    const ids: string[] = [];
    for await (const run of page) ids.push(run.id);
    assert.deepEqual(ids, ["run_page0", "run_page1", "run_page2"]);
    await assert.rejects(runs.list({ status: "DONE" as never }), { code: "OPTION_INVALID", field: "status" });
    await assert.rejects(runs.list({ limit: 101 }), { code: "OPTION_INVALID", field: "limit" });
  });

  test("cancels and replays", async () => {
    const handle = await resize.trigger({ width: 1 });
    assert.deepEqual(await runs.cancel(handle), { id: handle.id, status: "CANCELED" });
    assert.equal((await runs.retrieve(handle)).isCanceled, true);
    assert.match((await runs.replay(handle)).id, /^run_/);
  });

  test("polls to the final state over one stream for all runs", async () => {
    const handles = await Promise.all([1, 2, 3].map((width) => resize.trigger({ width })));
    const results = handles.map((handle) => runs.poll(handle));
    await waitUntil("the request", () => coordinator.watchRequests.length > 0);
    for (const { id } of handles) coordinator.change(id, { status: "RUN_STATUS_EXECUTING" });
    for (const { id } of handles) coordinator.change(id, { status: "RUN_STATUS_COMPLETED", output: "1" });
    assert.deepEqual(
      (await Promise.all(results)).map((run) => run.output),
      [1, 1, 1],
    );
    assert.equal(coordinator.openWatches, 1);
    await waitUntil("the watch to end", () => coordinator.openWatches === 0);
  });

  test("polls for as long as the run takes, whatever pollIntervalMs is", async () => {
    const { id } = await resize.trigger({ width: 1 });
    const polled = runs.poll(id, { pollIntervalMs: 0.01 });
    const isPending = Symbol("pending");
    const later = new Promise((resolve) => setTimeout(() => resolve(isPending), 100));
    assert.equal(await Promise.race([polled, later]), isPending, "500 intervals are 5 ms");
    coordinator.change(id, { status: "RUN_STATUS_COMPLETED", output: "2" });
    assert.equal((await polled).output, 2);
  });

  test("ends a poll at its timeout, in seconds or as a duration, and leaves the run alone", async () => {
    const { id } = await resize.trigger({ width: 1 });
    const startedAt = performance.now();
    await assert.rejects(runs.poll(id, { timeout: 0.05 }), { code: "RUN_POLL_TIMEOUT", runId: id, message: /0\.05 s/ });
    assert.ok(performance.now() - startedAt >= 50);
    await assert.rejects(runs.poll(id, { timeout: "1s" }), { name: "RunPollTimeoutError" });
    assert.equal((await runs.retrieve(id)).status, "QUEUED");
    await waitUntil("the watch to end", () => coordinator.openWatches === 0);
    // A timer of more than 2 ** 31 - 1 ms fires at once.
    const polled = runs.poll(id, { timeout: "30d" });
    await waitUntil("the watch to open", () => coordinator.openWatches === 1);
    coordinator.change(id, { status: "RUN_STATUS_COMPLETED" });
    assert.equal((await polled).status, "COMPLETED");
  });

  test("ends a poll when its signal is aborted, with the signal's reason", async () => {
    const { id } = await resize.trigger({ width: 1 });
    const abort = new AbortController();
    const polled = runs.poll(id, { signal: abort.signal });
    await waitUntil("the watch to open", () => coordinator.openWatches === 1);
    const reason = new Error("not needed");
    abort.abort(reason);
    await assert.rejects(polled, reason);
    await assert.rejects(runs.poll(id, { signal: abort.signal }), reason);
    await waitUntil("the watch to end", () => coordinator.openWatches === 0);
  });

  test("refuses an unknown run, and options of a poll that mean nothing", async () => {
    await assert.rejects(runs.poll("run_unknown1"), NotFoundError);
    for (const options of [{ pollIntervalMs: 0 }, { timeout: 0 }, { timeout: -1 }, { timeout: "soon" }]) {
      const [field] = Object.keys(options);
      await assert.rejects(runs.poll("run_12345678", options), { code: "OPTION_INVALID", field });
    }
  });

  test("gives a slow subscriber the latest state and ends after the terminal one", async () => {
    const { id } = await resize.trigger({ width: 1 });
    const seen: string[] = [];
    for await (const run of runs.subscribeToRun(id)) {
      seen.push(run.status);
      if (run.status !== "QUEUED") continue;
      coordinator.change(id, { status: "RUN_STATUS_DEQUEUED" });
      coordinator.change(id, { status: "RUN_STATUS_EXECUTING" });
      coordinator.change(id, { status: "RUN_STATUS_FAILED" });
      // Another watcher of the same run proves that every change has arrived here.
      await runs.poll(id);
    }
    assert.deepEqual(seen, ["QUEUED", "FAILED"]);
  });

  test("keeps a subscription through a restart of the coordinator without repeating a state", async () => {
    const { id } = await resize.trigger({ width: 1 });
    const seen: string[] = [];
    const subscription = (async () => {
      for await (const run of runs.subscribeToRun(id)) seen.push(run.status);
    })();
    await waitUntil("the first state", () => seen.length === 1);
    const before = coordinator.watchRequests.length;
    coordinator.stop();
    await coordinator.start();
    await waitUntil("the request", () => coordinator.watchRequests.length > before);
    assert.equal(coordinator.watchRequests.at(-1)?.add[0]?.seenRevision, 1);
    coordinator.change(id, { status: "RUN_STATUS_COMPLETED" });
    await subscription;
    assert.deepEqual(seen, ["QUEUED", "COMPLETED"]);
  });

  test("ends a subscription on its signal", async () => {
    const { id } = await resize.trigger({ width: 1 });
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const run of runs.subscribeToRun(id, { signal: controller.signal })) {
      seen.push(run.status);
      setImmediate(() => controller.abort());
    }
    assert.deepEqual(seen, ["QUEUED"]);
  });

  test("says where it looked when nothing listens, for calls and for watches", async () => {
    coordinator.stop();
    const expected = { code: "COORDINATOR_UNREACHABLE", status: undefined, message: /127\.0\.0\.1:\d+ cannot be/ };
    await assert.rejects(resize.trigger({ width: 1 }), expected);
    await assert.rejects(runs.poll("run_12345678"), ApiConnectionError);
  });
});

describe("code inside an attempt", () => {
  const calls: [string, unknown][] = [];
  let answer: (method: string) => unknown = () => ({});

  before(() => {
    const attempt = {
      ctx: {},
      signal: new AbortController().signal,
      call: async (method: string, request: object) => {
        calls.push([method, request]);
        return answer(method);
      },
      log: () => undefined,
    };
    const runtime: BatonRuntime = { protocol: 1, taskDefined: () => undefined, currentAttempt: () => attempt };
    (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey] = runtime;
  });
  after(() => {
    delete (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey];
  });
  beforeEach(() => calls.splice(0));

  test("triggers through the runner", async () => {
    answer = () => ({ results: [{ run: { runId: "run_1", isCached: true } }] });
    const handle = await resize.trigger({ width: 1 });
    assert.deepEqual([handle.id, handle.isCached], ["run_1", true]);
    assert.equal(calls[0]?.[0], "TriggerMany");
  });

  test("follows a run by reading it again", async () => {
    const states = ["RUN_STATUS_EXECUTING", "RUN_STATUS_COMPLETED"];
    const empty = messageType("baton.v1.Run").deserialize(Buffer.alloc(0));
    answer = () => ({
      run: { ...empty, id: "run_1", status: states.shift(), revision: 9 - states.length, output: "7" },
    });
    assert.equal((await runs.poll("run_1")).output, 7);
    assert.deepEqual(
      calls.map(([method]) => method),
      ["GetRun", "GetRun"],
    );
  });

  test("gets the runner's refusal as the error class that fits", async () => {
    answer = () => {
      throw { status: 5, code: "RUN_NOT_FOUND", message: "No run." };
    };
    await assert.rejects(runs.retrieve("run_1"), NotFoundError);
    await assert.rejects(runs.poll("run_1"), { code: "RUN_NOT_FOUND", status: 404 });
  });
});

function richDetails(): Metadata {
  const metadata = new Metadata();
  writeStatusDetails(metadata, 3, "bad filter", {
    code: "PAGE_TOKEN_INVALID",
    field: "page_token",
    retryAfterMs: 1_500,
  });
  return metadata;
}
