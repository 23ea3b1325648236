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
  type TriggerResponse__Output,
  timestampToWire,
  type WatchRunsResponse__Output,
} from "@baton/proto";
import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import { credentials, Metadata, makeGenericClientConstructor, type ServiceError, status } from "@grpc/grpc-js";
import pino from "pino";
import type {
  CoordinatorApi,
  RegisteredTask,
  RunView,
  RunWatch,
  TriggerCommand,
  TriggerOutcome,
  WatchSink,
} from "../callers/coordinator-api.ts";
import type { Run } from "../core/life/run.ts";
import { InsecureListenError, PortInUseError, RunIdTakenError } from "../errors.ts";
import type { RunnerHello, RunnerLink, RunnerReport, RunnerSession } from "../runners/runner-link.ts";
import type { RunLogs, StoredLogEntry } from "../store/store.ts";
import { type GrpcServer, startGrpcServer } from "./server.ts";

const log = pino({ level: "silent" });
const token = "secret";

function runOf(command: TriggerCommand): Run {
  return {
    id: command.runId,
    taskId: command.taskId,
    status: "queued",
    revision: 1,
    createdAt: 1_000,
    updatedAt: 1_000,
    queue: `task/${command.taskId}`,
    priorityMs: command.priorityMs,
    queueTime: 1_000,
    tags: command.tags,
    depth: 0,
    triggerFunction: command.triggerFunction,
    isReplay: command.isReplay,
    isTest: command.isTest,
    attemptNumber: 0,
    interruptions: 0,
    chargedInterruptions: 0,
    deliveries: 0,
    attempts: [],
    activeMs: 0,
    hasOutput: false,
    timeline: [],
  };
}

/** Keeps runs in a map and changes them when a test says so. */
class FakeCoordinator implements CoordinatorApi {
  readonly views = new Map<RunId, RunView>();
  readonly lines: StoredLogEntry[] = [];
  readonly reports: RunnerReport[] = [];
  hello: RunnerHello | undefined;
  link: RunnerLink | undefined;
  closedSessions = 0;
  readonly #watches = new Set<{ sink: WatchSink; ids: Set<RunId> }>();
  readonly #logListeners = new Set<() => void>();

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async trigger(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    if (commands.some(({ taskId }) => taskId === "waits")) return new Promise(() => undefined);
    return commands.map((command): TriggerOutcome => {
      if (command.taskId === "taken") return { ok: false, error: new RunIdTakenError(command.runId) };
      if (command.taskId === "breaks") throw new Error("a secret of ours");
      const { runId, taskId, payload } = command;
      this.views.set(runId, { run: runOf(command), ...(payload !== undefined && { payload }) });
      return { ok: true, runId, taskId, isCached: false, status: "queued" };
    });
  }

  triggerBatch(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    return this.trigger(commands);
  }

