import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { startFixture } from "./runner-fixture.test.support.ts";

const limit = { timeout: 60_000 };

/** Statements that print, executed by plain Node.js and by a task. */
const scripts: Readonly<Record<string, string>> = {
  levels:
    'console.log("a %s %d", "b", 3); console.info({ a: 1 }); console.debug(); console.warn("w"); console.error("e\\nf");',
  counters: 'console.count(); console.count("a"); console.count("a"); console.countReset("a"); console.count("a");',
  groups:
    'console.group("one"); console.log("in\\none"); console.group("two"); console.warn("in two"); console.groupEnd(); console.info("in one"); console.groupEnd(); console.groupEnd(); console.log("out");',
  collapsed:
    'console.groupCollapsed("a", "b"); console.table([1]); console.count(); console.assert(false, "no"); console.groupEnd();',
  table: 'console.table([{ a: 1, b: "x" }, { a: 2, c: true }]); console.table("no table");',
  dir: "console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 }); console.dirxml(1, 2);",
  assertions:
    'console.assert(true, "x"); console.assert(false); console.assert(false, "a %s", "b"); console.assert(false, { a: 1 });',
  streams:
    'process.stdout.write("one "); process.stdout.write("line\\ntwo\\n"); process.stderr.write("err"); process.stderr.write("or\\n"); process.stdout.write("no end");',
  joined:
    'process.stdout.write("begun "); console.log("by console"); process.stderr.write("E "); console.error("end");',
  encodings:
    'process.stdout.write("c3a9", "hex"); process.stdout.write("aMOp", "base64"); const e = Buffer.from("é\\n"); process.stdout.write(e.subarray(0, 1)); process.stdout.write(e.subarray(1));',
  descriptors:
    'const fs = await import("node:fs"); fs.writeSync(1, "sync\\n"); fs.writeSync(2, Buffer.from("xerrx\\n"), 1, 3); fs.writeSync(2, "\\n"); fs.writevSync(1, [Buffer.from("a"), Buffer.from("b\\n")]); fs.writeFileSync(1, "whole\\n"); fs.appendFileSync(1, "more\\n"); await new Promise((resolve) => fs.write(1, "async\\n", resolve)); console.log(await (await import("node:util")).promisify(fs.write)(1, "p\\n").then(({ bytesWritten }) => bytesWritten));',
  piped:
    'const { Readable } = await import("node:stream"); const { pipeline } = await import("node:stream/promises"); await pipeline(Readable.from(["a", "b\\nc", "\\n"]), process.stdout, { end: false });',
  newConsole:
    'const own = new console.Console(process.stdout, process.stderr); own.group("own"); own.log("in own"); own.error("err"); console.log("not in own");',
};

