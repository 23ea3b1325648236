import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const taskFile = `import { schemaTask, task, tasks } from "@baton/sdk";

export const child = task({ id: "child", run: async (payload: { from: string; step: number }) => payload });
export const checkedChild = schemaTask({
  id: "checked-child",
  schema: async (payload: unknown) => payload as { from: string; step: number },
  run: async (payload) => payload,
});
const trigger = (from: string, step: number) => child.trigger({ from, step }, { tags: [from] });
const once = { retry: { maxAttempts: 1 } };

export const returns = task({ id: "returns", run: async () => { void trigger("returns", 1); return "done"; } });
export const checked = task({
  id: "checked",
  run: async () => { void checkedChild.trigger({ from: "checked", step: 1 }, { tags: ["checked"] }); },
});
export const loops = task({
  id: "loops",
  run: async () => {
    [1, 2, 3].forEach(async (step) => { await trigger("loops", step); await trigger("loops", step + 3); });
  },
});
export const batches = task({
  id: "batches",
  run: async () => { void child.batchTrigger([1, 2].map((step) => ({ payload: { from: "batches", step }, options: { tags: ["batches"] } }))); },
});
export const throws = task({ ...once, id: "throws", run: async () => { void trigger("throws", 1); throw new Error("thrown"); } });
export const hooks = task({
  id: "hooks",
  onStart: () => { void trigger("hooks", 1); },
  run: async () => {},
  onSuccess: () => { void trigger("hooks", 2); },
  cleanup: () => { void trigger("hooks", 3); },
});
export const awaited = task({
  ...once,
  id: "awaited",
  run: async () => {
    const options = { requireRegistered: true };
    await tasks.trigger("nowhere", null, options);
  },
});
export const refused = task({
  ...once,
  id: "refused",
  run: async () => { void tasks.trigger("nowhere", null, { requireRegistered: true }); },
});
`;

/** The number of children and the final status of the parent, by task. */
const expected: Readonly<Record<string, readonly [children: number, status: string]>> = {
  returns: [1, "COMPLETED"],
  checked: [1, "COMPLETED"],
  loops: [6, "COMPLETED"],
  batches: [2, "COMPLETED"],
  throws: [1, "FAILED"],
  hooks: [3, "COMPLETED"],
};

describe("a child that was triggered without await", () => {
  let project: Project;
  let cluster: Cluster;

  before(async () => {
    project = await Project.create({ "trigger/tasks.ts": taskFile });
    cluster = await Cluster.start({ projectDir: project.dir });
    configure({ coordinator: cluster.address });
  });
  after(async () => {
    await cluster?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
  });

  for (const [taskId, [count, status]] of Object.entries(expected)) {
    test(`exists when its parent has ended: ${taskId}`, async () => {
      const parent = await runs.poll((await tasks.trigger(taskId, null)).id);
      assert.equal(parent.status, status, parent.error?.message);
      // Read only once, because no call may still be open.
      const page = await runs.list({ tag: taskId, limit: 50 });
      const ids: string[] = [];
      for await (const run of page) ids.push(run.id);
      assert.equal(ids.length, count);
      const children = await Promise.all(ids.map((id) => runs.poll(id)));
      const steps = children.map(({ output }) => (output as { step: number }).step).toSorted((a, b) => a - b);
      assert.deepEqual(
        steps,
        Array.from({ length: count }, (_, at) => at + 1),
      );
    });
  }

  test("fails the run when it is refused, as a rejection that nobody handles does", async () => {
    const run = await runs.poll((await tasks.trigger("refused", null)).id);
    assert.equal(run.status, "FAILED");
    assert.match(run.error?.message ?? "", /nowhere/);
  });

  test("has the line that awaits it on top of the stack when it is refused", async () => {
    const run = await runs.poll((await tasks.trigger("awaited", null)).id);
    assert.match(run.error?.message ?? "", /nowhere/);
    const frames = run.error?.stackTrace?.split("\n").filter((line) => /^ +at /.test(line)) ?? [];
    const line = taskFile.split("\n").findIndex((text) => text.includes("await tasks.trigger(")) + 1;
    assert.match(frames[0] ?? "", new RegExp(`tasks\\.ts:${line}:\\d+\\)?$`));
    assert.equal(frames.length, 1);
  });
});
