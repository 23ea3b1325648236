import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";
import {
  type AttachRequest,
  type AttachResponse__Output,
  type BatchTriggerResponse__Output,
  type FindRunsResponse__Output,
  type GetRunResponse__Output,
  type HealthCheckResponse__Output,
  type HealthClient,
  type ListRunsResponse__Output,
  type LogServiceClient,
  type RunnerServiceClient,
  type RunServiceClient,
  services,
  type TriggerManyResponse__Output,
  type TriggerOptions,
  type TriggerResponse__Output,
  timestampToWire,
  type WatchRunsResponse__Output,
} from "@baton/proto";
import type { RunId } from "@baton/proto/contract/ids";
import { credentials, Metadata, makeGenericClientConstructor, type ServiceError, status } from "@grpc/grpc-js";
import pino from "pino";
import { startCoordinator } from "../coordinator.test.support.ts";
import type { Coordinator } from "../coordinator.ts";
import { definition } from "../core/life/run.test.support.ts";
import { InsecureListenError, PortInUseError } from "../errors.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { type GrpcServer, startGrpcServer } from "./server.ts";

const log = pino({ level: "silent" });
const token = "secret";

/** A store that can hold batches back. */
class HoldingStore extends MemoryStore {
  holds = false;
  #held: (() => void)[] = [];

