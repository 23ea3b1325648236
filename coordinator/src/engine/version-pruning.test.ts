import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { memoryOf, TaskTable } from "../core/scheduling/task-table.ts";
import { unusedVersionMs, VersionPruning } from "./version-pruning.ts";

function parts(named: readonly string[], outdated: () => ReadonlyMap<string, number>) {
  const events: string[] = [];
  let finishDeletion = () => {};
  const pruning = new VersionPruning({
    clock: systemClock,
    versions: { hasHash: () => false, memoryBytes: 0, unusedSince: () => [] },
    outdated,
    store: {
      findNamedVersions: async (versions) => versions.filter((version) => named.includes(version)),
      deleteVersions: (versions) => {
        events.push(`delete ${versions.join()}`);
        return new Promise<void>((resolve) => {
          finishDeletion = resolve;
        });
      },
    },
    forget: (versions) => void events.push(`forget ${versions.join()}`),
    onFailure: (error) => assert.fail(String(error)),
  });
  return { pruning, events, finishDeletion: () => finishDeletion() };
}

const outdated = new Map([
  ["a", 1],
  ["b", 2],
]);

test("old versions that no run names are forgotten, then deleted, and a registration waits for that", async () => {
  const { events, finishDeletion, pruning } = parts(["a"], () => outdated);
  const passed = pruning.pass();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(events, ["forget b", "delete b"]);
  const registered = pruning.register("hash", [], async () => void events.push("register"));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(events.length, 2);
  finishDeletion();
  await Promise.all([passed, registered]);
  assert.equal(events.at(-1), "register");
  await pruning.pass();
  assert.equal(events.length, 3, "one pass a day");
});

test("one that a runner brought while runs were looked through stays, even when the runner went again", async () => {
  const answers = [outdated, new Map([["b", 3]])];
  const { events, pruning } = parts([], () => answers.shift() ?? new Map());
  await pruning.pass();
  assert.deepEqual(events, []);
});

test("nothing is deleted while a version is being registered", async () => {
  const { events, pruning } = parts([], () => outdated);
  let finish = () => {};
  const registered = pruning.register(
    "hash",
    [],
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  await pruning.pass();
  finish();
  await registered;
  assert.deepEqual(events, []);
});

describe("when the versions take all the memory that they may", () => {
  const task = (id: string): TaskDefinition => ({
    id,
    filePath: "trigger/t.ts",
    exportName: id,
    queue: `task/${id}`,
    machine: "micro",
    retry: builtInRetryPolicy,
    jsonSchema: "x".repeat(10_000),
  });
  const size = memoryOf([task("a")]);

  /** Three registered versions that nobody has, and room for a fourth one that is not quite as large. */
  function full(named: readonly string[], connected: readonly string[] = []) {
    const events: string[] = [];
    let now = 0;
    const versions = new TaskTable({ versionGraceMs: 0, servesOneProject: false });
    for (const [index, id] of ["a", "b", "c"].entries()) {
      versions.add([{ version: `20260101.${index + 1}`, hash: id, registeredAt: index, tasks: [task(id)] }], now);
    }
    versions.setConnected([new Set(connected)], now);
    now = unusedVersionMs + 1;
    const pruning = new VersionPruning({
      clock: { ...systemClock, monotonicNow: () => now },
      versions,
      maxBytes: size * 3 + 1,
      outdated: () => new Map(),
      store: {
        findNamedVersions: async (asked) => {
          events.push("look");
          return asked.filter((version) => named.includes(version));
        },
        deleteVersions: async (deleted) => void events.push(`delete ${deleted.join()}`),
      },
      forget: (forgotten) => {
        events.push(`forget ${forgotten.join()}`);
        versions.remove(forgotten);
      },
      onFailure: (error) => assert.fail(String(error)),
    });
    const register = (hash: string) => pruning.register(hash, [task(hash)], async () => void events.push(hash));
    return { events, register, pass: (ms: number) => (now += ms) };
  }

  test("the oldest that no runner has and no run names makes room for a new one", async () => {
    const { events, register } = full(["20260101.1"]);
    await register("d");
    assert.deepEqual(events, ["look", "forget 20260101.2", "delete 20260101.2", "d"]);
  });

  test("a new one is refused when all are used, without a look at every run each time", async () => {
    const { events, pass, register } = full(["20260101.1"], ["20260101.2", "20260101.3"]);
    await assert.rejects(register("d"), { code: "VERSIONS_FULL", retryAfterMs: 60_000 });
    await assert.rejects(register("e"), { code: "VERSIONS_FULL" });
    assert.deepEqual(events, ["look"]);
    pass(60_000);
    await assert.rejects(register("d"), { code: "VERSIONS_FULL" });
    assert.deepEqual(events, ["look", "look"]);
  });

  test("one that is registered already needs no room", async () => {
    const { events, register } = full(["20260101.1"], ["20260101.2", "20260101.3"]);
    await register("b");
    assert.deepEqual(events, ["b"]);
  });

  test("two that come at once make room for both", async () => {
    const { events, register } = full([]);
    await Promise.all([register("d"), register("e")]);
    const forgotten = events
      .filter((event) => event.startsWith("forget"))
      .join()
      .match(/20260101/g);
    assert.equal(forgotten?.length, 2, events.join());
  });
});
