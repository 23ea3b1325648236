import assert from "node:assert/strict";
import { test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { appendedFile, appendingTask } from "../support/appending-task.ts";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";

const endlessTask = `import { task } from "@baton/sdk";

export const endless = task({
  id: "endless",
  maxDuration: 1,
  run: async () => {
    while (true) {}
  },
});
`;

test("a thread that never yields is stopped at its maxDuration, and the runs beside it are undisturbed", async () => {
  await using project = await Project.create({ "trigger/append.ts": appendingTask, "trigger/endless.ts": endlessTask });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const beside = await Promise.all(
    [1, 2, 3, 4].map(() => tasks.trigger("append", { file: appendedFile(project), ms: 2_000 })),
  );
  const endless = await tasks.trigger("endless", null);

  const stopped = await runs.poll(endless.id);
  assert.equal(stopped.status, "TIMED_OUT");
  assert.equal(stopped.attemptCount, 1);
  assert.equal(stopped.error?.name, "MAX_DURATION_EXCEEDED");
  assert.ok(stopped.durationMs >= 1_000 && stopped.durationMs < 3_000, `active for ${stopped.durationMs} ms`);
  for (const handle of beside) {
    const run = await runs.poll(handle.id);
    assert.equal(run.status, "COMPLETED");
    assert.equal(run.attempts.length, 1);
  }
});