  constructor() {
    super({
      onBatch: (batch) => (this.holds ? this.#held.push(() => batch.answer()) : batch.answer()),
      onCall: (method) => {
        if (method === "claimKeys") throw new Error("a secret of ours");
      },
    });
  }

  release(): void {
    this.holds = false;
    for (const answer of this.#held.splice(0)) answer();
  }
}

interface Answer<Response> {
  readonly error: ServiceError | null;
  readonly response: Response | undefined;
}

describe("the gRPC server", () => {
  let store: HoldingStore;
  let coordinator: Coordinator;
  let server: GrpcServer;
  const clients: { close(): void }[] = [];
  const withToken = new Metadata();
  withToken.set("authorization", `Bearer ${token}`);

  function client<Client>(definition: Parameters<typeof makeGenericClientConstructor>[0]): Client {
    const Constructor = makeGenericClientConstructor(definition, "test");
    const made = new Constructor(server.address, credentials.createInsecure());
    clients.push(made);
    return made as unknown as Client;
  }

  const runs = () => client<RunServiceClient>(services.run);

  function call<Response>(
    send: (done: (error: ServiceError | null, response?: Response) => void) => unknown,
  ): Promise<Answer<Response>> {
    return new Promise((resolve) => {
      send((error, response) => resolve({ error, response }));
    });
  }

  const start = async () => {
    store = new HoldingStore();
    coordinator = await startCoordinator({ store, log });
    const ids = ["hello-world", "a", "b", "taken", "waits", "breaks"];
    await coordinator.runners.registerVersion(
      "a".repeat(64),
      ids.map((id) => definition({ id })),
    );
    server = await startGrpcServer({
      coordinator,
      log,
      listen: "127.0.0.1:0",
      token,
      insecure: false,
      maxPayloadBytes: 1024,
      maxOutputBytes: 16,
    });
  };
  before(start);
  afterEach(() => {
    for (const made of clients.splice(0)) made.close();
  });
  after(async () => {
    await server.stop();
    await coordinator.stop();
  });

  async function triggerOne(taskId = "hello-world", options: TriggerOptions = {}): Promise<RunId> {
    const service = runs();
    const { error, response } = await call<TriggerResponse__Output>((done) =>
      service.trigger({ item: { taskId, payload: "1", options } }, withToken, done),
    );
    assert.equal(error, null);
    return response?.run?.runId as RunId;
  }

  /** Returns the number of runners that have the task. */
  const runnersOf = (taskId: string) =>
    coordinator.tasks.list().find((task) => task.definition.id === taskId)?.runnerCount;

  /** Stores a line of a run, as if its task had printed it. */
  const print = (runId: RunId, message: string) =>
    coordinator.logs.append(
      [{ runId, entries: [{ at: Date.now(), level: "info", message, attemptNumber: 1, attemptId: "attempt_1" }] }],
      [],
    );

  test("refuses a call without the token or with a wrong one, and health needs none", async () => {
    const service = runs();
    const wrong = new Metadata();
    wrong.set("authorization", "Bearer secre");
    for (const metadata of [new Metadata(), wrong]) {
      const { error } = await call<GetRunResponse__Output>((done) =>
        service.getRun({ runId: "run_x" }, metadata, done),
      );
      assert.equal(error?.code, status.UNAUTHENTICATED);
    }
    const watch = service.watchRuns(new Metadata());
    watch.resume();
    const [streamError] = (await once(watch, "error")) as [ServiceError];
    assert.equal(streamError.code, status.UNAUTHENTICATED);

    const health = client<HealthClient>(services.health);
    const { response } = await call<HealthCheckResponse__Output>((done) =>
      health.check({ service: "baton.v1.RunService" }, new Metadata(), done),
    );
    assert.equal(response?.status, "SERVING");
    const unknown = await call<HealthCheckResponse__Output>((done) =>
      health.check({ service: "nobody" }, new Metadata(), done),
    );
    assert.equal(unknown.error?.code, status.NOT_FOUND);
  });

  test("triggers a run and reads it back", async () => {
    const service = runs();
    const runId = await triggerOne();
    const { response } = await call<GetRunResponse__Output>((done) => service.getRun({ runId }, withToken, done));
    assert.equal(response?.run?.status, "RUN_STATUS_QUEUED");
    assert.equal(response?.run?.payload, "1");
    const missing = await call<GetRunResponse__Output>((done) =>
      service.getRun({ runId: "run_missing1" }, withToken, done),
    );
    assert.equal(missing.error?.code, status.NOT_FOUND);
  });

  test("answers each item of TriggerMany in order with its run or its error", async () => {
    const service = runs();
    const runId = await triggerOne();
    const items = [
      { taskId: "a" },
      { taskId: "a", options: { machine: "huge" } },
      { taskId: "taken", runId },
      { taskId: "b" },
    ];
    const { response } = await call<TriggerManyResponse__Output>((done) =>
      service.triggerMany({ items }, withToken, done),
    );
    const results = response?.results.map(({ run, error }) => run?.taskId ?? `${error?.code} ${error?.field}`);
    assert.deepEqual(results, ["a", "MACHINE_UNKNOWN options.machine", "RUN_ID_TAKEN ", "b"]);
  });

  test("refuses a whole batch for one bad item, names its index and creates nothing", async () => {
    const service = runs();
    const runsBefore = store.disk.runs.size;
    const items = [{ taskId: "a" }, { taskId: "a", payload: "{bad" }];
    const { error } = await call<BatchTriggerResponse__Output>((done) =>
      service.batchTrigger({ items }, withToken, done),
    );
    assert.equal(error?.code, status.INVALID_ARGUMENT);
    assert.match(String(error?.metadata.get("grpc-status-details-bin")[0]), /items\[1\]\.payload/);
    assert.equal(store.disk.runs.size, runsBefore);
  });

  test("answers a call that the store keeps waiting before its deadline, with a retry hint", async () => {
    const service = runs();
    const deadline = Date.now() + 500;
    store.holds = true;
    const { error } = await call<TriggerResponse__Output>((done) =>
      service.trigger({ item: { taskId: "waits" } }, withToken, { deadline }, done),
    );
    store.release();
    assert.equal(error?.code, status.UNAVAILABLE);
    const details = String(error?.metadata.get("grpc-status-details-bin")[0]);
    assert.match(details, /STORE_UNAVAILABLE/);
    assert.match(details, /RetryInfo/);
  });

  test("keeps the text of unknown failures to itself", async () => {
    const service = runs();
    const { error } = await call<TriggerResponse__Output>((done) =>
      service.trigger({ item: { taskId: "breaks", options: { idempotencyKey: "key" } } }, withToken, done),
    );
    assert.equal(error?.code, status.INTERNAL);
    assert.equal(error?.details.includes("secret"), false);
  });

  test("pages through the list in both directions", async () => {
    for (let made = store.disk.runs.size; made < 5; made += 1) await triggerOne();
    const service = runs();
    const list = async (pageToken: string) =>
      (await call<ListRunsResponse__Output>((done) => service.listRuns({ pageSize: 2, pageToken }, withToken, done)))
        .response;
    const first = await list("");
    assert.equal(first?.previousPageToken, "");
    const second = await list(first?.nextPageToken ?? "");
    const back = await list(second?.previousPageToken ?? "");
    assert.deepEqual(
      back?.runs.map(({ id }) => id),
      first?.runs.map(({ id }) => id),
    );
    assert.equal(back?.previousPageToken, "");
    const bad = await call<ListRunsResponse__Output>((done) => service.listRuns({ pageToken: "bad" }, withToken, done));
    assert.equal(bad.error?.code, status.INVALID_ARGUMENT);
  });

  test("finds runs by the beginning of their id, and says that there are more", async () => {
    for (let made = store.disk.runs.size; made < 3; made += 1) await triggerOne();
    const find = (idPrefix: string, pageSize = 0) =>
      call<FindRunsResponse__Output>((done) => runs().findRuns({ idPrefix, pageSize }, withToken, done));
    const ids = [...store.disk.runs.keys()].sort();
    const found = async (...parameters: Parameters<typeof find>) => {
      const { response } = await find(...parameters);
      return [response?.runs.map(({ id }) => id), response?.hasMore];
    };
    assert.deepEqual(await found("run_", 2), [ids.slice(0, 2), true]);
    assert.deepEqual(await found("run_", ids.length), [ids, false]);
    assert.deepEqual(await found(ids[1] ?? ""), [[ids[1]], false]);
    for (const bad of ["", "run", "batch_", "run_a-", "run_\uffff", `run_${"a".repeat(65)}`]) {
      assert.equal((await find(bad)).error?.code, status.INVALID_ARGUMENT, bad);
    }
    assert.equal((await find("run_", 101)).error?.code, status.INVALID_ARGUMENT);
  });

  test("watches runs to their end, tells the unknown one, and ends after the half-close", async () => {
    const runId = await triggerOne();
    const seen = await triggerOne();
    await coordinator.runs.cancel(seen, "seen");
    const stream = runs().watchRuns(withToken);
    const told: string[] = [];
    stream.on("data", (message: WatchRunsResponse__Output) => {
      told.push(message.run?.status ?? `not found ${message.notFound}`);
      if (message.run?.status === "RUN_STATUS_QUEUED") void coordinator.runs.cancel(runId, "told");
    });
    stream.write({ add: [{ runId }, { runId: "run_missing1" }, { runId: seen, seenRevision: 2 }] });
    stream.end();
    await once(stream, "end");
    assert.deepEqual(told.sort(), ["RUN_STATUS_CANCELED", "RUN_STATUS_QUEUED", "not found run_missing1"]);
  });

  test("follows logs until the run is final", async () => {
    const runId = await triggerOne();
    const stream = client<LogServiceClient>(services.log).readLogs({ runId, follow: true }, withToken);
    const messages: string[] = [];
    stream.on("data", ({ entries }) => {
      for (const { message } of entries) messages.push(message);
      if (messages.length === 1) void print(runId, "second");
      if (messages.length === 2) void coordinator.runs.cancel(runId, "printed");
    });
    void print(runId, "first");
    await once(stream, "end");
    assert.deepEqual(messages, ["first", "second"]);
  });

  test("does not believe a line's time that is far from now", async () => {
    const runId = await triggerOne();
    const now = Date.now();
    const entries = [now - 1_000, 0, now + 400 * 86_400_000].map((at) => ({ time: timestampToWire(at), message: "x" }));
    await new Promise((resolve, reject) => {
      const logs = client<LogServiceClient>(services.log);
      const request = { runs: [{ runId, entries: [...entries, { message: "no time" }] }] };
      logs.appendLogs(request, withToken, (error) => (error ? reject(error) : resolve(undefined)));
    });
    const times = (await coordinator.logs.read(runId, 0, 10)).map(({ at }) => at);
    assert.equal(times.length, 4);
    assert.equal(times[0], now - 1_000);
    assert.ok(
      times.slice(1).every((at) => at >= now && at <= Date.now()),
      times.join(", "),
    );
  });

  const helloOf = (runnerId: string, session: number, more: Partial<AttachRequest["hello"]> = {}): AttachRequest => ({
    hello: { runnerId, session, capacity: { concurrency: 2 }, ...more },
  });

  test("joins a runner's stream to a session and hands each output over with its outcome", async () => {
    const task = definition({ id: "outputs", machine: "micro" });
    const version = await coordinator.runners.registerVersion("b".repeat(64), [task]);
    const outputs = [
      { output: "[1]", outputTypes: '"Set"' },
      { output: "[1]", outputTypes: '{"0":"bigint"}' },
      { output: "", outputTypes: "" },
      { output: `"${"x".repeat(20)}"`, outputTypes: "" },
    ];
    const runIds: RunId[] = [];
    for (const _ of outputs) runIds.push(await triggerOne(task.id, { maxAttempts: 1 }));
    const stream = client<RunnerServiceClient>(services.runner).attach(withToken);
    const answers: AttachResponse__Output[] = [];
    stream.on("data", (answer: AttachResponse__Output) => answers.push(answer));
    const capacity = { concurrency: outputs.length, cpu: 4, memoryGb: 4 };
    stream.write(helloOf("runner_1", 1, { capacity, versions: [version] }));
    const assignments = () => answers.flatMap(({ dispatch }) => dispatch?.assignments ?? []);
    while (assignments().length < outputs.length) await once(stream, "data");
    assert.deepEqual(
      answers.slice(0, 2).map(({ message }) => message),
      ["welcome", "dispatch"],
    );
    assert.equal(runnersOf(task.id), 1);
    const time = { seconds: 1, nanos: 0 };
    const outcomes = assignments().map(({ attemptId, runId }) => ({
      runId,
      attemptId,
      startTime: time,
      endTime: time,
      activeDuration: time,
      success: outputs[runIds.indexOf(runId as RunId)] ?? null,
    }));
    stream.write({ report: { receivedSequence: answers.at(-1)?.dispatch?.sequence ?? 0, outcomes } });
    const settled = () => answers.flatMap(({ dispatch }) => dispatch?.settledAttemptIds ?? []);
    while (settled().length < outputs.length) await once(stream, "data");
    const views = await Promise.all(runIds.map((runId) => coordinator.runs.find(runId)));
    const kept = views.flatMap((view) => {
      return view?.output === undefined ? [] : [[view.run.id, view.output, view.outputTypes]];
    });
    assert.deepEqual(kept, [[runIds[0], "[1]", '"Set"']]);
    assert.deepEqual(
      views.map((view) => (view?.run.status === "completed" ? view.run.hasOutput : view?.run.status)),
      [true, "failed", false, "failed"],
    );
    stream.end();
    await once(stream, "end");
    assert.equal(runnersOf(task.id), 0);
  });

  test("ends a runner's stream that does not start with a Hello", async () => {
    const stream = client<RunnerServiceClient>(services.runner).attach(withToken);
    stream.resume();
    stream.write({ report: {} });
    const [error] = (await once(stream, "error")) as [ServiceError];
    assert.equal(error.code, status.INVALID_ARGUMENT);
  });

  test("tells a runner that a newer stream took over", async () => {
    const stream = client<RunnerServiceClient>(services.runner).attach(withToken);
    stream.write(helloOf("runner_2", 1));
    await once(stream, "data");
    const superseded = once(stream, "error");
    const newer = client<RunnerServiceClient>(services.runner).attach(withToken);
    newer.resume();
    newer.write(helloOf("runner_2", 2));
    const [error] = (await superseded) as [ServiceError];
    assert.equal(error.code, status.ABORTED);
    newer.end();
    await once(newer, "end");
  });

  test("refuses other machines without a token, and an address that is taken", async () => {
    const settings = { coordinator, log, insecure: false, maxPayloadBytes: 1, maxOutputBytes: 1 };
    await assert.rejects(startGrpcServer({ ...settings, listen: "0.0.0.0:0" }), InsecureListenError);
    await assert.rejects(startGrpcServer({ ...settings, listen: server.address }), PortInUseError);
  });

  test("ends streams with UNAVAILABLE when it stops, and may be stopped twice", async () => {
    const stream = client<RunnerServiceClient>(services.runner).attach(withToken);
    stream.write(helloOf("runner_3", 1));
    await once(stream, "data");
    const failed = once(stream, "error");
    const stopped = server.stop();
    const [error] = (await failed) as [ServiceError];
    assert.equal(error.code, status.UNAVAILABLE);
    await stopped;
    await server.stop();
  });
});
