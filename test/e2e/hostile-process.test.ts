import assert from "node:assert/strict";
import { test } from "node:test";
import { HostileCluster, type HostileEnd, hostileTasks } from "../support/hostile-cluster.ts";

const exited = "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE";
const uncaught = "TASK_RUN_UNCAUGHT_EXCEPTION";
const blockMain = `async () => {
  const session = new inspector.Session();
  (session as unknown as { connectToMainThread(): void }).connectToMainThread();
  session.post("Runtime.evaluate", { expression: "while (true) {}" });
  await sleep(60_000);
}`;

/** Attacks of tasks on their process, and how their runs end. */
const deeds: Record<string, readonly [run: string, end: HostileEnd]> = {
  exit: ["async () => { process.exit(0); }", { status: "CRASHED", code: exited }],
  segmentationFault: [
    "async () => { process.kill(process.pid, 'SIGSEGV'); }",
    { status: "CRASHED", code: "TASK_PROCESS_SIGSEGV" },
  ],
  abort: ["async () => { process.kill(process.pid, 'SIGABRT'); }", { status: "CRASHED", code: exited }],
  killedByChild: [
    "async () => { execSync('kill -SEGV ' + process.pid); await sleep(60_000); }",
    { status: "CRASHED", code: "TASK_PROCESS_SIGSEGV", mayLoseHost: true },
  ],
  flags: [
    "async () => { v8.setFlagsFromString('--stack-size=50'); v8.setFlagsFromString('--jitless'); }",
    { status: "COMPLETED" },
  ],
  unhandledRejection: [
    "async () => { void Promise.reject(new Error('nobody looks')); await sleep(60_000); }",
    { status: "FAILED", code: uncaught },
  ],
  thrownInTimer: [
    "async () => { setTimeout(() => { throw new Error('late'); }, 50); await sleep(60_000); }",
    { status: "FAILED", code: uncaught },
  ],
  thrownAfterItsEnd: [
    "async () => { setTimeout(() => { throw new Error('too late'); }, 200); }",
    { status: "COMPLETED" },
  ],
  childLeftBehind: ["async () => { spawn('sleep', ['30'], { stdio: 'ignore' }); }", { status: "COMPLETED" }],
  mainThreadBlocked: [blockMain, { status: "CRASHED", code: exited, mayLoseHost: true }],
};

test("what a task does to its process ends its own run only", async (context) => {
  const tasks = Object.fromEntries(Object.entries(deeds).map(([id, [run]]) => [id, run]));
  await using hostile = await HostileCluster.start({ "trigger/deeds.ts": hostileTasks(tasks) });
  for (const [kind, [, end]] of Object.entries(deeds)) {
    await context.test(kind, async () => {
      const run = await hostile.endures(kind, null, end);
      assert.equal(run.attemptCount, 1);
    });
  }
});
