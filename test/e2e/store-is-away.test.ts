import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import { readStatusDetails } from "@baton/proto/client/status-details";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { appendedFile, appendingTask, readAppended, triggerAppending } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { MongoDatabase } from "../support/mongo-database.ts";
import { type Fate, MongoProxy, type ProxiedRequest } from "../support/mongo-proxy.ts";
import { findMongoServer, howToGetAServer, type MongoServer } from "../support/mongo-server.ts";
import { Project } from "../support/project.ts";

/** Longer than the ownership lease, in milliseconds. */
const awayMs = 12_000;
const pass: Fate = { type: "pass" };

/** A cluster whose coordinator is connected to its store through a proxy. */
class ProxiedCluster implements AsyncDisposable {
  readonly project: Project;
  readonly proxy: MongoProxy;
  readonly cluster: Cluster;
  readonly #database: MongoDatabase;

  private constructor(project: Project, proxy: MongoProxy, cluster: Cluster, database: MongoDatabase) {
    this.project = project;
    this.proxy = proxy;
    this.cluster = cluster;
    this.#database = database;
  }

  static async start(server: MongoServer): Promise<ProxiedCluster> {
    const database = new MongoDatabase(server);
    await database.prepare();
    const proxy = await MongoProxy.start(server);
    const project = await Project.create({ "trigger/append.ts": appendingTask });
    const cluster = await Cluster.start({ projectDir: project.dir, store: proxy.through(database.address) });
    configure({ coordinator: cluster.address });
    return new ProxiedCluster(project, proxy, cluster, database);
  }

  /** Triggers one run with this id. Resolves with the error, or undefined when the trigger was acknowledged. */
  trigger(runId: string, payload: object, deadlineMs: number): Promise<ServiceError | undefined> {
    const item = { runId, taskId: "append", payload: JSON.stringify(payload) };
    return new Promise((resolve) => {
      const deadline = Date.now() + deadlineMs;
      this.cluster.runsClient.trigger({ item }, new Metadata(), { deadline }, (error) => resolve(error ?? undefined));
    });
  }

