import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import { VersionPruning } from "./version-pruning.ts";

function parts(named: readonly string[], outdated: () => ReadonlyMap<string, number>) {
  const events: string[] = [];
  let finishDeletion = () => {};
  const pruning = new VersionPruning({
    clock: systemClock,
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
  const registered = pruning.register(async () => void events.push("register"));
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
