import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import type { FromHost } from "../host/host-protocol.ts";
import { makeVersion } from "../runner-fixture.test.support.ts";
import { encodeAttempt } from "../thread/attempt-text.ts";
import type { AttemptDetails } from "../thread/thread-protocol.ts";
import { VersionShelf } from "../versions/version-shelf.ts";
import { readThreadEnd } from "./host-message.ts";
import { HostProcess } from "./host-process.ts";

const version = "20260101.1";
const limit = { timeout: 30_000 };

/** A task that does what its payload says, and writes its attempt's number into a file when it begins. */
const short = `async (deed, { ctx }) => {
  require("node:fs").appendFileSync("begun", ctx.attempt.id + " ");
  const before = globalThis.storage?.getStore();
  if (deed === "loop") for (;;);
  if (deed === "wait") await new Promise((resolve) => setTimeout(resolve, 400));
  if (deed === "exit") process.exit(1);
  if (deed === "listen") process.on("warning", () => undefined);
  if (deed === "reject") void Promise.reject(new Error("left alone"));
  if (deed === "enter") {
    globalThis.storage = new (require("node:async_hooks").AsyncLocalStorage)();
    globalThis.storage.enterWith("entered");
  }
  if (deed === "forge") {
    const { MessagePort } = require("node:worker_threads");
    const port = process._getActiveHandles().find((handle) => handle instanceof MessagePort);
    const end = JSON.stringify({ endedAt: 1, activeMs: 0, end: { type: "succeeded", hasOutput: false } });
    for (let count = 0; count < 2; count += 1) port.postMessage("+0\\n" + end + "\\n");
  }
  return before ?? null;
}`;

/** A host of its own, with what it said. */
class TestHost implements AsyncDisposable {
  readonly messages: { readonly message: FromHost; readonly body: string }[] = [];
  readonly #dir = mkdtempSync(path.join(tmpdir(), "baton-several-"));
  readonly #host: HostProcess;
  #isLost = false;

