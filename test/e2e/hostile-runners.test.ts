import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttachRequest, services } from "@baton/proto";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { frame, MemoryWatch, RawClient, type RawEnd } from "../support/raw-client.ts";

const { Attach, RegisterVersion } = services.runner;
const capacity = { concurrency: 1, cpu: 1, memoryGb: 1, overcommit: false };

const waits = `import { task } from "@baton/sdk";
export const waits = task({ id: "waits", run: async () => new Promise((resolve) => setTimeout(resolve, 8_000, "done")) });
`;

/** Attaches as a runner and returns how the stream ended. */
async function attach(client: RawClient, hello: NonNullable<AttachRequest["hello"]>): Promise<RawEnd> {
  const call = client.open(Attach.path);
  call.stream.resume();
  call.stream.end(frame(Attach.requestSerialize({ hello })));
  return await call.ended;
}

test("after a restart nobody takes the name of a runner that is not back yet", async () => {
  await using project = await Project.create({ "trigger/waits.ts": waits });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const handle = await tasks.trigger("waits", undefined);
  let runnerId = "";
  await waitUntil("the run to execute", async () => {
    const run = await runs.retrieve(handle.id);
    runnerId = run.attempts[0]?.runnerId ?? "";
    return run.status === "EXECUTING";
  });
  const [runner] = cluster.runners;
  runner?.process.kill("SIGSTOP");
  await cluster.coordinator.kill("SIGKILL");
  await cluster.restartCoordinator().prints("coordinator serves");
  await using client = new RawClient(cluster.address);
  for (const key of ["", "a stranger's"]) {
    const end = await attach(client, { runnerId, session: 4_000_000_000, capacity, key });
    assert.equal(end.code, "PROTOCOL_BROKEN", JSON.stringify(end));
  }
  runner?.process.kill("SIGCONT");
  const run = await runs.poll(handle.id);
  assert.deepEqual([run.status, run.output], ["COMPLETED", "done"]);
  assert.deepEqual(
    run.attempts.map(({ status }) => status),
    ["COMPLETED"],
  );
});

test("versions that are registered one after the other do not fill the memory", { timeout: 120_000 }, async () => {
  await using project = await Project.create({ "trigger/waits.ts": waits });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  using memory = new MemoryWatch(cluster.coordinator.pid);
  const second = { seconds: 1, nanos: 0 };
  const retry = { maxAttempts: 1, factor: 1, minTimeout: second, maxTimeout: second };
  const jsonSchema = JSON.stringify("x".repeat(250_000));
  const tasksOf = (version: number) =>
    Array.from({ length: 16 }, (_, index) => {
      const id = `t${version}-${index}`;
      return { id, filePath: "t.ts", exportName: "t", queue: id, machine: "micro", retry, jsonSchema };
    });
  await using client = new RawClient(cluster.address);
  const codes = new Map<string | undefined, number>();
  for (let version = 0; version < 100; version += 1) {
    const request = { hash: version.toString(16).padStart(64, "0"), tasks: tasksOf(version) };
    const { code } = await client.call(RegisterVersion.path, RegisterVersion.requestSerialize(request));
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  const grownMiB = memory.peakAboveIdleMiB;
  console.log(`${grownMiB} MiB more; ${JSON.stringify([...codes])}`);
  assert.deepEqual([...codes.keys()], [undefined, "VERSIONS_FULL"]);
  assert.ok(grownMiB < 512, `${grownMiB} MiB more`);
  configure({ coordinator: cluster.address });
  // The runner of this project registers its version again, which is still possible.
  const [runner] = cluster.runners.splice(0);
  await runner?.kill("SIGTERM");
  cluster.addRunner();
  await cluster.runnersReady(1, "waits");
});
