import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { HostileCluster, hostileTasks } from "../support/hostile-cluster.ts";

/** Code that keeps a thread: JavaScript, which can be stopped, and native code, which cannot. */
const blockers = {
  loop: "async () => { while (true) {} }",
  expression: "async () => /^(a+)+$/.test('a'.repeat(40) + 'b')",
  atomicsWait: "async () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }",
  shell: "async () => { execSync('sleep 8'); }",
  hash: "async () => { pbkdf2Sync('a', 'b', 2e7, 64, 'sha512'); }",
  fifoReads:
    "async ({ fifo }: { fifo: string }) => { await Promise.all([1, 2, 3, 4].map(() => fs.promises.readFile(fifo))); }",
  image: `async () => {
    const { default: sharp } = await import("sharp");
    await sharp({ create: { width: 6_000, height: 6_000, channels: 3, background: "red", noise: { type: "gaussian", mean: 128, sigma: 30 } } }).blur(150).png().toBuffer();
  }`,
};

test("whatever keeps a thread, its run times out on time and the runs beside it go on", async (context) => {
  await using hostile = await HostileCluster.start({
    "trigger/blockers.ts": hostileTasks(blockers, "maxDuration: 1,"),
  });
  const fifo = hostile.project.path("fifo");
  execFileSync("mkfifo", [fifo]);
  for (const kind of Object.keys(blockers)) {
    await context.test(kind, async () => {
      const run = await hostile.endures(kind, { fifo }, { status: "TIMED_OUT", code: "MAX_DURATION_EXCEEDED" });
      assert.ok(run.durationMs >= 1_000 && run.durationMs < 2_500, `${kind} was active for ${run.durationMs} ms`);
    });
  }
});
