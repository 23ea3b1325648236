import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { services } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { status } from "@grpc/grpc-js";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { frame, MemoryWatch, type RawCall, RawClient } from "../support/raw-client.ts";

const { GetRun, Trigger, WatchRuns } = services.run;
const { AppendLogs, ReadLogs } = services.log;
const { Attach, RegisterVersion } = services.runner;
const mebibyte = 1024 * 1024;
/** Number of runs with a payload of 1 MiB; each is watched or read several times. */
const runCount = 60;

describe("a client that does not read what it asked for", { timeout: 150_000 }, () => {
  let project: Project;
  let cluster: Cluster;
  let good: RawClient;
  const runIds = Array.from({ length: runCount }, (_, index) => `run_large${String(index).padStart(8, "0")}`);

  before(async () => {
    project = await Project.create({});
    cluster = await Cluster.start({ projectDir: project.dir, runners: 0 });
    await cluster.coordinator.prints("coordinator serves");
    good = new RawClient(cluster.address);
    const payload = JSON.stringify("x".repeat(mebibyte));
    for (const runId of runIds) {
      const end = await good.call(
        Trigger.path,
        Trigger.requestSerialize({ item: { taskId: "large", payload, runId } }),
      );
      assert.equal(end.status, status.OK, JSON.stringify(end));
    }
    await good.call(Trigger.path, Trigger.requestSerialize({ item: { taskId: "small", runId: "run_small00000000" } }));
  });
  after(async () => {
    await good?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const open = (path: string, message: Buffer, client: RawClient): RawCall => {
    const call = client.open(path);
    call.stream.write(frame(message));
    return call;
  };

  /** Returns the time of the slowest of `count` calls of another client, in milliseconds. */
  async function slowestGoodCall(count: number): Promise<number> {
    let slowest = 0;
    for (let done = 0; done < count; done += 1) {
      const begin = performance.now();
      const end = await good.call(GetRun.path, GetRun.requestSerialize({ runId: "run_small00000000" }));
      assert.equal(end.status, status.OK, JSON.stringify(end));
      slowest = Math.max(slowest, performance.now() - begin);
    }
    return slowest;
  }

  /** Lets clients attack, and checks the coordinator's memory and the waiting time of other clients. */
  async function endures(
    attack: (client: RawClient) => Promise<void>,
    clientCount: number,
    limitMiB: number,
  ): Promise<void> {
    const clients = Array.from({ length: clientCount }, () => new RawClient(cluster.address));
    using memory = new MemoryWatch(cluster.coordinator.pid);
    const attacks = Promise.all(clients.map(attack));
    const slowestMs = await slowestGoodCall(200);
    await attacks;
    console.log(`peak ${memory.peakAboveIdleMiB} MiB above idle, slowest good call ${Math.round(slowestMs)} ms`);
    assert.ok(memory.peakAboveIdleMiB < limitMiB, `${memory.peakAboveIdleMiB} MiB above idle`);
    for (const client of clients) await client[Symbol.asyncDispose]();
  }

  test("as the watcher of large runs on 40 streams, takes little memory", async () => {
    const add = WatchRuns.requestSerialize({ add: runIds.map((runId) => ({ runId })) });
    await endures(
      async (client) => {
        for (let count = 0; count < 8; count += 1) {
          open(WatchRuns.path, add, client);
          // Concurrent requests for one run share a read; this call makes every stream have its own.
          await good.call(GetRun.path, GetRun.requestSerialize({ runId: "run_small00000000" }));
        }
      },
      5,
      400,
    );
  });

  test("as the caller of 1,500 large runs, takes little memory", async () => {
    await endures(
      async (client) => {
        for (let count = 0; count < 300; count += 1) {
          const runId = runIds[count % runCount] ?? "";
          client.open(GetRun.path).stream.end(frame(GetRun.requestSerialize({ runId })));
        }
      },
      5,
      400,
    );
  });

  test("a watcher that reads gets every run, large as they are", async () => {
    await using client = new RawClient(cluster.address);
    using memory = new MemoryWatch(cluster.coordinator.pid);
    const call = open(WatchRuns.path, WatchRuns.requestSerialize({ add: runIds.map((runId) => ({ runId })) }), client);
    let bytes = 0;
    call.stream.on("data", (data: Buffer) => {
      bytes += data.length;
    });
    await waitUntil("every large run", () => bytes > runCount * mebibyte, 60_000);
    assert.ok(memory.peakAboveIdleMiB < 300, `${memory.peakAboveIdleMiB} MiB above idle`);
  });

  test("600 calls for large runs are all answered to a client that reads", async () => {
    await using client = new RawClient(cluster.address);
    using memory = new MemoryWatch(cluster.coordinator.pid);
    const calls = Array.from({ length: 600 }, (_, index) =>
      client.call(GetRun.path, GetRun.requestSerialize({ runId: runIds[index % runCount] ?? "" })),
    );
    const slowestMs = await slowestGoodCall(100);
    for (const end of await Promise.all(calls)) assert.equal(end.status, status.OK, JSON.stringify(end));
    console.log(`peak ${memory.peakAboveIdleMiB} MiB above idle, slowest good call ${Math.round(slowestMs)} ms`);
    assert.ok(memory.peakAboveIdleMiB < 400, `${memory.peakAboveIdleMiB} MiB above idle`);
  });

  test("as 50 followers of a long log, takes little memory", async () => {
    const [runId = ""] = runIds;
    const message = "y".repeat(10_000);
    for (let count = 0; count < 20; count += 1) {
      const attemptId = `attempt_${count}`;
      const entry = { message, level: "LOG_LEVEL_LOG", attemptNumber: 1, attemptId } as const;
      const runs = [{ runId, entries: Array.from({ length: 50 }, () => entry) }];
      assert.equal((await good.call(AppendLogs.path, AppendLogs.requestSerialize({ runs }))).status, status.OK);
    }
    await endures(
      async (client) => {
        for (let count = 0; count < 10; count += 1)
          open(ReadLogs.path, ReadLogs.requestSerialize({ runId, follow: true }), client).stream.end();
      },
      5,
      300,
    );
  });

  test("as a runner, is not sent one run after the other", async () => {
    await using client = new RawClient(cluster.address);
    const retry = {
      maxAttempts: 1,
      factor: 1,
      minTimeout: { seconds: 1, nanos: 0 },
      maxTimeout: { seconds: 1, nanos: 0 },
    };
    const task = { id: "large", filePath: "a.ts", exportName: "a", queue: "task/large", machine: "micro", retry };
    const registered = await client.call(
      RegisterVersion.path,
      RegisterVersion.requestSerialize({ hash: "0".repeat(64), tasks: [task] }),
    );
    assert.equal(registered.status, status.OK, JSON.stringify(registered));
    const { tasks } = await cluster.listTasks();
    const version = tasks[0]?.version ?? "";
    using memory = new MemoryWatch(cluster.coordinator.pid);
    const hello = {
      runnerId: "runner_deaf0000",
      session: 1,
      capacity: { concurrency: 100_000, cpu: 100_000, memoryGb: 100_000, overcommit: false },
      versions: [version],
      held: [],
    };
    const call = open(Attach.path, Attach.requestSerialize({ hello }), client);
    const beat = setInterval(() => call.stream.write(frame(Attach.requestSerialize({ report: { prefetch: 0 } }))), 500);
    const slowestMs = await slowestGoodCall(200);
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    clearInterval(beat);
    console.log(`peak ${memory.peakAboveIdleMiB} MiB above idle, slowest good call ${Math.round(slowestMs)} ms`);
    assert.ok(memory.peakAboveIdleMiB < 130, `${memory.peakAboveIdleMiB} MiB above idle`);
  });
});