  constructor(concurrency: number) {
    const shelf = new VersionShelf("PRODUCTION");
    const shelved = shelf.add(version, makeVersion(this.#dir, { short }));
    const file = path.join(this.#dir, "tasks-short.mjs");
    writeFileSync(
      file,
      `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n${readFileSync(file, "utf8")}`,
    );
    const options = { cwd: this.#dir, env: { PATH: process.env.PATH ?? "" }, concurrency, reportDir: this.#dir };
    this.#host = new HostProcess(options, systemClock, {
      onMessage: (message, body) => this.messages.push({ message, body }),
      onLost: () => {
        this.#isLost = true;
      },
    });
    const capacity = { concurrency, cpu: 64, memoryGb: 64, overcommit: true };
    this.#host.send({ type: "configure", capacity });
    this.#host.send({ type: "version", version, maxAttemptsPerThread: 10_000 }, shelved?.manifest);
  }

  /** The attempts in the order in which their code was called. */
  get begun(): readonly string[] {
    return readFileSync(path.join(this.#dir, "begun"), "utf8").trim().split(" ");
  }

  /** Attempts that were named in messages of a type. */
  named(type: "ended" | "exited" | "following" | "takenBack" | "withdrawn"): readonly string[] {
    return this.messages.flatMap(({ message }) => {
      if (type === "following") {
        return message.type === "taken" ? (message.following ?? []).map(([attemptId]) => attemptId) : [];
      }
      if (message.type !== type) return [];
      return "attemptIds" in message ? message.attemptIds : [(message as { readonly attemptId: string }).attemptId];
    });
  }

  /** The end of an attempt: its report and its output. */
  end(attemptId: string) {
    const found = this.messages.find(({ message }) => message.type === "ended" && message.attemptId === attemptId);
    const [report, output] = found?.body.split("\n") ?? [];
    return { report: readThreadEnd(report ?? ""), output };
  }

  send(...given: Parameters<HostProcess["send"]>): void {
    this.#host.send(...given);
  }

  /** Sends attempts in one turn. `deeds`: what each does, by attempt id. */
  execute(deeds: Readonly<Record<string, string>>): void {
    for (const [attemptId, deed] of Object.entries(deeds)) {
      const body = encodeAttempt(detailsOf(attemptId), JSON.stringify(deed), "");
      this.#host.send({ type: "execute", attemptId, taskId: "short", version, machine: "small-1x" }, body);
    }
  }

  async untilEnded(...attemptIds: readonly string[]): Promise<void> {
    await waitUntil(`the end of ${attemptIds.join(", ")}`, () =>
      attemptIds.every((id) => this.named("ended").includes(id)),
    );
  }

  /** Executes attempts one by one until the host knows that they are short. */
  async warmUp(): Promise<void> {
    for (let count = 0; count < 40; count += 1) {
      this.execute({ [`warm${count}`]: "nothing" });
      await this.untilEnded(`warm${count}`);
    }
    this.messages.length = 0;
    writeFileSync(path.join(this.#dir, "begun"), "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#host.kill("the test is over");
    await waitUntil("the host to be gone", () => this.#isLost);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function detailsOf(attemptId: string): AttemptDetails {
  return {
    runId: `run_${attemptId}`,
    attemptId,
    attemptNumber: 1,
    interruptionCount: 0,
    taskId: "short",
    version,
    machine: "small-1x",
    maxAttempts: 1,
    queue: "task/short",
    priority: 0,
    tags: [],
    idempotencyKey: "",
    createdAt: 1,
    parentRunId: "",
    rootRunId: "",
    depth: 0,
    batchId: "",
    isReplay: false,
    isTest: false,
    activeMs: 0,
    maxOutputBytes: 1_000,
  };
}

test("short attempts go to a thread in one message, and each runs once, in order", limit, async () => {
  await using host = new TestHost(1);
  host.execute({ a: "nothing", b: "nothing" });
  await host.untilEnded("a", "b");
  assert.deepEqual(host.named("following"), [], "nothing is known about their length yet");
  await host.warmUp();
  const ids = Array.from({ length: 20 }, (_, at) => `attempt${at}`);
  host.execute(Object.fromEntries(ids.map((id) => [id, "nothing"])));
  await host.untilEnded(...ids);
  assert.deepEqual(host.begun, ids);
  assert.deepEqual(host.named("ended"), ids);
  assert.ok(host.named("following").length >= 15);
  let endedAt = 0;
  for (const id of ids) {
    const { report } = host.end(id);
    assert.ok(report !== undefined);
    assert.ok((report.startedAt ?? endedAt) >= endedAt, "one starts after the end of the one before");
    endedAt = report.endedAt;
  }
});

test(
  "what follows an attempt that takes long goes to another thread, and the runner is told of it",
  limit,
  async () => {
    await using host = new TestHost(2);
    await host.warmUp();
    host.execute({ a: "nothing", b: "nothing", c: "loop", d: "wait", e: "nothing", f: "nothing", g: "nothing" });
    await host.untilEnded("a", "b", "d", "e", "f", "g");
    assert.ok(host.named("following").length > 0);
    assert.deepEqual([...host.begun].sort(), ["a", "b", "c", "d", "e", "f", "g"]);
    const told = () =>
      host.messages.some(({ message }) => message.type === "taken" && message.attempts.some(([id]) => id === "c"));
    await waitUntil("the start of the one that goes on", told);
    host.send({ type: "terminate", attemptId: "c" });
    await waitUntil("the exit", () => host.named("exited").includes("c"));
  },
);

test(
  "attempts that follow one that ends its thread are executed elsewhere, and no run is told of it",
  limit,
  async () => {
    await using host = new TestHost(1);
    await host.warmUp();
    for (const deed of ["exit", "listen", "reject"]) {
      host.messages.length = 0;
      host.execute({ [`${deed}1`]: "nothing", [`${deed}2`]: deed, [`${deed}3`]: "nothing", [`${deed}4`]: "nothing" });
      await host.untilEnded(`${deed}1`, `${deed}3`, `${deed}4`);
      assert.deepEqual(host.named("exited"), deed === "exit" ? ["exit2"] : []);
      assert.deepEqual(
        host.begun.filter((id) => id.startsWith(deed)),
        [1, 2, 3, 4].map((at) => `${deed}${at}`),
      );
    }
  },
);

test("an attempt that follows is withdrawn, canceled and terminated without a call of its code", limit, async () => {
  await using host = new TestHost(1);
  await host.warmUp();
  host.execute({ a: "wait", b: "nothing", c: "nothing", d: "nothing", e: "nothing" });
  host.send({ type: "withdraw", attemptIds: ["b"], isPatient: false });
  host.send({ type: "cancel", attemptId: "c", reason: "enough" });
  host.send({ type: "terminate", attemptId: "d" });
  await host.untilEnded("a", "e");
  assert.deepEqual([...host.named("withdrawn")].sort(), ["b", "c", "d"]);
  assert.deepEqual(host.begun, ["a", "e"]);
});

test("the async context of an attempt ends with it", limit, async () => {
  await using host = new TestHost(1);
  await host.warmUp();
  host.execute({ a: "nothing", b: "enter", c: "nothing", d: "nothing" });
  await host.untilEnded("a", "b", "c", "d");
  assert.deepEqual(
    ["c", "d"].map((id) => host.end(id).output),
    ["null", "null"],
  );
});

test("an attempt cannot report the end of one that follows it", limit, async () => {
  await using host = new TestHost(1);
  await host.warmUp();
  host.execute({ a: "forge", b: "nothing", c: "nothing" });
  await host.untilEnded("b", "c");
  assert.deepEqual(
    host.begun.filter((id) => id !== "a"),
    ["b", "c"],
  );
});
