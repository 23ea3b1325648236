import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type RunnerFixture, startFixture } from "./runner-fixture.test.support.ts";

const limit = { timeout: 90_000 };
const isLinux = process.platform === "linux";
const onLinux = { ...limit, skip: isLinux ? false : "only Linux lists processes and open files as files" };

/** Functions that all code of a thread shares, with an expression for their owner. */
const replaced: readonly (readonly [name: string, owner: string])[] = [
  ["run", '(await import("node:async_hooks")).AsyncLocalStorage.prototype'],
  ["getStore", '(await import("node:async_hooks")).AsyncLocalStorage.prototype'],
  ["runInAsyncScope", '(await import("node:async_hooks")).AsyncResource.prototype'],
  ["add", "Atomics"],
  ["join", '(await import("node:path")).default'],
  ["AbortController", "globalThis"],
  ["fetch", "globalThis"],
  ["structuredClone", "globalThis"],
  ["queueMicrotask", "globalThis"],
  ["setTimeout", "globalThis"],
  ["nextTick", "process"],
  ["log", "console"],
  ["set", "Map.prototype"],
  ["get", "Map.prototype"],
  ["push", "Array.prototype"],
  ["slice", "String.prototype"],
  ["then", "Promise.prototype"],
  ["parse", "JSON"],
  ["stringify", "JSON"],
  ["byteLength", "Buffer"],
  ["format", '(await import("node:util")).default'],
  ["readFileSync", '(await import("node:fs")).default'],
  ["emit", '(await import("node:events")).default.prototype'],
  ["encode", "TextEncoder.prototype"],
];

/** Uses parts of Node.js that a run may use. Throws or hangs when one of them was replaced. */
const usesEverything = `async () => {
  const { join } = await import("node:path");
  const { format } = await import("node:util");
  const { readFileSync } = await import("node:fs");
  const { AsyncLocalStorage, AsyncResource } = await import("node:async_hooks");
  const { EventEmitter } = await import("node:events");
  const storage = new AsyncLocalStorage();
  const heard = [];
  new EventEmitter().on("said", (text) => heard.push(text)).emit("said", "a");
  await new Promise((resolve) => queueMicrotask(resolve));
  await new Promise((resolve) => process.nextTick(resolve));
  await new Promise((resolve) => setTimeout(resolve, 1));
  console.log("works");
  return [
    join("a", "b"), format("%s", 1), readFileSync(process.argv[1]).length > 0, heard,
    storage.run(1, () => storage.getStore()), new AsyncResource("x").runInAsyncScope(() => 2),
    Atomics.add(new Int32Array(1), 0, 1), new AbortController().signal.aborted, structuredClone([3]),
    new Map([[1, "m"]]).set(2, 3).get(1), JSON.parse(JSON.stringify({ a: "xy".slice(1) })), Buffer.byteLength("é"),
    new TextEncoder().encode("ab").length, typeof fetch,
  ];
}`.replace("readFileSync(process.argv[1]).length > 0", "readFileSync(process.execPath).length > 0");

async function outcomeOf(fixture: RunnerFixture, taskId: string, attemptId: string, rest = {}) {
  fixture.coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId, ...rest });
  return await fixture.coordinator.outcomeOf(attemptId);
}

test("functions that an attempt replaced are not met by the next one", limit, async () => {
  const tasks = Object.fromEntries(
    replaced.map(([name, owner], at) => [
      `replaces${at}`,
      `async () => { const owner = ${owner}; await new Promise((resolve) => setTimeout(resolve, 30)); owner.${name} = function broken() { throw new Error("replaced ${name}"); }; }`,
    ]),
  );
  await using fixture = await startFixture({ ...tasks, usesEverything }, { concurrency: 1 });
  const expected = ["a/b", "1", true, ["a"], 1, 2, 0, false, [3], "m", { a: "y" }, 2, 2, "function"];
  for (const [at, [name]] of replaced.entries()) {
    // The outcome of this attempt itself does not matter.
    await outcomeOf(fixture, `replaces${at}`, `a${at}`, { maxDuration: { seconds: "1", nanos: 0 } });
    const { interruption, success, failure } = await outcomeOf(fixture, "usesEverything", `b${at}`);
    assert.ok(!interruption, name);
    assert.ok(success, `${name}: ${failure?.error?.message}`);
    assert.deepEqual(JSON.parse(success.output ?? ""), expected, name);
  }
});

/** Returns a `run` that starts a process which outlives it, and writes the process id to the file `pid`. */
const spawns = (how: string, rest: string) =>
  `async () => {
    const { spawn, exec, fork } = await import("node:child_process");
    const { writeFileSync } = await import("node:fs");
    const child = ${how};
    child.unref();
    writeFileSync("pid", String(child.pid));
    ${rest}
  }`;
