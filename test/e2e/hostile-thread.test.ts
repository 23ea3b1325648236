import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { tasks as client, runs } from "@baton/sdk";
import { HostileCluster, type HostileEnd, hostileTasks } from "../support/hostile-cluster.ts";

const lookAround = `async () => ({
  polluted: "polluted" in {},
  parsed: JSON.parse("[1]").length,
  isPromise: Promise.resolve(1) instanceof Promise,
  left: process.env.LEFT ?? "",
})`;

/** Code that finds the port between the task's thread and its host. */
const ownPort = `
import { MessagePort } from "node:worker_threads";
const ownPort = () => {
  const listHandles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles.bind(process);
  return listHandles().find((handle): handle is MessagePort => handle instanceof MessagePort);
};
`;
const broken: HostileEnd = { status: "CRASHED", code: "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE" };

/** Attacks of tasks on their thread, and how their runs end. */
const deeds: Record<string, readonly [run: string, end: HostileEnd]> = {
  timers: [
    // Endless doubling would fill the heap first on a fast computer; this number is still a flood.
    `async () => {
      let count = 1;
      const bomb = () => { setTimeout(bomb); if (count < 50_000) { count += 1; setTimeout(bomb); } };
      bomb();
      await sleep(60_000);
    }`,
    { status: "TIMED_OUT" },
  ],
  output: [
    "async () => { const line = 'x'.repeat(10_000); for (let at = 0; at < 10_000; at += 1) console.log(line); }",
    { status: "COMPLETED" },
  ],
  junkOnItsPort: ["async () => { ownPort()?.postMessage(null); await sleep(60_000); }", broken],
  callOfNoForm: [
    "async () => { ownPort()?.postMessage({ type: 'call', attemptId: 1, callId: {}, method: 5 }); await sleep(60_000); }",
    broken,
  ],
  endOfNoForm: ["async () => { ownPort()?.postMessage('-1\\n{}\\n'); await sleep(60_000); }", broken],
  deepEnd: [
    `async () => {
      let error: object = { type: "builtIn", name: "Error", message: "innermost", stackTrace: "" };
      for (let depth = 0; depth < 1_000; depth += 1) error = { ...error, cause: error };
      const end = { type: "failed", error, decision: { type: "final", status: "failed" } };
      ownPort()?.postMessage("-1\\n" + JSON.stringify({ endedAt: 1, activeMs: 1, end }) + "\\n");
      await sleep(60_000);
    }`,
    broken,
  ],
  secondHello: ["async () => { ownPort()?.postMessage({ type: 'hello', threadId: 1 }); await sleep(60_000); }", broken],
  messages: ["async () => { for (;;) parentPort?.postMessage('x'.repeat(1_000)); }", { status: "TIMED_OUT" }],
  pollutes: ["async () => { (Object.prototype as Record<string, unknown>).polluted = true; }", { status: "COMPLETED" }],
  replacesParse: ["async () => { JSON.parse = () => ({}); }", { status: "COMPLETED" }],
  replacesPromise: [
    "async () => { (globalThis as Record<string, unknown>).Promise = class {}; }",
    { status: "COMPLETED" },
  ],
  writesEnvironment: ["async () => { process.env.LEFT = 'behind'; }", { status: "COMPLETED" }],
};

/** Returns a file that loads when the runner registers it, and hangs in the thread that executes it. */
const hangsLater = (how: string, marker: string) => `import { existsSync, writeFileSync } from "node:fs";
import { task } from "@baton/sdk";
if (existsSync(${JSON.stringify(marker)})) { ${how} }
writeFileSync(${JSON.stringify(marker)}, "");
`;

test("floods and leftovers of a task stay in its thread", async (context) => {
  const run = Object.fromEntries(Object.entries(deeds).map(([id, [source]]) => [id, source]));
  await using hostile = await HostileCluster.start({
    "trigger/deeds.ts": ownPort + hostileTasks({ ...run, lookAround }, "maxDuration: 3,"),
  });
  for (const [kind, [, end]] of Object.entries(deeds)) {
    await context.test(kind, async () => {
      const host = hostile.hostPid;
      await hostile.endures(kind, null, end);
      assert.equal(hostile.hostPid, host, `the host was replaced\n${hostile.hostLog}`);
      const handles = await Promise.all(Array.from({ length: 60 }, () => client.trigger("lookAround", null)));
      for (const { id } of handles) {
        const { output } = await runs.poll(id);
        assert.deepEqual(output, { polluted: false, parsed: 1, isPromise: true, left: "" });
      }
    });
  }
});

test("a task file that never finishes loading in its thread ends its own run only", async (context) => {
  await using folder = await HostileCluster.start({
    // The runs beside each hostile one load their file in new threads at once, beside other tests, perhaps on two
    // cores.
    "baton.config.ts": "export default { loadTimeout: 20 };\n",
    "trigger/loops.ts": "export {};\n",
  });
  const { project, cluster } = folder;
  const kinds = { loops: "for (;;) {}", awaits: "await new Promise(() => setInterval(() => {}, 1_000));" };
  for (const [kind, how] of Object.entries(kinds)) {
    const marker = project.path(`${kind}.marker`);
    const text = hangsLater(how, marker);
    await project.write(
      `trigger/${kind}.ts`,
      `${text}export const ${kind} = task({ id: "${kind}", run: async () => 1 });\n`,
    );
  }
  const [runner] = cluster.runners.splice(0);
  await runner?.kill("SIGTERM");
  cluster.addRunner();
  await cluster.runnersReady(1, "loops");
  for (const kind of Object.keys(kinds)) {
    await context.test(kind, async () => {
      assert.ok(existsSync(project.path(`${kind}.marker`)));
      await folder.endures(kind, null, { status: "SYSTEM_FAILURE", code: "COULD_NOT_IMPORT_TASK" });
    });
  }
});
