import assert from "node:assert/strict";
import { test } from "node:test";
import { configure, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";

const taskFile = `import { task } from "@baton/sdk";

export const busy = task({
  id: "busy",
  run: async (payload: { ms: number }) => {
    const endsAt = Date.now() + payload.ms;
    while (Date.now() < endsAt) Math.sqrt(endsAt);
  },
});
`;

interface ShownAttempt {
  readonly durationMs: number;
  readonly stopLatenessMs?: number;
  readonly usage?: { readonly cpuMs?: number; readonly peakHeapBytes?: number };
}

test("what an attempt used, and how late it was stopped, is stored and shown by SDK and command line", async () => {
  await using project = await Project.create({ "trigger/busy.ts": taskFile });
  await using cluster = await Cluster.start({ projectDir: project.dir });
  configure({ coordinator: cluster.address });
  const done = await runs.poll((await tasks.trigger("busy", { ms: 400 })).id);
  const stopped = await runs.poll((await tasks.trigger("busy", { ms: 60_000 }, { maxDuration: 0.4 })).id);
  assert.deepEqual([done.status, stopped.status], ["COMPLETED", "TIMED_OUT"]);

  const [worked] = done.attempts;
  assert.ok(worked?.usage);
  // By the finer clock, timers may fire up to a millisecond early.
  assert.ok(worked.durationMs >= 398);
  // The processor time is absent when this Node.js cannot measure it for a thread.
  assert.ok((worked.usage.cpuMs ?? 200) >= 100, `${worked.usage.cpuMs} ms of processor time`);
  assert.ok((worked.usage.peakHeapBytes ?? 1_000_000) > 500_000);
  assert.equal(worked.stopLatenessMs, undefined);
  const latenessMs = stopped.attempts[0]?.stopLatenessMs;
  assert.ok(latenessMs !== undefined && latenessMs >= 0 && latenessMs < 5_000, `stopped ${latenessMs} ms late`);

  const baton = (...args: readonly string[]) =>
    runBaton([...args, "--coordinator", cluster.address], { cwd: project.dir });
  const shown = JSON.parse((await baton("runs", "get", done.id, "--json")).stdout) as { attempts: ShownAttempt[] };
  assert.deepEqual(shown.attempts[0]?.usage, worked.usage);
  assert.match((await baton("runs", "get", stopped.id)).stdout, /gone after \d+ ms/);
});
