import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { after, describe, test } from "node:test";
import { type HealthCheckResponse, services } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { type Client, credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { Cluster } from "../support/cluster.ts";
import { MongoDatabase } from "../support/mongo-database.ts";
import { MongoProxy } from "../support/mongo-proxy.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { Project } from "../support/project.ts";
import { findFreePort, runBaton, Service } from "../support/service.ts";

const taskFile = `import { task } from "@baton/sdk";

export const echo = task({ id: "echo", run: async (payload: { n: number }) => payload.n });
`;
const HealthClient = makeGenericClientConstructor(services.health, "Health");
/** Limits the time until a coordinator serves after the earlier one was killed, in milliseconds. */
const takeoverLimitMs = 15_000;

const server = await findMongoServer();
after(() => server?.stop());

describe("two coordinators on one database", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  test("the second one ends and names the holder; with --standby it waits, healthy, and takes over", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await using project = await Project.create({ "trigger/tasks.ts": taskFile });
    await using cluster = await Cluster.start({ projectDir: project.dir, store: database.address });
    const listen = `127.0.0.1:${await findFreePort()}`;
    const second = ["coordinator", "--listen", listen, "--store", database.address];

    const refused = await runBaton(second);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, new RegExp(`process ${cluster.coordinator.pid} on .*STORE_LOCKED`, "s"));

    await using standby = new Service([...second, "--standby"]);
    await standby.prints("coordinator stands by");
    assert.equal(await healthOf(listen, ""), "SERVING");
    assert.equal(await healthOf(listen, "baton.v1.RunService"), "NOT_SERVING");
    const listed = await runBaton(["runs", "list", "--coordinator", listen]);
    assert.match(listed.stderr, /STANDBY/);
    using watched = new HealthWatch(listen, "baton.v1.RunService");
    await waitUntil("the first status", () => watched.statuses.length === 1);

    configure({ coordinator: cluster.address });
    const before = await tasks.trigger("echo", { n: 1 });
    assert.equal((await runs.poll(before.id)).output, 1);
    await cluster.coordinator.kill("SIGKILL");
    await standby.prints("coordinator listening", takeoverLimitMs);
    assert.equal(await healthOf(listen, "baton.v1.RunService"), "SERVING");
    await waitUntil("the next status", () => watched.statuses.length === 2);
    assert.deepEqual(watched.statuses, ["NOT_SERVING", "SERVING"], "on the connection that was open");
    configure({ coordinator: listen });
    assert.equal((await runs.retrieve(before.id)).status, "COMPLETED");
    await using _runner = new Service(["runner", "--coordinator", listen, "--dir", project.dir]);
    const next = await tasks.trigger("echo", { n: 2 });
    assert.equal((await runs.poll(next.id)).output, 2);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`one that stands by ends cleanly with ${signal}`, async () => {
      await using database = new MongoDatabase(server);
      const listens = [`127.0.0.1:${await findFreePort()}`, `127.0.0.1:${await findFreePort()}`] as const;
      const store = ["--store", database.address];
      await using first = new Service(["coordinator", "--listen", listens[0], ...store]);
      await first.prints("coordinator listening");
      await using standby = new Service(["coordinator", "--listen", listens[1], ...store, "--standby"]);
      await standby.prints("coordinator stands by");
      standby.process.kill(signal);
      assert.equal(await standby.exited, 0, standby.stderr);
      assert.doesNotMatch(standby.stderr, /error:/);
      assert.equal(await healthOf(listens[0], "baton.v1.RunService"), "SERVING");
    });
  }

  test("one that was killed and started again serves again within 15 s", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await using project = await Project.create({ "trigger/tasks.ts": taskFile });
    await using cluster = await Cluster.start({ projectDir: project.dir, store: database.address });
    await cluster.coordinator.kill("SIGKILL");
    const startedAt = performance.now();
    await cluster.restartCoordinator().prints("coordinator listening", takeoverLimitMs);
    assert.ok(performance.now() - startedAt < takeoverLimitMs);
  });

  test("one that was paused until another took over sends no write when it wakes, and ends", async () => {
    await using database = new MongoDatabase(server);
    await database.prepare();
    await using proxy = await MongoProxy.start(server);
    const listens = [`127.0.0.1:${await findFreePort()}`, `127.0.0.1:${await findFreePort()}`] as const;
    const through = proxy.through(database.address);
    await using first = new Service(["coordinator", "--listen", listens[0], "--store", through]);
    await first.prints("coordinator listening");
    await using second = new Service([
      ...["coordinator", "--listen", listens[1], "--store", database.address],
      "--standby",
    ]);
    await second.prints("coordinator stands by");
    first.process.kill("SIGSTOP");
    await second.prints("coordinator listening", takeoverLimitMs);

    const wokenAt = performance.now();
    const waiting = runBaton(["trigger", "echo", "--payload", '{"n":1}', "--coordinator", listens[0]]);
    first.process.kill("SIGCONT");
    assert.equal(await first.exited, 1);
    assert.match(first.stderr, new RegExp(`process ${second.pid} on .*STORE_LOCKED`, "s"));
    const writes = proxy.requests.filter(({ at, command }) => at > wokenAt && isWrite(command));
    assert.deepEqual(writes, []);
    assert.ok(
      proxy.requests.some(({ at, collection }) => at > wokenAt && collection === "prod.meta"),
      "it looked at the mark of the owner",
    );
    assert.notEqual((await waiting).code, 0);
  });
});

/** Records the health of a service on one stream, until the stream ends. */
class HealthWatch implements Disposable {
  readonly statuses: string[] = [];
  readonly #client: Client;

  constructor(address: string, service: string) {
    this.#client = new HealthClient(address, credentials.createInsecure());
    const { watch } = this.#client as unknown as { watch(request: object): Readable };
    watch
      .call(this.#client, { service })
      .on("data", ({ status }: HealthCheckResponse) => this.statuses.push(String(status)))
      .on("error", (error: Error) => this.statuses.push(error.message));
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

function isWrite(command: string): boolean {
  return ["insert", "update", "delete", "findAndModify"].includes(command);
}

/** Returns the health of a service; `""` names the process. */
async function healthOf(address: string, service: string): Promise<string | undefined> {
  const client = new HealthClient(address, credentials.createInsecure()) as unknown as Client & {
    check(request: object, callback: (error: Error | null, response?: HealthCheckResponse) => void): void;
  };
  try {
    let status: string | undefined;
    await waitUntil("an answer about health", async () => {
      status = await new Promise((resolve) => {
        client.check({ service }, (_error, response) => resolve(response?.status?.toString()));
      });
      return status !== undefined;
    });
    return status;
  } finally {
    client.close();
  }
}