/** Returns the lines that plain Node.js prints to each of its streams. */
function printedByNode(script: string): { readonly out: readonly string[]; readonly err: readonly string[] } {
  const code = `const { spawnSync } = require("node:child_process");
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(script)}]);
    process.stdout.write(JSON.stringify([stdout.toString(), stderr.toString()]));`;
  const [out, err] = JSON.parse(execFileSync(process.execPath, ["-e", code], { encoding: "utf8" })) as [string, string];
  return { out: linesOf(out), err: linesOf(err) };
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

test("what a task prints is what plain Node.js prints, and nothing of it changes the next run", limit, async () => {
  const tasks = Object.fromEntries(Object.entries(scripts).map(([id, script]) => [id, `async () => { ${script} }`]));
  await using fixture = await startFixture(tasks, { concurrency: 1 });
  const { coordinator } = fixture;
  // Twice, in one thread.
  for (const round of [1, 2]) {
    for (const [taskId, script] of Object.entries(scripts)) {
      const attemptId = `${taskId}${round}`;
      coordinator.assign({ runId: `run_${attemptId}`, attemptId, taskId });
      assert.ok((await coordinator.outcomeOf(attemptId)).success, taskId);
      await coordinator.until(() => coordinator.endedLogs.has(attemptId), `the end of the logs of ${attemptId}`);
      const isErr = (level: string) => level === "LOG_LEVEL_WARN" || level === "LOG_LEVEL_ERROR";
      const lines = coordinator.logs.filter((entry) => entry.attemptId === attemptId);
      const printed = {
        out: lines.filter(({ level }) => !isErr(level)).flatMap(({ message }) => message.split("\n")),
        err: lines.filter(({ level }) => isErr(level)).flatMap(({ message }) => message.split("\n")),
      };
      assert.deepEqual(printed, printedByNode(script), `${taskId}, round ${round}`);
    }
  }
});

test("timers and traces of console arrive, and a warning of Node.js is a line too", limit, async () => {
  await using fixture = await startFixture({
    print: `async () => {
      console.time("t"); console.timeLog("t", "half"); console.timeEnd("t");
      console.trace("here");
      console.timeEnd("unknown");
      process.emitWarning("careful", { code: "W1", detail: "more" });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }`,
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "print" });
  await coordinator.until(() => coordinator.endedLogs.has("a"), "the end of the logs");
  const lines = coordinator.logs.map(({ level, message }) => `${level} ${message}`);
  assert.match(lines[0] ?? "", /^LOG_LEVEL_LOG t: [\d.]+(ms|μs) half$/);
  assert.match(lines[1] ?? "", /^LOG_LEVEL_LOG t: [\d.]+(ms|μs)$/);
  assert.match(lines[2] ?? "", /^LOG_LEVEL_ERROR Trace: here\n {4}at Object\.run \(.*$/);
  assert.match(lines[3] ?? "", /^LOG_LEVEL_WARN Warning: .*unknown/);
  assert.equal(lines[4], "LOG_LEVEL_WARN [W1] Warning: careful\nmore");
});

test("pino and other loggers that write to stdout are part of the run's log", limit, async () => {
  await using fixture = await startFixture({
    print: `async () => {
      const { pino } = await import(${JSON.stringify(import.meta.resolve("pino"))});
      pino({ base: null, timestamp: false }).info({ a: 1 }, "through pino");
    }`,
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "print" });
  assert.ok((await coordinator.outcomeOf("a")).success);
  await coordinator.until(() => coordinator.endedLogs.has("a"), "the end of the logs");
  assert.deepEqual(
    coordinator.logs.map(({ message }) => message),
    ['{"level":30,"a":1,"msg":"through pino"}'],
  );
});

/** Ways to end a thread after which it sends nothing more. */
const deadEnds: Readonly<Record<string, string>> = {
  blocked: "for (;;) {}",
  outOfMemory: "const all = []; for (;;) all.push({ a: [1, 2, 3], b: String(all.length) });",
  nativeCode: '(await import("node:child_process")).execSync("sleep 60");',
  exit: "process.exit(0);",
};

test("what a task printed before it blocked, exited or ran out of memory is in its log", limit, async (context) => {
  // Prints in two turns of the event loop, because the unfinished line waits longer than the lines around it.
  const print =
    'for (let at = 0; at < 10; at += 1) console.log("line", at); process.stderr.write("no "); await new Promise((resolve) => setTimeout(resolve, 1)); for (let at = 10; at < 20; at += 1) console.log("line", at); process.stderr.write("end"); await new Promise((resolve) => setTimeout(resolve, 1));';
  const tasks = Object.fromEntries(
    Object.entries(deadEnds).map(([id, deed]) => [id, `async () => { ${print} ${deed} }`]),
  );
  await using fixture = await startFixture(tasks);
  const { coordinator } = fixture;
  for (const attemptId of Object.keys(deadEnds)) {
    await context.test(attemptId, async () => {
      const maxDuration = { seconds: attemptId === "outOfMemory" ? 60 : 1, nanos: 0 };
      coordinator.assign({ runId: "run_1", attemptId, taskId: attemptId, machine: "micro", maxDuration });
      assert.ok((await coordinator.outcomeOf(attemptId, 30_000)).failure);
      const lines = () =>
        coordinator.logs.filter((entry) => entry.attemptId === attemptId).map(({ message }) => message);
      await coordinator.until(() => lines().includes("no end"), "the last line");
      assert.deepEqual(lines(), [...Array.from({ length: 20 }, (_, at) => `line ${at}`), "no end"]);
    });
  }
});

test("what a task printed is followed while it blocks its thread", limit, async () => {
  await using fixture = await startFixture({
    busy: `async () => {
      const began = Date.now();
      console.log("one"); console.log("two"); console.log("three");
      while (Date.now() - began < 3_000);
      console.log("four");
    }`,
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "busy" });
  await coordinator.until(() => coordinator.logs.length === 3, "the lines before the loop");
  assert.equal(coordinator.outcomes.has("a"), false);
  await coordinator.until(() => coordinator.endedLogs.has("a"), "the end of the logs");
  assert.deepEqual(
    coordinator.logs.map(({ message }) => message),
    ["one", "two", "three", "four"],
  );
});

test("what the code of an attempt prints after its end follows in the log of its run, bounded", limit, async () => {
  await using fixture = await startFixture(
    {
      leaves: `async () => {
        console.log("in time");
        const wait = () => { if (globalThis.go) { for (let at = 0; at < 300; at += 1) console.log("late", at); } else setImmediate(wait); };
        setImmediate(wait);
      }`,
      next: "async () => { globalThis.go = true; await new Promise((resolve) => setTimeout(resolve, 100)); console.log('own'); }",
    },
    { concurrency: 1 },
  );
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", attemptNumber: 2, taskId: "leaves" });
  assert.ok((await coordinator.outcomeOf("a")).success);
  coordinator.assign({ runId: "run_2", attemptId: "b", taskId: "next" });
  assert.ok((await coordinator.outcomeOf("b")).success);
  await coordinator.until(() => coordinator.endedLogs.has("b"), "the end of the logs");
  const linesOfAttempt = (attemptId: string) =>
    coordinator.logs.filter((entry) => entry.attemptId === attemptId).map(({ message }) => message);
  await coordinator.until(() => linesOfAttempt("a").length === 103, "the late lines");
  assert.deepEqual(linesOfAttempt("b"), ["own"]);
  const lines = linesOfAttempt("a");
  assert.deepEqual(
    [...lines.slice(0, 3), ...lines.slice(-2)],
    [
      "in time",
      "… the attempt has ended; the lines below came later, from code that it left behind …",
      "late 0",
      "late 99",
      "… it printed 100 lines after its end; further ones are left out …",
    ],
  );
  assert.ok(coordinator.logs.filter(({ attemptId }) => attemptId === "a").every((entry) => entry.attemptNumber === 2));
});

test("an error that nobody caught after the end of its attempt is in the log of its run", limit, async () => {
  await using fixture = await startFixture({
    leaves: `async () => {
      const began = Date.now();
      const wait = () => { if (Date.now() - began > 200) throw new Error("too late"); setImmediate(wait); };
      setImmediate(wait);
    }`,
  });
  const { coordinator } = fixture;
  coordinator.assign({ runId: "run_1", attemptId: "a", taskId: "leaves" });
  assert.ok((await coordinator.outcomeOf("a")).success);
  await coordinator.until(() => coordinator.logs.length === 2, "the late lines");
  assert.match(coordinator.logs[1]?.message ?? "", /^An error that nobody caught came late\. Error: too late\n {4}at/);
});
