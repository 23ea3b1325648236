import { execFileSync } from "node:child_process";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, type RetrievedRun, runs, tasks } from "@baton/sdk";
import { Cluster } from "../support/cluster.ts";
import { hostileTasks } from "../support/hostile-cluster.ts";
import { Project } from "../support/project.ts";
import { percentile } from "./statistics.ts";

/** Number of stops of each kind. */
const stopsPerKind = 40;
/** Concurrent stops of one kind. */
const atOnce = 8;
/** Concurrent ordinary runs beside them, of 100 ms each. */
const loadAtOnce = 8;

/** A thread that outlives its deadline by this many milliseconds is reported before it is gone. */
const lingerMs = 50;

/** Code that keeps a thread. `native` code cannot be stopped, so its process is replaced. */
const kinds = {
  "busy loop": { native: false, id: "loop", run: "async () => { for (;;); }" },
  "regular expression": { native: false, id: "expression", run: "async () => /^(a+)+$/.test('a'.repeat(40) + 'b')" },
  "Atomics.wait": {
    native: false,
    id: "wait",
    run: "async () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }",
  },
  sleeping: { native: false, id: "sleeping", run: "async () => { await sleep(60_000); }" },
  execSync: { native: true, id: "shell", run: "async () => { execSync('sleep 8'); }" },
  pbkdf2Sync: { native: true, id: "hash", run: "async () => { pbkdf2Sync('a', 'b', 2e7, 64, 'sha512'); }" },
  "FIFO read": { native: true, id: "fifo", run: "async (fifo: string) => { fs.readFileSync(fifo); }" },
  "pending image work": {
    native: true,
    id: "image",
    run: `async () => {
    const { default: sharp } = await import("sharp");
    await sharp({ create: { width: 6_000, height: 6_000, channels: 3, background: "red" } }).blur(150).png().toBuffer();
  }`,
  },
} as const;

/**
 * Measures how long after the deadline an attempt's thread is gone, by the code that keeps it, beside ordinary runs.
 */
export async function benchStop(dir: string): Promise<void> {
  const hostile = Object.fromEntries(Object.values(kinds).map(({ id, run }) => [id, run]));
  await using project = await Project.create(
    {
      "trigger/kept.ts": hostileTasks(hostile, "maxDuration: 0.5,"),
      "trigger/load.ts": hostileTasks({ load: "async () => { await sleep(100); }" }),
    },
    dir,
  );
  await using cluster = await Cluster.start({
    projectDir: project.dir,
    runnerArgs: ["--concurrency", "32", "--memory", "64"],
  });
  configure({ coordinator: cluster.address });
  const fifo = project.path("fifo");
  execFileSync("mkfifo", [fifo]);
  const load = new Load();
  load.start();
  console.log("kept by             stops  timed out  p50       p99       max");
  for (const native of [false, true]) {
    if (native) console.log("native code, whose process is replaced");
    for (const [kind, { id, native: isNative }] of Object.entries(kinds)) {
      if (isNative === native) printRow(kind, await stopsOf(id, fifo, native ? 40_000 : 1_000));
    }
  }
  const { count, interrupted } = await load.stop();
  console.log(`beside them  ${count} ordinary runs, all COMPLETED; interrupted executions: ${interrupted}`);
}

/** @param laterMs - limits the wait until a thread that outlived its deadline is reported gone */
async function stopsOf(taskId: string, payload: string, laterMs: number): Promise<RetrievedRun[]> {
  const ended: RetrievedRun[] = [];
  while (ended.length < stopsPerKind) {
    const handles = await Promise.all(Array.from({ length: atOnce }, () => tasks.trigger(taskId, payload)));
    for (const { id } of handles) {
      await runs.poll(id);
      // A thread that outlives its deadline is reported gone later, which also sets its lateness.
      const gone = waitUntil("its thread to be gone", () => goneRun(id), laterMs);
      ended.push(await gone.catch(() => runs.retrieve(id)));
    }
  }
  return ended;
}

/** Returns the run once a later change or a short lateness shows that its thread is gone. */
async function goneRun(id: string): Promise<RetrievedRun | undefined> {
  const run = await runs.retrieve(id);
  const latenessMs = run.attempts.at(-1)?.stopLatenessMs;
  const isGone = Number(run.updatedAt) > Number(run.finishedAt) || (latenessMs !== undefined && latenessMs < lingerMs);
  return isGone ? run : undefined;
}

function printRow(kind: string, ended: readonly RetrievedRun[]): void {
  const lateness = ended.map((run) => run.attempts.at(-1)?.stopLatenessMs ?? Number.NaN);
  const timedOut = ended.filter(({ status }) => status === "TIMED_OUT").length;
  const cell = (share: number) => `${percentile(lateness, share).toFixed(1)} ms`.padEnd(9);
  console.log(
    `${kind.padEnd(19)} ${String(ended.length).padEnd(6)} ${String(timedOut).padEnd(10)} ${cell(0.5)} ${cell(0.99)} ${cell(1)}`,
  );
}

/** Triggers ordinary runs, a few at once, until it is stopped. */
class Load {
  readonly #ended: RetrievedRun[] = [];
  #isStopped = false;
  #lines: Promise<void>[] = [];

  start(): void {
    this.#lines = Array.from({ length: loadAtOnce }, () => this.#go());
  }

  async stop(): Promise<{ readonly count: number; readonly interrupted: number }> {
    this.#isStopped = true;
    await Promise.all(this.#lines);
    const interruptions = this.#ended.map(
      (run) => run.attempts.filter(({ status }) => status === "INTERRUPTED").length,
    );
    return { count: this.#ended.length, interrupted: interruptions.reduce((sum, count) => sum + count, 0) };
  }

  async #go(): Promise<void> {
    while (!this.#isStopped) {
      const run = await runs.poll((await tasks.trigger("load", null)).id);
      if (run.status !== "COMPLETED") throw new Error(`Run ${run.id} beside the stops ended ${run.status}.`);
      this.#ended.push(run);
    }
  }
}
