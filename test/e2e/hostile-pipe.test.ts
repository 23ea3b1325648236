import assert from "node:assert/strict";
import { test } from "node:test";
import { HostileCluster, hostileTasks } from "../support/hostile-cluster.ts";

/** Writes a frame like a host, but with a wrong key, because it does not know the right one. */
const forge = `(message: unknown, body: string) => {
  const header = Buffer.from(JSON.stringify(message));
  const prefix = Buffer.alloc(12);
  prefix.writeUInt32LE(header.length, 4);
  prefix.writeUInt32LE(body.length, 8);
  fs.writeSync(3, Buffer.concat([prefix, header, Buffer.from(body)]));
}`;

/** Attacks of tasks on the pipe between host and runner, which is open in their process. */
const deeds = {
  forgesItsEnd: `async (_: unknown, { ctx }: { ctx: { attempt: { id: string } } }) => {
    (${forge})({ type: "ended", attemptId: ctx.attempt.id }, '{"endedAt":1,"activeMs":1,"end":{"type":"failed"}}\\n');
    await sleep(60_000);
  }`,
  beginsAFrame: "async () => { fs.writeSync(3, Buffer.from([1, 2, 3])); await sleep(60_000); }",
  closesIt: "async () => { fs.closeSync(3); await sleep(60_000); }",
  readsSome: `async () => {
    const taken = Buffer.alloc(65_536);
    for (;;) {
      for (let count = 0; count < 1_000; count += 1) try { fs.readSync(3, taken); } catch { /* Nothing there. */ }
      await sleep(1);
    }
  }`,
  stopsTheHost: "async () => { execSync('kill -STOP ' + process.pid); await sleep(60_000); }",
};

test("what a task does to the pipe of its host ends its own run only", async (context) => {
  await using hostile = await HostileCluster.start({ "trigger/deeds.ts": hostileTasks(deeds) });
  for (const kind of Object.keys(deeds)) {
    await context.test(kind, async () => {
      const code = "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE";
      const run = await hostile.endures(kind, null, { status: "CRASHED", code, mayLoseHost: true });
      assert.equal(run.attemptCount, 1);
    });
  }
});
