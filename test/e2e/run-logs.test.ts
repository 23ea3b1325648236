import assert from "node:assert/strict";
import { test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton, Service } from "../support/service.ts";

const taskFile = `import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { logger, task } from "@baton/sdk";

export const chatty = task({
  id: "chatty",
  retry: { maxAttempts: 2, minTimeoutInMs: 500, randomize: false },
  run: async (path: string, { ctx }) => {
    logger.info("first line", { attempt: ctx.attempt.number });
    console.error("second line");
    if (ctx.attempt.number === 1) throw new Error("not yet");
    while (!existsSync(path)) await sleep(20);
    logger.warn("last line");
  },
});
`;

interface ShownLine {
  readonly message: string;
  readonly level: string;
  readonly attempt: number;
  readonly time: string;
}

function linesOf(stdout: string): readonly ShownLine[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ShownLine);
}

test("logs are followed live until the run ends, over all attempts, and shown for one attempt alone", async () => {
  await using project = await Project.create({ "trigger/chatty.ts": taskFile });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const handle = await tasks.trigger("chatty", project.path("go"));
  const args = ["runs", "logs", handle.id, "--json", "--coordinator", cluster.address];
  await using following = new Service([...args, "--follow"], { cwd: project.dir });
  await following.prints("second line");
  assert.ok(!(await runs.retrieve(handle.id)).isCompleted, "the lines came before the end");
  await project.write("go", "");
  assert.equal(await following.exited, 0);
  assert.equal((await runs.retrieve(handle.id)).status, "COMPLETED");

  const followed = linesOf(following.stdout);
  assert.deepEqual(
    followed.map(({ attempt, level, message }) => `${attempt} ${level} ${message}`),
    ["1 info first line", "1 error second line", "2 info first line", "2 error second line", "2 warn last line"],
  );
  const times = followed.map(({ time }) => Date.parse(time));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  const second = await runBaton([...args, "--attempt", "2"], { cwd: project.dir });
  assert.deepEqual(linesOf(second.stdout), followed.slice(2));
});
