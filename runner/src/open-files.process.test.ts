import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { startFixture } from "./runner-fixture.test.support.ts";

/**
 * Limits the open files of this process and its hosts. Sets the hard limit too, because Node.js raises the soft limit
 * to it.
 */
const limited = spawnSync("prlimit", ["--pid", String(process.pid), "--nofile=512:512"]);
const skip = limited.status === 0 ? false : "prlimit cannot limit the open files of a process here";

const tasks = {
  takesAll: `async () => {
    const { closeSync, existsSync, openSync, writeFileSync } = await import("node:fs");
    const take = () => { try { for (;;) openSync("/dev/null", "r"); } catch {} };
    const one = openSync("/dev/null", "r");
    take();
    closeSync(one);
    writeFileSync("taken", "");
    take();
    while (!existsSync("released")) await new Promise((resolve) => setTimeout(resolve, 20));
  }`,
  warmsUp: `async () => { await new Promise((resolve) => setTimeout(resolve, 500)); }`,
  works: `async () => "done"`,
};

test("a run whose file cannot be imported because another run has all files open is not charged", {
  skip,
  timeout: 60_000,
}, async () => {
  await using fixture = await startFixture(tasks, { concurrency: 2, separateFiles: true });
  const { coordinator, dir } = fixture;
  const outcomeOf = async (taskId: string, attemptId: string) => {
    coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId });
    return await coordinator.outcomeOf(attemptId);
  };
  // Starts both threads, so that later they only need to read the task's file.
  await Promise.all(["w1", "w2"].map((attemptId) => outcomeOf("warmsUp", attemptId)));
  coordinator.assign({ runId: "run_a", attemptId: "a", taskId: "takesAll" });
  await waitFor("all files to be taken", () => existsSync(`${dir}/taken`));

  let { failure, interruption, success } = await outcomeOf("works", "b1");
  assert.ok(interruption, `the file was imported: ${success?.output}${failure?.error?.message}`);
  for (let at = 2; interruption; at += 1) {
    assert.equal(interruption.suspect, false);
    assert.ok(at <= 10, "the run would fail");
    ({ failure, interruption, success } = await outcomeOf("works", `b${at}`));
  }
  assert.equal(failure?.error?.message, undefined);
  assert.equal(success?.output, '"done"');

  writeFileSync(`${dir}/released`, "");
  assert.ok((await coordinator.outcomeOf("a")).success, "the run that has the files goes on");
});

async function waitFor(what: string, condition: () => boolean): Promise<void> {
  const until = performance.now() + 15_000;
  while (!condition()) {
    assert.ok(performance.now() < until, `Not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
