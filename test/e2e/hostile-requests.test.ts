import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { services } from "@baton/proto";
import { status } from "@grpc/grpc-js";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { frame, MemoryWatch, RawClient, type RawEnd } from "../support/raw-client.ts";

const token = "the-token-of-this-test";
const getRun = services.run.GetRun;
const trigger = services.run.Trigger;
const triggerMany = services.run.TriggerMany;
const mebibyte = 1024 * 1024;

describe("a client that sends what no client should", { timeout: 120_000 }, () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "token.txt": `${token}\n` });
    const coordinatorArgs = ["--token-file", project.path("token.txt")];
    cluster = await Cluster.start({ projectDir: project.dir, coordinatorArgs, token, runners: 0 });
    await cluster.coordinator.prints("coordinator serves");
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  const connect = (withToken = true) => new RawClient(cluster.address, withToken ? token : undefined);
  const assertEnd = (end: RawEnd, code: string, grpcStatus: status) =>
    assert.deepEqual([end.code, end.status], [code, grpcStatus], JSON.stringify(end));

  /** Asserts that the connection still answers a valid call within a second or two. */
  async function assertServes(client: RawClient): Promise<void> {
    const end = await client.call(getRun.path, getRun.requestSerialize({ runId: "run_nobody00" }));
    assertEnd(end, "RUN_NOT_FOUND", status.NOT_FOUND);
  }

  describe("is answered with a code, and its connection goes on:", () => {
    const longTexts: readonly (readonly [title: string, text: string])[] = [
      ["64,000 letters", "x".repeat(64_000)],
      ["20,000 characters of three bytes", "字".repeat(20_000)],
      ["64,000 percent signs", "%".repeat(64_000)],
    ];
    for (const [title, text] of longTexts) {
      test(`an id of ${title}`, async () => {
        await using client = connect();
        const calls = [
          client.call(getRun.path, getRun.requestSerialize({ runId: text })),
          assertServes(client),
        ] as const;
        const [end] = await Promise.all(calls);
        assertEnd(end, "OPTION_INVALID", status.INVALID_ARGUMENT);
        assert.match(end.message, new RegExp(`${text.length} characters; at most 256`));
        await assertServes(client);
      });
    }

    const whole = frame(getRun.requestSerialize({ runId: "run_nobody00" }));
    const broken: readonly (readonly [title: string, path: string, bytes: Buffer])[] = [
      ["no message", getRun.path, Buffer.alloc(0)],
      ["two messages", getRun.path, Buffer.concat([whole, whole])],
      ["half a message", getRun.path, whole.subarray(0, 9)],
      ["half a message on a stream", services.run.WatchRuns.path, whole.subarray(0, 3)],
    ];
    for (const [title, path, bytes] of broken) {
      test(`${title}, and then the end`, async () => {
        await using client = connect();
        const call = client.open(path);
        call.stream.resume();
        call.stream.end(bytes);
        assertEnd(await call.ended, "MESSAGE_MALFORMED", status.INVALID_ARGUMENT);
        await assertServes(client);
      });
    }

    test("every text of a request, as long as it may be sent", async () => {
      await using client = connect();
      const long = "字".repeat(20_000);
      const item = { taskId: "known", payload: "1" };
      const requests: readonly (readonly [path: string, bytes: Buffer])[] = [
        [services.run.CancelRun.path, services.run.CancelRun.requestSerialize({ runId: long, reason: long })],
        [services.run.ReplayRun.path, services.run.ReplayRun.requestSerialize({ runId: long })],
        [
          services.run.ReplayRun.path,
          services.run.ReplayRun.requestSerialize({ runId: "run_nobody00", newRunId: long }),
        ],
        [services.run.ListRuns.path, services.run.ListRuns.requestSerialize({ pageToken: long })],
        [services.run.ListRuns.path, services.run.ListRuns.requestSerialize({ tags: [long] })],
        [services.run.ListRuns.path, services.run.ListRuns.requestSerialize({ parentRunId: long })],
        [trigger.path, trigger.requestSerialize({ item: { ...item, taskId: long } })],
        [trigger.path, trigger.requestSerialize({ item: { ...item, payload: long } })],
        [trigger.path, trigger.requestSerialize({ item: { ...item, runId: long } })],
        [trigger.path, trigger.requestSerialize({ item: { ...item, parentRunId: long } })],
        ...(["delay", "idempotencyKey", "idempotencyKeyTtl", "machine"] as const).map(
          (name) => [trigger.path, trigger.requestSerialize({ item: { ...item, options: { [name]: long } } })] as const,
        ),
        [trigger.path, trigger.requestSerialize({ item: { ...item, options: { tags: [long] } } })],
        [services.log.ReadLogs.path, services.log.ReadLogs.requestSerialize({ runId: long })],
        [services.run.BatchTrigger.path, services.run.BatchTrigger.requestSerialize({ batchId: long, items: [item] })],
        [
          services.runner.RegisterVersion.path,
          services.runner.RegisterVersion.requestSerialize({ hash: "0".repeat(64), tasks: [{ id: long }] }),
        ],
      ];
      for (const [path, bytes] of requests) {
        const end = await client.call(path, bytes);
        assert.ok(end.code !== undefined && end.status !== undefined, `${path}: ${JSON.stringify(end)}`);
        assert.ok(Buffer.byteLength(end.message) <= 1_024, `${path}: a message of ${end.message.length} characters`);
      }
      await assertServes(client);
    });

    test("half of a surrogate pair in an id", async () => {
      await using client = connect();
      const bytes = Buffer.concat([Buffer.from([0x0a, 0x06]), Buffer.from([0xed, 0xa0, 0x80, 0xed, 0xa0, 0x80])]);
      assertEnd(await client.call(getRun.path, bytes), "RUN_NOT_FOUND", status.NOT_FOUND);
      await assertServes(client);
    });

    test("bytes that are no protobuf", async () => {
      await using client = connect();
      const end = await client.call(getRun.path, Buffer.from([0x0a, 0xff, 0xff, 0xff]));
      assertEnd(end, "MESSAGE_MALFORMED", status.INVALID_ARGUMENT);
      await assertServes(client);
    });

    test("a message that announces more than 32 MiB", async () => {
      await using client = connect();
      const call = client.open(trigger.path);
      call.stream.write(frame(Buffer.alloc(10), { length: 33 * mebibyte }));
      call.stream.resume();
      assertEnd(await call.ended, "MESSAGE_TOO_LARGE", status.INVALID_ARGUMENT);
      await assertServes(client);
    });

    test("a compressed message", async () => {
      await using client = connect();
      const call = client.open(trigger.path, { "grpc-encoding": "gzip" });
      call.stream.end(frame(gzipSync(Buffer.alloc(31 * mebibyte)), { compressed: true }));
      call.stream.resume();
      assertEnd(await call.ended, "COMPRESSION_NOT_SUPPORTED", status.UNIMPLEMENTED);
      await assertServes(client);
    });

    test("a health check of a service that does not exist", async () => {
      await using client = connect(false);
      const { Check } = services.health;
      const bytes = Check.requestSerialize({ service: "x".repeat(3_000) });
      assertEnd(await client.call(Check.path, bytes), "SERVICE_UNKNOWN", status.NOT_FOUND);
    });

    test("a payload that is not UTF-8", async () => {
      await using client = connect();
      const good = trigger.requestSerialize({ item: { taskId: "known", payload: '"abcd"' } });
      const bytes = Buffer.from(good);
      bytes[bytes.indexOf("abcd")] = 0xff;
      const end = await client.call(trigger.path, bytes);
      assertEnd(end, "PAYLOAD_NOT_JSON", status.INVALID_ARGUMENT);
      assert.match(end.message, /UTF-8/);
      // A replacement character that the client sent itself is valid.
      const meant = trigger.requestSerialize({ item: { taskId: "known", payload: '"ab\uFFFDcd"' } });
      assert.equal((await client.call(trigger.path, meant)).status, status.OK);
    });

    test("a message with millions of empty items, which would take gigabytes when decoded", async () => {
      await using client = connect();
      using memory = new MemoryWatch(cluster.coordinator.pid);
      const empty = Buffer.alloc(20 * mebibyte);
      for (let at = 0; at < empty.length; at += 2) empty[at] = 0x0a;
      assertEnd(await client.call(triggerMany.path, empty), "TOO_MANY_ITEMS", status.INVALID_ARGUMENT);
      assert.ok(memory.peakAboveIdleMiB < 256, `${memory.peakAboveIdleMiB} MiB above idle`);
      await assertServes(client);
    });
  });

  describe("gets no memory", () => {
    test("without a token, however much it announces and sends", async () => {
      await using client = connect(false);
      await using good = connect();
      using memory = new MemoryWatch(cluster.coordinator.pid);
      const piece = Buffer.alloc(mebibyte);
      const calls = Array.from({ length: 200 }, () => {
        const call = client.open(trigger.path);
        call.stream.write(frame(piece, { length: 31 * mebibyte }));
        call.stream.resume();
        return call.ended;
      });
      for (const end of await Promise.all(calls)) assertEnd(end, "TOKEN_MISSING", status.UNAUTHENTICATED);
      await assertServes(good);
      assert.ok(memory.peakAboveIdleMiB < 128, `${memory.peakAboveIdleMiB} MiB above idle`);
    });

    test("with a token, for messages that never come to their end", async () => {
      await using good = connect();
      const clients = Array.from({ length: 10 }, () => connect());
      using memory = new MemoryWatch(cluster.coordinator.pid);
      const piece = Buffer.alloc(4 * mebibyte);
      for (const client of clients) {
        for (let count = 0; count < 20; count += 1) {
          const call = client.open(trigger.path);
          call.stream.write(frame(piece, { length: 31 * mebibyte }));
          call.stream.resume();
        }
      }
      // 800 MiB were sent. Meanwhile a good client goes on, with small and large messages.
      for (let count = 0; count < 20; count += 1) {
        await assertServes(good);
        const payload = JSON.stringify("x".repeat(2 * mebibyte));
        const bytes = trigger.requestSerialize({ item: { taskId: "known", payload } });
        assert.equal((await good.call(trigger.path, bytes)).status, status.OK);
      }
      for (const client of clients) await client[Symbol.asyncDispose]();
      console.log(`peak ${memory.peakAboveIdleMiB} MiB above idle`);
      assert.ok(memory.peakAboveIdleMiB < 512, `${memory.peakAboveIdleMiB} MiB above idle`);
    });

    test("for 40 compressed messages of 31 KB", async () => {
      await using client = connect();
      using memory = new MemoryWatch(cluster.coordinator.pid);
      const bomb = frame(gzipSync(Buffer.alloc(31 * mebibyte)), { compressed: true });
      const calls = Array.from({ length: 40 }, () => {
        const call = client.open(trigger.path, { "grpc-encoding": "gzip" });
        call.stream.end(bomb);
        call.stream.resume();
        return call.ended;
      });
      for (const end of await Promise.all(calls)) assertEnd(end, "COMPRESSION_NOT_SUPPORTED", status.UNIMPLEMENTED);
      assert.ok(memory.peakAboveIdleMiB < 64, `${memory.peakAboveIdleMiB} MiB above idle`);
    });
  });
});
