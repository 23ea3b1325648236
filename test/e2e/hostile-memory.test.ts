import { test } from "node:test";
import { HostileCluster, hostileTasks } from "../support/hostile-cluster.ts";

/**
 * Ways to grow without end: some end their thread, some abort the whole process, some are only noticed by the host's
 * watch.
 */
const hogs = {
  objects: "async () => { const all = []; for (;;) all.push({ a: [1, 2, 3], b: String(all.length) }); }",
  strings: 'async () => { const all = []; for (;;) all.push("x".repeat(100) + all.length); }',
  numbers: "async () => { const all = []; for (;;) all.push(all.length); }",
  map: "async () => { const map = new Map(); for (let i = 0; ; i += 1) map.set(i, i); }",
  array: "async () => new Array(3e8).fill(1).map((x) => ({ x }))",
  split: "async () => 'a'.repeat(3e8).split('').length",
  buffers: "async () => { const all = []; for (;;) all.push(Buffer.alloc(1e7, 1)); }",
  slowBuffers: "async () => { const all = []; for (;;) { all.push(Buffer.alloc(1e7, 1)); await sleep(5); } }",
};

test("growing without end ends as out of memory, and the runs beside it complete", async (context) => {
  await using hostile = await HostileCluster.start({
    "trigger/hogs.ts": hostileTasks(hogs, 'machine: "micro",'),
  });
  for (const kind of Object.keys(hogs)) {
    await context.test(`by ${kind}`, async () => {
      const code = "TASK_PROCESS_OOM_KILLED";
      await hostile.endures(kind, null, { status: "CRASHED", code, mayLoseHost: true });
    });
  }
});