  /** Whether the run exists. */
  has(runId: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.cluster.runsClient.getRun({ runId }, (error) =>
        error === null || error.code === status.NOT_FOUND ? resolve(error === null) : reject(error),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.project[Symbol.asyncDispose]();
    await this.#database.remove();
  }
}

function newRunId(): string {
  return `run_${randomUUID().replaceAll("-", "")}`;
}

function hasRetryHint({ metadata }: ServiceError): boolean {
  return readStatusDetails(metadata).retryAfterMs !== undefined;
}

const outages: readonly (readonly [what: string, set: (proxy: MongoProxy, isAway: boolean) => void])[] = [
  ["refuses connections", (proxy, isAway) => proxy.refuse(isAway)],
  [
    "answers nothing",
    (proxy, isAway) => {
      proxy.decide = () => (isAway ? { type: "dropRequest" } : pass);
    },
  ],
];

/** The fates of every eighth write and the one after it: refused before and after it was applied. */
const stepDowns: readonly Fate[] = [
  { type: "answer", document: { ok: 0, code: 10107, codeName: "NotWritablePrimary", errmsg: "not primary" } },
  { type: "amend", amend: () => ({ ok: 0, code: 11602, codeName: "InterruptedDueToReplStateChange", errmsg: "no" }) },
];

const server = await findMongoServer();
after(() => server?.stop());

describe("a coordinator whose store is away", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  for (const [what, setAway] of outages) {
    test(`because it ${what}: nothing is lost or done twice, and work goes on by itself`, async () => {
      await using story = await ProxiedCluster.start(server);
      const { cluster, project, proxy } = story;
      const file = appendedFile(project);
      const before = await tasks.trigger("append", { file, ms: 4_000 });
      await waitUntil("the run to start", () => readAppended(project).length === 1);

      setAway(proxy, true);
      const awaySince = performance.now();
      const [impatient, patient] = [newRunId(), newRunId()];
      const payload = { file, ms: 10 };
      const refusals = await Promise.all([
        story.trigger(impatient, payload, 2_000).then((error) => [error, performance.now() - awaySince] as const),
        story.trigger(patient, payload, 60_000).then((error) => [error, performance.now() - awaySince] as const),
      ]);
      for (const [error, afterMs] of refusals) {
        assert.equal(error?.code, status.UNAVAILABLE, error?.message);
        assert.ok(error !== undefined && hasRetryHint(error), error?.message);
        assert.ok(afterMs < awayMs, `${afterMs} ms`);
      }
      await waitUntil("more time than an ownership lasts", () => performance.now() - awaySince > awayMs);
      assert.equal(readAppended(project).length, 2, "what was under way has ended meanwhile, and nothing else began");

      setAway(proxy, false);
      for (const runId of [impatient, patient]) {
        await waitUntil("the same trigger to be taken", async () => {
          return (await story.trigger(runId, payload, 5_000)) === undefined;
        });
      }
      for (const runId of [before.id, impatient, patient]) assert.equal((await runs.poll(runId)).status, "COMPLETED");
      const lines = readAppended(project);
      assert.deepEqual(
        lines.map(({ number, runId, what: kind }) => `${runId} ${number} ${kind}`).toSorted(),
        [before.id, impatient, patient].flatMap((id) => [`${id} 1 end`, `${id} 1 start`]).toSorted(),
      );
      assert.ok(cluster.coordinator.isRunning);
    });
  }

  test("takes only so much that it cannot write", async () => {
    await using story = await ProxiedCluster.start(server);
    const { proxy } = story;
    // Each is just below the limit of a payload; 22 of them exceed the 64 MiB that may be unwritten.
    const payload = { file: "x".repeat(3 * 1024 * 1024 - 100), ms: -1 };
    const runIds = Array.from({ length: 30 }, newRunId);
    proxy.refuse(true);
    const errors: (ServiceError | undefined)[] = [];
    for (const runId of runIds) {
      const isFirst = errors.length === 0;
      const answer = story.trigger(runId, payload, 10_000).then((error) => errors.push(error));
      if (isFirst) await answer;
    }
    await waitUntil("every trigger to be answered", () => errors.length === runIds.length);
    const overloaded = errors.filter((error) => error?.code === status.RESOURCE_EXHAUSTED);
    const unavailable = errors.filter((error) => error?.code === status.UNAVAILABLE);
    assert.equal(overloaded.length + unavailable.length, runIds.length);
    assert.ok(errors.every((error) => error !== undefined && hasRetryHint(error)));
    assert.ok(overloaded.length >= 7, `${overloaded.length} were refused`);
    assert.ok(unavailable.length >= 20, `${unavailable.length} wait to be written`);

    proxy.refuse(false);
    await waitUntil("a trigger to be taken", async () => (await story.trigger(newRunId(), {}, 5_000)) === undefined);
    const made = await Promise.all(runIds.map((runId) => story.has(runId)));
    assert.equal(made.filter((exists) => exists).length, unavailable.length, "what was not refused was written");
  });

  test("because its primary steps down again and again: every run runs once", async () => {
    await using story = await ProxiedCluster.start(server);
    const { project, proxy } = story;
    let requests = 0;
    const isChanging = ({ collection, command }: ProxiedRequest) =>
      collection.startsWith("prod.") && ["insert", "update"].includes(command);
    proxy.decide = (request) => {
      if (!isChanging(request)) return pass;
      requests += 1;
      return stepDowns[requests % 8] ?? pass;
    };
    const triggered = await triggerAppending(project, 30);
    await Promise.all(triggered.map(({ id }) => runs.poll(id)));
    assert.ok(requests >= 16, `${requests} writes`);
    assert.deepEqual(
      readAppended(project)
        .map(({ number, runId, what }) => `${runId} ${number} ${what}`)
        .toSorted(),
      triggered.flatMap(({ id }) => [`${id} 1 end`, `${id} 1 start`]).toSorted(),
    );
  });
});
