import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { Service } from "../support/service.ts";

const taskFile = `import { existsSync } from "node:fs";
import { logger, task } from "@baton/sdk";

export const patient = task({
  id: "patient",
  run: async (path: string) => {
    logger.info("line before");
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
    logger.info("line after");
  },
});
`;

test("whoever follows a run sees each line of it once, although the coordinator is killed and started again", async () => {
  await using project = await Project.create({ "trigger/patient.ts": taskFile });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  const options = { cwd: project.dir, env: { BATON_COORDINATOR: cluster.address } };
  const payload = JSON.stringify(project.path("go"));
  await using waiting = new Service(["trigger", "patient", "--payload", payload, "--wait"], options);
  await waiting.prints("line before");
  const runId = /run_[a-z0-9]+/.exec(waiting.stderr)?.[0] ?? "";
  await using following = new Service(["runs", "logs", runId, "--follow"], options);
  await following.prints("line before");

  await cluster.coordinator.kill("SIGKILL");
  await waiting.prints("The coordinator is away; waiting for it.");
  cluster.restartCoordinator();
  await cluster.runnersReady();
  await project.write("go", "");

  assert.equal(await waiting.exited, 0, waiting.stderr);
  assert.equal(await following.exited, 0, following.stderr);
  for (const printed of [waiting.stderr, following.stdout]) {
    assert.deepEqual(printed.match(/line \w+/g), ["line before", "line after"]);
  }
});