  change(runId: RunId, runStatus: RunStatus): void {
    const view = this.views.get(runId);
    assert.ok(view);
    const changed = { ...view, run: { ...view.run, status: runStatus, revision: view.run.revision + 1 } };
    this.views.set(runId, changed);
    for (const { sink, ids } of this.#watches) if (ids.has(runId)) sink(runId, changed);
    for (const listener of this.#logListeners) listener();
  }

  readonly appended: RunLogs[] = [];

  print(message: string): void {
    this.lines.push({
      sequence: this.lines.length + 1,
      at: 5,
      level: "info",
      message,
      attemptNumber: 1,
      attemptId: "attempt_1",
    });
    for (const listener of this.#logListeners) listener();
  }

  isRegistered(): boolean {
    return false;
  }
  knownTaskIds(): readonly string[] {
    return ["hello-world"];
  }
  async findRun(runId: RunId): Promise<RunView | undefined> {
    return this.views.get(runId);
  }
  async findRunsByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    const runs = [...this.views.values()].map(({ run }) => run).filter(({ id }) => id.startsWith(idPrefix));
    return runs.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  }
  async findRunState(runId: RunId): Promise<Run | undefined> {
    return this.views.get(runId)?.run;
  }
  async listRuns(
    _filter: object,
    cursor: { readonly before?: { readonly id: RunId }; readonly after?: { readonly id: RunId } },
    limit: number,
  ): Promise<readonly Run[]> {
    const runs = [...this.views.values()].map(({ run }) => run).sort((a, b) => (a.id < b.id ? 1 : -1));
    const { before: older, after: newer } = cursor;
    if (newer) return runs.filter(({ id }) => id > newer.id).slice(-limit);
    return runs.filter(({ id }) => older === undefined || id < older.id).slice(0, limit);
  }
  async cancel(runId: RunId): Promise<RunStatus | undefined> {
    return this.views.get(runId)?.run.status;
  }
  watch(sink: WatchSink): RunWatch {
    const watch = { sink, ids: new Set<RunId>() };
    this.#watches.add(watch);
    return {
      add: (runId, seenRevision) => {
        const view = this.views.get(runId);
        watch.ids.add(runId);
        if (view?.run.revision !== seenRevision) sink(runId, view);
      },
      remove: (runId) => void watch.ids.delete(runId),
      close: () => void this.#watches.delete(watch),
    };
  }
  async registerVersion(): Promise<string> {
    return "20260101.1";
  }
  listTasks(): readonly RegisteredTask[] {
    return [];
  }
  attach(hello: RunnerHello, link: RunnerLink): RunnerSession {
    this.hello = hello;
    this.link = link;
    link.welcome({ heartbeatIntervalMs: 2_000, stopAttemptIds: [] });
    return {
      report: (report) => {
        this.reports.push(report);
        link.dispatch({ sequence: 1, assignments: [], cancels: [], settledAttemptIds: [], stopAttemptIds: [] });
      },
      versionsChanged: () => {},
      draining: () => {},
      closed: () => {
        this.closedSessions += 1;
      },
    };
  }
  async appendLogs(logs: readonly RunLogs[]): Promise<void> {
    this.appended.push(...logs);
  }
  async readLogs(_runId: RunId, afterSequence: number, limit: number): Promise<readonly StoredLogEntry[]> {
    return this.lines.filter(({ sequence }) => sequence > afterSequence).slice(0, limit);
  }
  hasLogsComing(): boolean {
    return false;
  }

  onLogs(_runId: RunId, callback: () => void): () => void {
    this.#logListeners.add(callback);
    return () => void this.#logListeners.delete(callback);
  }
  onLogsStored(): () => void {
    return () => {};
  }
  onRunChanged(): () => void {
    return () => {};
  }
}

interface Answer<Response> {
  readonly error: ServiceError | null;
  readonly response: Response | undefined;
}

describe("the gRPC server", () => {
  let coordinator: FakeCoordinator;
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
    coordinator = new FakeCoordinator();
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
  after(() => server.stop());

  async function triggerOne(taskId = "hello-world"): Promise<RunId> {
    const service = runs();
    const { error, response } = await call<TriggerResponse__Output>((done) =>
      service.trigger({ item: { taskId, payload: "1" } }, withToken, done),
    );
    assert.equal(error, null);
    return response?.run?.runId as RunId;
  }

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
    const items = [
      { taskId: "a" },
      { taskId: "a", options: { machine: "huge" } },
      { taskId: "taken" },
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
    const runsBefore = coordinator.views.size;
    const items = [{ taskId: "a" }, { taskId: "a", payload: "{bad" }];
    const { error } = await call<BatchTriggerResponse__Output>((done) =>
      service.batchTrigger({ items }, withToken, done),
    );
    assert.equal(error?.code, status.INVALID_ARGUMENT);
    assert.match(String(error?.metadata.get("grpc-status-details-bin")[0]), /items\[1\]\.payload/);
    assert.equal(coordinator.views.size, runsBefore);
  });

  test("answers a call that the store keeps waiting before its deadline, with a retry hint", async () => {
    const service = runs();
    const deadline = Date.now() + 500;
    const { error } = await call<TriggerResponse__Output>((done) =>
      service.trigger({ item: { taskId: "waits" } }, withToken, { deadline }, done),
    );
    assert.equal(error?.code, status.UNAVAILABLE);
    const details = String(error?.metadata.get("grpc-status-details-bin")[0]);
    assert.match(details, /STORE_UNAVAILABLE/);
    assert.match(details, /RetryInfo/);
  });

  test("keeps the text of unknown failures to itself", async () => {
    const service = runs();
    const { error } = await call<TriggerResponse__Output>((done) =>
      service.trigger({ item: { taskId: "breaks" } }, withToken, done),
    );
    assert.equal(error?.code, status.INTERNAL);
    assert.equal(error?.details.includes("secret"), false);
  });

  test("pages through the list in both directions", async () => {
    for (let made = coordinator.views.size; made < 5; made += 1) await triggerOne();
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
    for (let made = coordinator.views.size; made < 3; made += 1) await triggerOne();
    const find = (idPrefix: string, pageSize = 0) =>
      call<FindRunsResponse__Output>((done) => runs().findRuns({ idPrefix, pageSize }, withToken, done));
    const ids = [...coordinator.views.keys()].sort();
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
    coordinator.change(seen, "completed");
    const stream = runs().watchRuns(withToken);
    const told: string[] = [];
    stream.on("data", (message: WatchRunsResponse__Output) => {
      told.push(message.run?.status ?? `not found ${message.notFound}`);
      if (message.run?.status === "RUN_STATUS_QUEUED") coordinator.change(runId, "completed");
    });
    stream.write({ add: [{ runId }, { runId: "run_missing1" }, { runId: seen, seenRevision: 2 }] });
    stream.end();
    await once(stream, "end");
    assert.deepEqual(told.sort(), ["RUN_STATUS_COMPLETED", "RUN_STATUS_QUEUED", "not found run_missing1"]);
  });

  test("follows logs until the run is final", async () => {
    const runId = await triggerOne();
    const stream = client<LogServiceClient>(services.log).readLogs({ runId, follow: true }, withToken);
    const messages: string[] = [];
    stream.on("data", ({ entries }) => {
      for (const { message } of entries) messages.push(message);
      if (messages.length === 1) coordinator.print("second");
      if (messages.length === 2) coordinator.change(runId, "completed");
    });
    coordinator.print("first");
    await once(stream, "end");
    assert.deepEqual(messages, ["first", "second"]);
  });

  test("does not believe a line's time that is far from now", async () => {
    const now = Date.now();
    const entries = [now - 1_000, 0, now + 400 * 86_400_000].map((at) => ({ time: timestampToWire(at), message: "x" }));
    await new Promise((resolve, reject) => {
      const logs = client<LogServiceClient>(services.log);
      const request = { runs: [{ runId: "run_a", entries: [...entries, { message: "no time" }] }] };
      logs.appendLogs(request, withToken, (error) => (error ? reject(error) : resolve(undefined)));
    });
    const times = coordinator.appended.at(-1)?.entries.map(({ at }) => at) ?? [];
    assert.equal(times[0], now - 1_000);
    assert.ok(
      times.slice(1).every((at) => at >= now && at <= Date.now()),
      times.join(", "),
    );
  });

  const hello: AttachRequest = { hello: { runnerId: "runner_1", session: 1, capacity: { concurrency: 2 } } };

  test("joins a runner's stream to a session and hands each output over with its outcome", async () => {
    const stream = client<RunnerServiceClient>(services.runner).attach(withToken);
    const answers: AttachResponse__Output[] = [];
    stream.on("data", (answer: AttachResponse__Output) => answers.push(answer));
    stream.write(hello);
    const time = { seconds: 1, nanos: 0 };
    const ended = { runId: "run_a", startTime: time, endTime: time, activeDuration: time };
    const success = (attemptId: string, output: string, outputTypes = "") => ({
      ...ended,
      attemptId,
      success: { output, outputTypes },
    });
    const outcomes = [
      success("attempt_a", "[1]", '"Set"'),
      success("attempt_d", "[1]", '{"0":"bigint"}'),
      success("attempt_b", ""),
      success("attempt_c", `"${"x".repeat(20)}"`),
    ];
    stream.write({ report: { receivedSequence: 3, outcomes } });
    while (answers.length < 2) await once(stream, "data");
    assert.deepEqual(
      answers.map(({ message }) => message),
      ["welcome", "dispatch"],
    );
    assert.equal(coordinator.hello?.capacity.concurrency, 2);
    const [report = assert.fail()] = coordinator.reports;
    const kept = report.outcomes.flatMap(({ outcome, texts }) => (texts ? [[outcome.attemptId, texts]] : []));
    assert.deepEqual(kept, [["attempt_a", { output: "[1]", outputTypes: '"Set"' }]]);
    assert.deepEqual(
      report.outcomes.map(({ outcome: { end } }) => (end.type === "succeeded" ? end.hasOutput : end.type)),
      [true, "failed", false, "failed"],
    );
    stream.end();
    await once(stream, "end");
    assert.equal(coordinator.closedSessions, 1);
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
    stream.write(hello);
    await once(stream, "data");
    coordinator.link?.close("superseded");
    const [error] = (await once(stream, "error")) as [ServiceError];
    assert.equal(error.code, status.ABORTED);
  });

  test("refuses other machines without a token, and an address that is taken", async () => {
    const settings = { coordinator, log, insecure: false, maxPayloadBytes: 1, maxOutputBytes: 1 };
    await assert.rejects(startGrpcServer({ ...settings, listen: "0.0.0.0:0" }), InsecureListenError);
    await assert.rejects(startGrpcServer({ ...settings, listen: server.address }), PortInUseError);
  });

  test("ends streams with UNAVAILABLE when it stops, and may be stopped twice", async () => {
    const stream = client<RunnerServiceClient>(services.runner).attach(withToken);
    stream.write(hello);
    await once(stream, "data");
    const failed = once(stream, "error");
    const stopped = server.stop();
    const [error] = (await failed) as [ServiceError];
    assert.equal(error.code, status.UNAVAILABLE);
    await stopped;
    await server.stop();
  });
});
