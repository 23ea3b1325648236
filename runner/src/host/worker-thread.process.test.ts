import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { makeChildrenMemory } from "../thread/child-processes.ts";
import { makeUnsentMemory } from "../thread/unsent-lines.ts";
import { WorkerThread } from "./worker-thread.ts";

/** Terminates a thread that is in native code for a second. Returns how often the thread was reported as stuck. */
async function countStuck(meanwhile: () => void): Promise<number> {
  const worker = new Worker(
    'require("node:worker_threads").parentPort.postMessage(0); require("node:child_process").execSync("sleep 1");',
    { eval: true },
  );
  let stuck = 0;
  const gone = new Promise<void>((resolve) => {
    const shared = {
      counters: new Int32Array(new SharedArrayBuffer(8)),
      unsentMemory: makeUnsentMemory(),
      childrenMemory: makeChildrenMemory(),
    };
    const thread = new WorkerThread("micro", worker, shared, {
      onMessage: () => undefined,
      onBroken: () => undefined,
      onStuck: () => {
        stuck += 1;
      },
      onExit: () => resolve(),
    });
    worker.once("message", () => {
      // The thread executes the command by then.
      setTimeout(() => {
        thread.terminate();
        meanwhile();
      }, 100);
    });
  });
  await gone;
  return stuck;
}

test("a thread that sits in native code after it was told to end is reported as stuck", async () => {
  assert.equal(await countStuck(() => undefined), 1);
});

test("time in which the system held up the whole process does not count", async () => {
  const held = new Int32Array(new SharedArrayBuffer(4));
  assert.equal(await countStuck(() => void Atomics.wait(held, 0, 0, 800)), 0);
});