const sleeps = "spawn('sleep', ['61'], { stdio: 'ignore' })";
const detached = "spawn('sh', ['-c', 'sleep 62 & sleep 62'], { stdio: 'ignore', detached: true })";

const leavers: Readonly<Record<string, string>> = {
  ended: spawns(sleeps, ""),
  endedDetached: spawns(detached, ""),
  endedGrandchildren: spawns("spawn('sh', ['-c', 'sleep 63 & sleep 63'], { stdio: 'ignore' })", ""),
  endedExec: spawns("exec('sleep 64')", ""),
  timedOut: spawns(sleeps, "await new Promise(() => setInterval(() => {}, 1000));"),
  timedOutBusy: spawns(detached, "for (;;);"),
  canceled: spawns(detached, "await new Promise(() => setInterval(() => {}, 1000));"),
  exits: spawns(sleeps, "process.exit(1);"),
};

test("child processes of a run end with it, and its log names them", onLinux, async () => {
  await using fixture = await startFixture(leavers, { concurrency: 1 });
  const { coordinator, dir, runner } = fixture;
  const host = runner.hostPid;
  for (const taskId of Object.keys(leavers)) {
    const maxDuration = taskId.startsWith("timedOut") ? { seconds: "1", nanos: 0 } : null;
    coordinator.assign({ runId: `run_${taskId}`, attemptId: taskId, taskId, maxDuration });
    if (taskId === "canceled") {
      await waitFor("its child", () => commandsNamed("sleep 62").length === 2);
      coordinator.dispatch({ cancels: [{ attemptId: taskId, reason: "enough" }] });
    }
    await coordinator.until(() => coordinator.outcomes.has(taskId) || coordinator.gone.has(taskId), taskId);
    await waitFor(`no child of ${taskId}`, () => commandsNamed("sleep 6").length === 0);
    const pid = readFileSync(`${dir}/pid`, "utf8");
    const told = () =>
      coordinator.logs.some(
        ({ attemptId, message }) => attemptId === taskId && message.includes(`ended with it: ${pid} (`),
      );
    await waitFor(`the log of ${taskId} to name its child`, told);
  }
  assert.equal(runner.hostPid, host);
});

/** Leftovers of an ended attempt that keep its thread busy. */
const restless: Readonly<Record<string, string>> = {
  immediates: "async () => { const again = () => setImmediate(again); again(); }",
  ports: `async () => {
    const { port1, port2 } = new MessageChannel();
    port1.on("message", () => port1.postMessage(1));
    port2.on("message", () => port2.postMessage(1));
    port1.postMessage(1);
  }`,
  files: `async () => {
    const { readFile } = await import("node:fs");
    const again = () => readFile(process.execPath, again);
    again();
  }`,
  timers: "async () => { const again = () => { setTimeout(again, 0).unref(); }; again(); setImmediate(() => {}); }",
};

test("a thread that is busy after its attempt is ended", onLinux, async () => {
  await using fixture = await startFixture(restless, { concurrency: 4 });
  const { runner } = fixture;
  const host = runner.hostPid ?? 0;
  for (const taskId of Object.keys(restless)) {
    const { success } = await outcomeOf(fixture, taskId, taskId);
    assert.ok(success, taskId);
  }
  await waitFor("its host to be quiet", async () => {
    const before = cpuTicks(host);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return cpuTicks(host) - before < 30;
  });
  assert.equal(runner.hostPid, host);
});

/** Leftovers of an ended attempt that no list of active resources contains and that harm the next attempt. */
const late: Readonly<Record<string, string>> = {
  timerLoops: "async () => { setTimeout(() => { for (;;); }, 300).unref(); }",
  timerThrows: "async () => { setTimeout(() => { throw new Error('late'); }, 300).unref(); }",
  timerFills:
    "async () => { setTimeout(() => { const all = []; for (;;) all.push(new Array(1e5).fill({})); }, 300).unref(); }",
  immediateLoops: immediates("for (;;);"),
  immediateThrows: immediates("throw new Error('late');"),
  finalizerThrows: finalizer("throw new Error('late');"),
  finalizerLoops: finalizer("for (;;);"),
};

function immediates(harm: string): string {
  return `async () => {
    const until = Date.now() + 300;
    const again = () => { if (Date.now() < until) setImmediate(again); else { ${harm} } };
    again();
  }`;
}

