import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  type AttachRequest,
  type RunServiceClient,
  services,
  type WatchRunsRequest,
  type WatchRunsResponse__Output,
} from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { credentials, makeGenericClientConstructor, type ServiceError, status } from "@grpc/grpc-js";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { frame, RawClient, type RawEnd } from "../support/raw-client.ts";

const { GetRun, Trigger, WatchRuns } = services.run;
const { Attach, RegisterVersion } = services.runner;
const { AppendLogs } = services.log;

describe("one message that asks for too much", { timeout: 120_000 }, () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({});
    cluster = await Cluster.start({ projectDir: project.dir, runners: 0 });
    await cluster.coordinator.prints("coordinator serves");
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const hello = {
    runnerId: "runner_hostile",
    session: 1,
    capacity: { concurrency: 1, cpu: 1, memoryGb: 1, overcommit: false },
  };

  /** Sends messages on one stream and returns how it ended. */
  async function endOf(path: string, messages: readonly Buffer[]): Promise<RawEnd> {
    await using client = new RawClient(cluster.address);
    const call = client.open(path);
    call.stream.resume();
    for (const message of messages) call.stream.write(frame(message));
    return await call.ended;
  }

  const endOfRunner = (...messages: readonly AttachRequest[]) =>
    endOf(
      Attach.path,
      messages.map((message) => Attach.requestSerialize(message)),
    );

  /** Returns how long another client waits for an answer during the attack, in milliseconds. */
  async function waitBeside(attack: Promise<unknown>): Promise<number> {
    await using client = new RawClient(cluster.address);
    let isOver = false;
    let slowestMs = 0;
    const over = attack.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const begin = performance.now();
      const end = await client.call(GetRun.path, GetRun.requestSerialize({ runId: "run_nobody00" }));
      assert.equal(end.code, "RUN_NOT_FOUND");
      slowestMs = Math.max(slowestMs, performance.now() - begin);
    }
    await over;
    return slowestMs;
  }

  test("a report with a million ids is refused, and keeps nobody waiting", async () => {
    const goneAttemptIds = Array.from({ length: 1_000_000 }, (_, index) => `attempt_${index}`);
    const messages = [Attach.requestSerialize({ hello }), Attach.requestSerialize({ report: { goneAttemptIds } })];
    const attack = endOf(Attach.path, messages);
    const slowestMs = await waitBeside(attack);
    assert.equal((await attack).code, "TOO_MANY_ITEMS");
    console.log(`slowest call beside it ${Math.round(slowestMs)} ms`);
    assert.ok(slowestMs < 3_000, `a call beside it took ${slowestMs} ms`);
  });

  test("lines of 20,000 runs in one call are refused", async () => {
    await using client = new RawClient(cluster.address);
    const runs = Array.from({ length: 20_000 }, (_, index) => ({ runId: `run_nobody${index}` }));
    const end = await client.call(AppendLogs.path, AppendLogs.requestSerialize({ runs }));
    assert.deepEqual([end.code, end.status], ["TOO_MANY_ITEMS", status.INVALID_ARGUMENT], JSON.stringify(end));
  });

  test("a report with 20,000 ids is refused", async () => {
    const goneAttemptIds = Array.from({ length: 20_000 }, (_, index) => `attempt_${index}`);
    const end = await endOfRunner({ hello }, { report: { goneAttemptIds } });
    assert.equal(end.code, "TOO_MANY_ITEMS", JSON.stringify(end));
  });

  test("5,000 changes of a runner's versions keep nobody waiting, however many tasks are registered", async () => {
    const second = { seconds: 1, nanos: 0 };
    const retry = { maxAttempts: 1, factor: 1, minTimeout: second, maxTimeout: second };
    const tasks = Array.from({ length: 5_000 }, (_, index) => {
      return { id: `t${index}`, filePath: "t.ts", exportName: "t", queue: "q", machine: "micro", retry };
    });
    await using client = new RawClient(cluster.address);
    const registration = RegisterVersion.requestSerialize({ hash: "1".repeat(64), tasks });
    assert.equal((await client.call(RegisterVersion.path, registration)).status, status.OK);
    const changes = Array.from({ length: 5_000 }, () => frame(Attach.requestSerialize({ versionsChanged: {} })));
    const call = client.open(Attach.path);
    call.stream.resume();
    call.stream.write(frame(Attach.requestSerialize({ hello })));
    call.stream.end(Buffer.concat(changes));
    const slowestMs = await waitBeside(call.ended);
    assert.equal((await call.ended).status, status.OK);
    console.log(`slowest call beside it ${Math.round(slowestMs)} ms`);
    assert.ok(slowestMs < 3_000, `a call beside it took ${slowestMs} ms`);
  });

  test("a run that is watched 700,000 times in one message is refused, and keeps nobody waiting", async () => {
    const one = WatchRuns.requestSerialize({ add: [{ runId: "run_nobody00" }] });
    const attack = endOf(WatchRuns.path, [Buffer.concat(Array.from({ length: 700_000 }, () => one))]);
    const slowestMs = await waitBeside(attack);
    assert.equal((await attack).code, "TOO_MANY_ITEMS");
    console.log(`slowest call beside it ${Math.round(slowestMs)} ms`);
    assert.ok(slowestMs < 3_000, `a call beside it took ${slowestMs} ms`);
  });

  const at = { seconds: 1_700_000_000, nanos: 0 };
  const outcome = { runId: "run_a", attemptId: "attempt_a", startTime: at, endTime: at, success: { output: "" } };
  const odd: readonly (readonly [title: string, messages: readonly AttachRequest[]])[] = [
    ["a capacity that is no number", [{ hello: { ...hello, capacity: { ...hello.capacity, memoryGb: Number.NaN } } }]],
    ["an endless capacity", [{ hello: { ...hello, capacity: { ...hello.capacity, cpu: Number.POSITIVE_INFINITY } } }]],
    ["a negative capacity", [{ hello: { ...hello, capacity: { ...hello.capacity, memoryGb: -1 } } }]],
    ["a runner's id with line breaks", [{ hello: { ...hello, runnerId: "runner_a\nb" } }]],
    ["a runner's id of 60,000 characters", [{ hello: { ...hello, runnerId: `runner_${"x".repeat(60_000)}` } }]],
    ["an attempt's id with control characters", [{ hello }, { report: { goneAttemptIds: ["a\u0000b"] } }]],
    [
      "a negative instant",
      [{ hello }, { report: { outcomes: [{ ...outcome, startTime: { seconds: -5, nanos: 0 } }] } }],
    ],
    [
      "an instant beyond every calendar",
      [{ hello }, { report: { outcomes: [{ ...outcome, endTime: { seconds: 2 ** 53, nanos: 0 } }] } }],
    ],
    [
      "a negative span",
      [{ hello }, { report: { outcomes: [{ ...outcome, activeDuration: { seconds: -5, nanos: 0 } }] } }],
    ],
  ];
  for (const [title, messages] of odd) {
    test(`${title} is refused`, async () => {
      const end = await endOfRunner(...messages);
      assert.ok(end.code === "PROTOCOL_BROKEN" || end.code === "OPTION_INVALID", JSON.stringify(end));
    });
  }

  test("a negative concurrency limit is refused", async () => {
    const timeout = { seconds: 1, nanos: 0 };
    const retry = { maxAttempts: 1, factor: 1, minTimeout: timeout, maxTimeout: timeout };
    const task = {
      id: "a",
      filePath: "a.ts",
      exportName: "a",
      queue: "q",
      machine: "micro",
      retry,
      concurrencyLimit: -5,
    };
    await using client = new RawClient(cluster.address);
    const bytes = RegisterVersion.requestSerialize({ hash: "0".repeat(64), tasks: [task] });
    const end = await client.call(RegisterVersion.path, bytes);
    assert.deepEqual([end.code, end.status], ["OPTION_INVALID", status.INVALID_ARGUMENT], JSON.stringify(end));
  });

  const skip = process.versions.node.startsWith("20.") && "Node.js 20 cuts a connection at 1,000 cancellations";
  test("3,200 deadlines that pass while the coordinator is stopped leave the connection and its watch alone", {
    skip,
  }, async () => {
    const RunClient = makeGenericClientConstructor(services.run, "RunService");
    const client = new RunClient(cluster.address, credentials.createInsecure()) as unknown as RunServiceClient;
    const trigger = Trigger.requestSerialize({ item: { taskId: "any", runId: "run_watched00" } });
    await using other = new RawClient(cluster.address);
    assert.equal((await other.call(Trigger.path, trigger)).status, status.OK);
    const watch = client.watchRuns();
    const seen: string[] = [];
    let failure: ServiceError | undefined;
    watch.on("data", ({ run }: WatchRunsResponse__Output) => seen.push(run?.status ?? ""));
    watch.on("error", (error: ServiceError) => {
      failure = error;
    });
    const request: WatchRunsRequest = { add: [{ runId: "run_watched00" }] };
    watch.write(request);
    await waitUntil("the watched run", () => seen.length > 0);
    cluster.coordinator.process.kill("SIGSTOP");
    // As many calls at once as a connection may have, because calls that wait in the client would never be sent.
    for (let wave = 0; wave < 4; wave += 1) {
      const ends = Array.from({ length: 800 }, () => {
        const deadline = Date.now() + 500;
        return new Promise((resolve) => {
          client.getRun({ runId: "run_watched00" }, { deadline }, (error) => resolve(error?.code ?? status.OK));
        });
      });
      for (const end of await Promise.all(ends)) assert.equal(end, status.DEADLINE_EXCEEDED);
    }
    cluster.coordinator.process.kill("SIGCONT");
    // While the calls from the pause end, a call above the connection's limit is refused.
    await waitUntil("an answer to a cancellation", async () => {
      const error = await new Promise<ServiceError | null>((resolve) => {
        client.cancelRun({ runId: "run_watched00" }, (failed) => resolve(failed));
      });
      if (error !== null) assert.equal(error.code, status.RESOURCE_EXHAUSTED, error.details);
      return error === null;
    });
    await waitUntil(
      "the cancellation on the watch",
      () => seen.includes("RUN_STATUS_CANCELED") || failure !== undefined,
    );
    assert.equal(failure, undefined, `${failure?.code} ${failure?.details}`);
    watch.end();
    client.close();
  });

  test("an application's watch goes on after 3,200 of its deadlines passed, whatever became of its connection", async () => {
    configure({ coordinator: cluster.address });
    const handle = await tasks.trigger("any", {});
    const seen: string[] = [];
    const watched = (async () => {
      for await (const run of runs.subscribeToRun(handle.id)) seen.push(run.status);
    })();
    await waitUntil("the watched run", () => seen.length > 0);
    cluster.coordinator.process.kill("SIGSTOP");
    for (let wave = 0; wave < 4; wave += 1) {
      const calls = Array.from({ length: 800 }, () =>
        runs.retrieve(handle.id, { timeoutMs: 500, retry: { maxAttempts: 1 } }).catch(() => undefined),
      );
      await Promise.all(calls);
    }
    cluster.coordinator.process.kill("SIGCONT");
    await runs.cancel(handle.id);
    await watched;
    assert.equal(seen.at(-1), "CANCELED");
  });
});
