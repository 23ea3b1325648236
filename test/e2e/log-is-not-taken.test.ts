import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { configure, runs, tasks } from "@baton/sdk";
import { Project } from "../support/project.ts";
import { batonCommand, findFreePort } from "../support/service.ts";
import { mountSmallDisk, unmountSmallDisk } from "../support/small-disk.ts";

const taskFile = `import { task } from "@baton/sdk";

export const echo = task({
  id: "echo",
  run: async (payload: { n: number; prints?: boolean }) => {
    if (payload.prints) process.stdout.write("printed past the console\\n");
    return payload.n;
  },
});
`;

/** A coordinator and a runner that print to `fd`, which does not accept it. */
class PrintingCluster implements AsyncDisposable {
  readonly services: ChildProcess[];
  readonly address: string;

  constructor(projectDir: string, port: number, fd: number) {
    this.address = `127.0.0.1:${port}`;
    const store = `sqlite:${join(projectDir, "baton.db")}`;
    const commands = [
      ["coordinator", "--listen", this.address, "--store", store],
      ["runner", "--coordinator", this.address, "--dir", projectDir, "--concurrency", "2"],
    ];
    this.services = commands.map((args) =>
      spawn(process.execPath, [batonCommand, ...args, "--log-level", "trace"], { stdio: ["ignore", fd, fd] }),
    );
    configure({ coordinator: this.address });
  }

  async runs(count: number, options: { readonly prints?: boolean } = {}): Promise<void> {
    await waitUntil("the first run", () => tasks.trigger("echo", { n: 0 }).catch(() => undefined));
    const handles = await Promise.all(
      Array.from({ length: count }, (_, n) => tasks.trigger("echo", { n, ...options })),
    );
    const ended = await Promise.all(handles.map(({ id }) => runs.poll(id)));
    assert.deepEqual(
      ended.map(({ output }) => output),
      handles.map((_, n) => n),
    );
  }

  async stops(): Promise<void> {
    for (const service of this.services.toReversed()) {
      assert.equal(service.exitCode, null, "it has not ended before");
      const exited = once(service, "exit");
      service.kill("SIGTERM");
      const gaveUp = sleep(20_000, ["gave up"], { ref: false });
      assert.deepEqual(await Promise.race([exited, gaveUp]), [0, null]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.services) {
      if (service.exitCode !== null || service.signalCode !== null) continue;
      service.kill("SIGKILL");
      await once(service, "exit");
    }
  }
}

const noFullDevice = process.platform !== "linux" && "/dev/full exists on Linux only";

test("services whose output is on a full disk go on, answer, and stop cleanly", { skip: noFullDevice }, async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  const fd = openSync("/dev/full", "w");
  await using cluster = new PrintingCluster(project.dir, await findFreePort(), fd);
  closeSync(fd);
  await cluster.runs(300, { prints: true });
  await cluster.stops();
});

test("services whose output nobody reads go on, answer, and stop cleanly", async () => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  const pipe = join(project.dir, "pipe");
  execFileSync("mkfifo", [pipe]);
  const fd = openSync(pipe, constants.O_RDWR);
  await using cluster = new PrintingCluster(project.dir, await findFreePort(), fd);
  await cluster.runs(600);
  const first = Buffer.alloc(1024);
  assert.match(first.toString("utf8", 0, readSync(fd, first)), /coordinator|runner/);
  await cluster.stops();
  closeSync(fd);
});

test("lines that a full disk refused are written, whole, when there is room", async (t) => {
  await using project = await Project.create({ "trigger/tasks.ts": taskFile });
  const disk = join(project.dir, "disk");
  const mounted = mountSmallDisk(disk, "64k");
  if (mounted !== undefined) return t.skip(mounted);
  const log = join(disk, "log");
  const fd = openSync(log, "a");
  try {
    await using cluster = new PrintingCluster(project.dir, await findFreePort(), fd);
    await cluster.runs(600);
    execFileSync("mount", ["-o", "remount,size=32m", disk]);
    await cluster.runs(10);
    await waitUntil("the lines of all runs", () => endedRuns(log).length >= 611);
    await cluster.stops();
    const ids = endedRuns(log).map((line) => (JSON.parse(line) as { runId: string }).runId);
    assert.equal(new Set(ids).size, ids.length);
  } finally {
    closeSync(fd);
    unmountSmallDisk(disk);
  }
});

function endedRuns(log: string): string[] {
  const lines = readFileSync(log, "utf8").split("\n");
  return lines.filter((line) => line.includes('"msg":"run ended"'));
}