function finalizer(harm: string): string {
  return `async () => {
    const registry = globalThis.registry = new FinalizationRegistry(() => { ${harm} });
    for (let at = 0; at < 10; at += 1) registry.register({}, at);
  }`;
}

test("what an ended attempt left is not charged to the attempt that comes after it", limit, async () => {
  const works = `async () => {
    const until = Date.now() + 1500;
    while (Date.now() < until) { new Array(1e5).fill(0).map((at) => ({ at })); await new Promise((r) => setTimeout(r, 5)); }
    return "done";
  }`;
  for (const taskId of Object.keys(late)) {
    await using fixture = await startFixture({ [taskId]: late[taskId] ?? "", works }, { concurrency: 1 });
    assert.ok((await outcomeOf(fixture, taskId, "a")).success, taskId);
    const maxDuration = { seconds: "20", nanos: 0 };
    let { failure, interruption, success } = await outcomeOf(fixture, "works", "b1", { maxDuration });
    if (interruption !== undefined && interruption !== null) {
      assert.equal(interruption.suspect, false);
      ({ failure, success } = await outcomeOf(fixture, "works", "b2", { maxDuration }));
    }
    assert.equal(success?.output, '"done"', `${taskId}: ${failure?.error?.code} ${failure?.error?.message}`);
  }
});

test("memory that ended attempts keep outside the heap does not add up", onLinux, async () => {
  const keeps = "async () => { (globalThis.kept ??= []).push(Buffer.alloc(150 * 1024 ** 2, 1)); }";
  await using fixture = await startFixture({ keeps }, { concurrency: 4, memoryGb: 2 });
  let peakMib = 0;
  for (let at = 0; at < 12; at += 1) {
    assert.ok((await outcomeOf(fixture, "keeps", `a${at}`)).success);
    peakMib = Math.max(peakMib, residentMib(fixture.runner.hostPid ?? 0));
  }
  assert.ok(peakMib < 900, `${peakMib} MiB`);
});

test("files that ended attempts leave open do not make others fail", onLinux, async () => {
  const tasks = {
    leaks: `async () => {
      const { openSync } = await import("node:fs");
      let count = 0;
      try { for (; count < 100_000; count += 1) openSync("/dev/null", "r"); } catch (error) { return [error.code, count]; }
    }`,
    opens: `async () => { const fs = await import("node:fs"); return fs.readFileSync("/dev/null", "utf8"); }`,
  };
  await using fixture = await startFixture(tasks, { concurrency: 2 });
  const { success } = await outcomeOf(fixture, "leaks", "a");
  assert.match(success?.output ?? "", /EMFILE|null|^$/);
  let lastSuccess = false;
  for (let at = 0; at < 8; at += 1) {
    const outcome = await outcomeOf(fixture, "opens", `b${at}`);
    // Only its own opening of a file may meet the limit, and only for a time.
    if (outcome.failure) assert.match(outcome.failure.error?.message ?? "", /EMFILE/);
    lastSuccess = outcome.success !== null && outcome.success !== undefined;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  assert.ok(lastSuccess);
});

test("a run goes on elsewhere when an ended one keeps its host from reading files", onLinux, async () => {
  const tasks = {
    fills: `async () => {
      const { execFileSync } = await import("node:child_process");
      const { open } = await import("node:fs");
      execFileSync("mkfifo", ["fifo"]);
      for (let at = 0; at < 64; at += 1) open("fifo", "r", () => {});
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }`,
    reads: `async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return (await (await import("node:fs/promises")).readFile(process.execPath)).length > 0;
    }`,
  };
  await using fixture = await startFixture(tasks, { concurrency: 2 });
  const { coordinator } = fixture;
  const maxDuration = { seconds: "1", nanos: 0 };
  coordinator.assign({ runId: "run_fills", attemptId: "fills", taskId: "fills", maxDuration });
  const { interruption } = await outcomeOf(fixture, "reads", "b1");
  assert.equal(interruption?.suspect, false);
  assert.equal((await outcomeOf(fixture, "reads", "b2")).success?.output, "true");
  assert.equal((await coordinator.outcomeOf("fills")).failure?.error?.code, "MAX_DURATION_EXCEEDED");
});

async function waitFor(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const until = performance.now() + 15_000;
  while (!(await condition())) {
    assert.ok(performance.now() < until, `Not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Returns processes whose command line begins with `command`. */
function commandsNamed(command: string): string[] {
  return readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && readProc(`${name}/cmdline`).split("\0").join(" ").startsWith(command),
  );
}

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Returns the processor time of a process, in hundredths of a second. */
function cpuTicks(pid: number): number {
  const stat = readProc(`${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return "";
  }
}
