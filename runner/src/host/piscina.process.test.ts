import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Piscina } from "piscina";

// The behavior of piscina that the supply of threads relies on, with one test for each. An upgrade must keep it.

const filename = fileURLToPath(new URL("./piscina-thread.test.support.js", import.meta.url));

/** A pool with the options of the thread supply, which ends with the test. */
class TestPool extends Piscina {
  /** Keeps the process alive, because piscina's threads and ports do not while a test waits for them. */
  readonly #keepingAlive = setInterval(() => undefined, 60_000);

  constructor(name: string, options: ConstructorParameters<typeof Piscina>[0] = {}) {
    super({
      filename,
      name,
      minThreads: 0,
      maxThreads: 4,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      atomics: "disabled",
      recordTiming: false,
      ...options,
    });
  }

  /** Starts a task that lasts as long as its thread. Returns the port to it, and a promise of the task's error. */
  hold(): { port: MessagePort; ended: Promise<Error | undefined> } {
    const { port1, port2 } = new MessageChannel();
    const ended = this.run(port2, { transferList: [port2] }).then(
      () => undefined,
      (error: Error) => error,
    );
    return { port: port1, ended };
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#keepingAlive);
    await this.destroy();
  }
}

async function nextFrom(port: MessagePort): Promise<unknown> {
  const [message] = await once(port, "message");
  return message;
}

test("a pool starts no thread before it is asked to", async () => {
  await using pool = new TestPool("hold");
  assert.deepEqual(pool.threads, []);
});

test("run starts a thread before it returns, and threads lists it", async () => {
  await using pool = new TestPool("hold");
  const known = new Set<unknown>();
  for (let count = 1; count <= 3; count += 1) {
    pool.hold();
    const fresh = pool.threads.filter((thread) => !known.has(thread));
    assert.equal(fresh.length, 1);
    assert.equal(pool.threads.length, count);
    known.add(fresh[0]);
  }
});

test("run starts no thread beyond maxThreads", async () => {
  await using pool = new TestPool("hold", { maxThreads: 1 });
  pool.hold();
  pool.hold();
  assert.equal(pool.threads.length, 1);
});

test("each thread gets one port, in no certain order", async () => {
  await using pool = new TestPool("hold");
  const ports = Array.from({ length: 4 }, () => pool.hold().port);
  const numbers = pool.threads.map((thread) => thread.threadId);
  const told = await Promise.all(ports.map(nextFrom));
  assert.deepEqual(new Set(told), new Set(numbers));
});

test("the limits of a pool reach its threads", async () => {
  const resourceLimits = { maxOldGenerationSizeMb: 77, maxYoungGenerationSizeMb: 5, stackSizeMb: 3 };
  await using pool = new TestPool("hold", { resourceLimits });
  await nextFrom(pool.hold().port);
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb, stackSizeMb } = pool.threads[0]?.resourceLimits ?? {};
  assert.deepEqual({ maxOldGenerationSizeMb, maxYoungGenerationSizeMb, stackSizeMb }, resourceLimits);
});

test("a thread without a task stays where idleTimeout is infinite, and ends at once where it is 0", async () => {
  await using kept = new TestPool("tellThread");
  const first = await kept.run(undefined);
  assert.equal(await kept.run(undefined), first);
  await using dropped = new TestPool("tellThread", { idleTimeout: 0 });
  await dropped.run(undefined);
  const [thread] = dropped.threads;
  if (thread !== undefined) await once(thread, "exit");
  assert.deepEqual(dropped.threads, []);
});

test("a thread that ends rejects its task, leaves the list and is not replaced", async () => {
  await using pool = new TestPool("hold");
  const { ended, port } = pool.hold();
  await nextFrom(port);
  const [thread] = pool.threads;
  assert.ok(thread);
  const gone = once(thread, "exit");
  await thread.terminate();
  await gone;
  assert.match(String(await ended), /worker exited with code: 1/);
  assert.deepEqual(pool.threads, []);
  const next = pool.hold();
  assert.notEqual(await nextFrom(next.port), thread.threadId);
});

test("a task that throws leaves its thread to the one who started it", async () => {
  await using pool = new TestPool("noSuchTask");
  const { ended } = pool.hold();
  const [thread] = pool.threads;
  assert.ok(thread);
  assert.match(String(await ended), /No handler function/);
  assert.deepEqual(pool.threads, [thread]);
});

test("a thread that closed piscina's ports has its own port left, and lives on until it is ended", async () => {
  await using pool = new TestPool("holdAlone");
  const failures: unknown[] = [];
  pool.on("error", (error) => failures.push(error));
  const { ended, port } = pool.hold();
  await nextFrom(port);
  port.postMessage("count");
  assert.equal(await nextFrom(port), 1);
  const [thread] = pool.threads;
  assert.ok(thread);
  const other = pool.hold();
  assert.notEqual(await nextFrom(other.port), thread.threadId);
  port.postMessage("count");
  assert.equal(await nextFrom(port), 1);
  await thread.terminate();
  assert.match(String(await ended), /worker exited with code: 1/);
  assert.deepEqual(failures, []);
  assert.equal(pool.threads.length, 1);
});
