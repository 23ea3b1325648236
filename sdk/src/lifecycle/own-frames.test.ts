import assert from "node:assert/strict";
import { test } from "node:test";
import { addOwnFolder, withoutOwnFrames, withoutOwnFramesIn } from "./own-frames.ts";

const own = `    at #enter (${new URL("attempt-life.js", import.meta.url).href}:1:1)`;
const user = "    at helper (/project/lib/helper.ts:1:34)";
const middleware = "    at async around (/project/trigger/a.ts:5:1)";
const host = "    at Attempt.run (file:///elsewhere/thread/attempt.js:64:21)";
const ticks = "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)";

test("frames of the life cycle and of what called it are left out, those of the task between them stay", () => {
  assert.deepEqual(withoutOwnFrames([user, own, middleware, own, host]), [user, middleware]);
  assert.deepEqual(withoutOwnFrames([user, ticks, own.replace("at ", "at async "), host]), [user]);
  const scope = "    at AsyncResource.runInAsyncScope (node:async_hooks:206:9)";
  const start = "    at node:internal/main/worker_thread:212:26";
  assert.deepEqual(withoutOwnFrames([scope, user, scope, start, own]), [scope, user]);
  assert.deepEqual(withoutOwnFrames([own, scope, own, host]), []);
});

test("a stack without frames of the life cycle is kept whole, and of one with no others nothing", () => {
  assert.deepEqual(withoutOwnFrames([user, ticks]), [user, ticks]);
  assert.deepEqual(withoutOwnFrames([ticks, own, host]), []);
});

test("frames of a folder that was added are left out as the life cycle's are", () => {
  const thread = "    at console.trace (file:///srv/runner/thread/capture-output.js:39:25)";
  assert.deepEqual(withoutOwnFrames([user, thread, user]), [user, thread, user]);
  addOwnFolder(new URL("file:///srv/runner/thread/"));
  assert.deepEqual(withoutOwnFrames([user, thread, middleware, own]), [user, middleware]);
});

test("frames that a source map leads to the sources of the life cycle are left out", () => {
  const source = new URL("../../src/lifecycle/attempt-life.ts", import.meta.url).href;
  assert.deepEqual(withoutOwnFrames([user, `    at #enter (${source}:1:1)`, host]), [user]);
});

test("an error that the SDK throws begins with the line that called it", () => {
  const copy = "    at triggerRun (/project/node_modules/@baton/sdk/dist/trigger.js:20:11)";
  const asyncCopy = "    at async triggerRun (file:///project/node_modules/@baton/sdk/dist/trigger.js:20:11)";
  assert.deepEqual(withoutOwnFrames([copy, ticks, asyncCopy, user, own]), [user]);
  assert.equal(
    withoutOwnFramesIn(`ApiError: refused\nwhy\n${copy}\n${user}\n${own}`),
    `ApiError: refused\nwhy\n${user}`,
  );
  const source = copy.replace("/dist/trigger.js", "/src/trigger.ts");
  assert.deepEqual(withoutOwnFrames([source, user, own]), [user]);
  assert.equal(withoutOwnFramesIn("no frames"), "no frames");
});
