import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { buildVersion } from "@baton/runner";
import { configure, runs, task, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { BuildProject, taskFile } from "./build-project.ts";

interface Refusal {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

async function build(files: Readonly<Record<string, string>>): ReturnType<typeof buildVersion> {
  await using project = await BuildProject.create(files);
  return await buildVersion({ projectDir: project.dir, environment: "PRODUCTION" });
}

async function refusal(files: Readonly<Record<string, string>>): Promise<Refusal> {
  return build(files).then(
    () => assert.fail("the version was built"),
    (error: unknown) => error as Refusal,
  );
}

describe("a definition", () => {
  test("of an id that another file has is refused, naming both, and nothing is registered [case 1]", async () => {
    const { name, message } = await refusal({ "trigger/a.ts": taskFile("a"), "trigger/b.ts": taskFile("a") });
    assert.equal(name, "DuplicateTaskIdsError");
    assert.match(message, /trigger\/a\.ts and trigger\/b\.ts/);
  });

  test("without run is refused where it is written [case 4]", () => {
    assert.throws(() => task({ id: "a" } as never), TypeError);
  });

  test("with an unknown machine is refused with the path of the option [case 5]", async () => {
    const { name, message } = await refusal({ "trigger/a.ts": taskFile("a", `machine: "huge", run: async () => {}`) });
    assert.equal(name, "TaskMetadataParseError");
    assert.match(message, /trigger\/a\.ts: task "a": machine: /);
  });

  test("that is exported under two names is one task [case 9]", async () => {
    const { tasks: built } = await build({ "trigger/a.ts": `${taskFile("a")}export { theTask as other };\n` });
    assert.deepEqual(
      built.map(({ definition }) => definition.id),
      ["a"],
    );
  });

  test("with handleError and catchError is refused [case 10]", async () => {
    const rest = "run: async () => {}, handleError() {}, catchError() {}";
    const { name, message } = await refusal({ "trigger/a.ts": taskFile("a", rest) });
    assert.equal(name, "TaskMetadataParseError");
    assert.match(message, /catchError: handleError and catchError are one hook/);
  });
});

const family = `import { task } from "@baton/sdk";

export const parent = task({ id: "parent", run: async () => "parent" });
export const child = task({ id: "child", run: async () => "child" });
const hidden = task({ id: "hidden", run: async () => "hidden" });
void hidden;
`;

const policies = `import { task } from "@baton/sdk";

const fail = async () => { throw new Error("planned"); };
export const own = task({ id: "own", retry: { maxAttempts: 3, minTimeoutInMs: 100, randomize: false }, run: fail });
export const busy = task({ id: "busy", maxDuration: 0.2, run: async () => { for (;;); } });
`;

describe("a registered version", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({
      "trigger.config.ts": "export default { retries: { default: { factor: 7 } } };",
      "trigger/family.ts": family,
      "trigger/policies.ts": policies,
    });
    cluster = await Cluster.start({ projectDir: project.dir });
    configure({ coordinator: cluster.address });
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  async function ran(id: string) {
    return runs.poll((await tasks.trigger(id, undefined)).id);
  }

  test("has no task that is not exported; a run of it waits for a version [case 2]", async () => {
    const runner = cluster.runners[0];
    assert.match(`${runner?.stdout}${runner?.stderr}`, /hidden/);
    const { tasks: registered } = await cluster.listTasks();
    assert.ok(!registered.some(({ definition }) => definition?.id === "hidden"));
    const { id } = await tasks.trigger("hidden", undefined);
    assert.equal((await runs.retrieve(id)).status, "PENDING_VERSION");
  });

  test("has every task of a file [case 3]", async () => {
    assert.deepEqual([(await ran("parent")).output, (await ran("child")).output], ["parent", "child"]);
  });

  test("stops a task with a maxDuration below a second on time, and keeps how late the stop was [case 6]", async () => {
    const run = await ran("busy");
    const [attempt] = run.attempts;
    assert.equal(run.status, "TIMED_OUT");
    assert.ok((attempt?.durationMs ?? 0) >= 200 && (attempt?.durationMs ?? 0) < 2_000, `${attempt?.durationMs} ms`);
    assert.ok((attempt?.stopLatenessMs ?? -1) >= 0, String(attempt?.stopLatenessMs));
  });

  test("takes nothing of the configured policy for a task that has its own [case 7]", async () => {
    const { attempts } = await ran("own");
    const gap = Number(attempts[2]?.startedAt) - Number(attempts[1]?.completedAt);
    assert.equal(attempts.length, 3);
    assert.ok(gap >= 200 && gap < 600, `${gap} ms`);
  });
});

test("a task without any settings makes three attempts [case 8]", async () => {
  await using project = await Project.create({
    "trigger/a.ts": taskFile("plain", `run: async () => { throw new Error("planned"); }`),
  });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const run = await runs.poll((await tasks.trigger("plain", undefined)).id);
  assert.deepEqual([run.status, run.attemptCount], ["FAILED", 3]);
});
