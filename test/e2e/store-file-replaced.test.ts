import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type RunServiceClient, services } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { findFreePort, Service } from "../support/service.ts";

const RunClient = makeGenericClientConstructor(services.run, "RunService");

/** A coordinator on its own file, and clients that trigger continuously. */
class LoadedCoordinator implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "baton-replaced-"));
  readonly file = join(this.dir, "baton.db");
  readonly address: string;
  readonly service: Service;
  /** When each acknowledged trigger was sent, by run id; monotonic milliseconds. */
  readonly acknowledged = new Map<string, number>();
  readonly refusals = new Set<string>();
  readonly #client: RunServiceClient;
  #isLoaded = false;

  constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
    this.service = new Service(["coordinator", "--listen", this.address, "--store", `sqlite:${this.file}`]);
    this.#client = new RunClient(this.address, credentials.createInsecure()) as unknown as RunServiceClient;
  }

  async load(): Promise<void> {
    await this.service.prints("coordinator listening");
    this.#isLoaded = true;
    for (let client = 0; client < 8; client += 1) void this.#triggerAgainAndAgain();
    await waitUntil("acknowledged triggers", () => this.acknowledged.size > 100);
  }

  async #triggerAgainAndAgain(): Promise<void> {
    while (this.#isLoaded && this.service.isRunning) {
      const sentAt = performance.now();
      await new Promise<void>((resolve) => {
        const item = { taskId: "nobody-has-it", payload: "1" };
        this.#client.trigger({ item }, (error, response) => {
          if (error) this.refusals.add(error.details);
          else this.acknowledged.set(response?.run?.runId ?? "", sentAt);
          resolve();
        });
      });
    }
  }

  acknowledgedSince(at: number): number {
    return [...this.acknowledged.values()].filter((sentAt) => sentAt >= at).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLoaded = false;
    this.#client.close();
    await this.service.kill("SIGKILL");
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function endOf(coordinator: LoadedCoordinator): Promise<void> {
  await waitUntil("the end of the coordinator", () => !coordinator.service.isRunning);
  assert.equal(await coordinator.service.exited, 1, coordinator.service.stderr);
  assert.match(coordinator.service.stderr, /the store is lost to this coordinator/);
  assert.match(coordinator.service.stderr, /error: The file ".*" was .* \[STORE_REPLACED\]/);
}

async function countRuns(address: string, wanted: ReadonlyMap<string, unknown>): Promise<number> {
  const client = new RunClient(address, credentials.createInsecure()) as unknown as RunServiceClient;
  try {
    const found = [...wanted.keys()].map(
      (runId) => new Promise<number>((resolve) => client.getRun({ runId }, (error) => resolve(error ? 0 : 1))),
    );
    return (await Promise.all(found)).reduce((sum, one) => sum + one, 0);
  } finally {
    client.close();
  }
}

test("when the database file is deleted under load, nothing is acknowledged any more and the coordinator ends", async () => {
  await using coordinator = new LoadedCoordinator(await findFreePort());
  await coordinator.load();
  rmSync(coordinator.file);
  const deletedAt = performance.now();
  await endOf(coordinator);
  assert.equal(coordinator.acknowledgedSince(deletedAt), 0);
  assert.ok(
    [...coordinator.refusals].some((text) => text.includes("was deleted or moved away")),
    [...coordinator.refusals].join("\n"),
  );
});

test("when another file takes its place, everything acknowledged is in the file that was moved away", async () => {
  await using coordinator = new LoadedCoordinator(await findFreePort());
  await coordinator.load();
  const saved = join(coordinator.dir, "saved.db");
  renameSync(`${coordinator.file}-wal`, `${saved}-wal`);
  renameSync(coordinator.file, saved);
  await using second = new Service([
    ...["coordinator", "--listen", `127.0.0.1:${await findFreePort()}`, "--store", `sqlite:${coordinator.file}`],
  ]);
  await endOf(coordinator);
  await second.prints("coordinator listening");

  const address = `127.0.0.1:${await findFreePort()}`;
  await using restarted = new Service(["coordinator", "--listen", address, "--store", `sqlite:${saved}`]);
  await restarted.prints("coordinator listening");
  assert.equal(await countRuns(address, coordinator.acknowledged), coordinator.acknowledged.size);
});

test("a coordinator without load notices that its log file is gone, and keeps what was in it", async () => {
  await using coordinator = new LoadedCoordinator(await findFreePort());
  await coordinator.service.prints("coordinator listening");
  rmSync(`${coordinator.file}-wal`);
  await endOf(coordinator);
  await using restarted = new Service([
    ...["coordinator", "--listen", coordinator.address, "--store", `sqlite:${coordinator.file}`],
  ]);
  await restarted.prints("coordinator listening");
});
