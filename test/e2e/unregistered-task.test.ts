import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { configure, NotFoundError, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";

const taskFile = `import { task, tasks } from "@baton/sdk";

export const resize = task({ id: "resize", run: async () => "resized" });

export const parent = task({
  id: "parent",
  run: async () => {
    const [known, unknown] = [await resize.trigger(), await tasks.trigger("resiz", null)];
    const refused = await tasks.trigger("resiz", null, { requireRegistered: true }).catch((error) => error.code);
    return [known.isRegistered, unknown.isRegistered, refused];
  },
});
`;

describe("a task id that no version contains", () => {
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

  test("is said by the handle, and warned of once by the process", async () => {
    const warning = once(process, "warning");
    const later: unknown[] = [];
    const unknown = await tasks.trigger("rezise", null);
    const [{ code, message }] = (await warning) as [Error & { code: string }];
    process.on("warning", (warned) => void later.push(warned));
    assert.deepEqual([unknown.isRegistered, code], [false, "TASK_NOT_REGISTERED"]);
    assert.match(message, /"rezise".*PENDING_VERSION/);
    assert.equal((await runs.retrieve(unknown)).status, "PENDING_VERSION");
    const delayed = await tasks.trigger("rezise", null, { delay: "1h" });
    const batch = await tasks.batchTrigger("rezise", [{ payload: 1 }, { payload: 2 }]);
    assert.deepEqual(
      [delayed, ...batch.runs].map(({ isRegistered }) => isRegistered),
      [false, false, false],
    );
    assert.equal((await tasks.trigger("resize", null, { delay: "1h" })).isRegistered, true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(later, []);
  });

  test("is refused with requireRegistered, naming the nearest", async () => {
    await assert.rejects(tasks.trigger("rezise", null, { requireRegistered: true }), (error) => {
      assert.ok(error instanceof NotFoundError);
      assert.equal(error.code, "TASK_NOT_REGISTERED");
      assert.match(error.message, /"resize"/);
      return true;
    });
    const handle = await tasks.trigger("resize", null, { requireRegistered: true });
    assert.equal((await runs.poll(handle)).output, "resized");
  });

  test("is warned of in the log of the attempt that triggers it", async () => {
    const run = await runs.poll(await tasks.trigger("parent", null));
    assert.deepEqual(run.output, [true, false, "TASK_NOT_REGISTERED"]);
    const { stdout } = await runBaton(["runs", "logs", run.id, "--coordinator", cluster.address, "--json"]);
    assert.match(stdout, /"level":"warn".*No version contains the task \\"resiz\\"/);
  });
});
