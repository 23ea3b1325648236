import assert from "node:assert/strict";
import { test } from "node:test";
import { definition, version } from "../life/run.test.support.ts";
import { TaskTable } from "./task-table.ts";

const versionGraceMs = 60_000;

const first = version("20260101.2", [definition(), definition({ id: "old" })]);
const second = version("20260101.10", [definition({ machine: "micro" })]);

function table(...connected: readonly string[]): TaskTable {
  const tasks = new TaskTable({ versionGraceMs });
  tasks.add([first, second], 0);
  tasks.setConnected(
    connected.map((name) => new Set([name])),
    0,
  );
  return tasks;
}

test("the current version of a task is the newest that a connected runner has", () => {
  assert.equal(table("20260101.2", "20260101.10").findCurrent("mail")?.version, "20260101.10");
  assert.equal(table("20260101.2").findCurrent("mail")?.version, "20260101.2");
  assert.equal(table().findCurrent("mail"), undefined);
});

test("each task has its own current version", () => {
  assert.equal(table("20260101.2", "20260101.10").findCurrent("old")?.version, "20260101.2");
});

test("what a runner has beside its newest version is for runs that are locked to it", () => {
  const tasks = table();
  tasks.setConnected([new Set(["20260101.10", "20260101.2"])], 0);
  assert.equal(tasks.findCurrent("old"), undefined);
  assert.equal(tasks.versionFor("old", "20260101.2", 0)?.version, "20260101.2");
  assert.ok(tasks.isRegistered("old"), "another runner may have it in its newest");
});

test("where all runners have one project, a task that their newest versions do not have is registered no more", () => {
  const tasks = new TaskTable({ versionGraceMs, servesOneProject: true });
  tasks.add([first], 0);
  assert.ok(tasks.isRegistered("old"), "before any runner came the newest version counts");
  tasks.add([second], 0);
  assert.ok(!tasks.isRegistered("old"));
  tasks.setConnected([new Set(["20260101.2"])], 0);
  assert.ok(tasks.isRegistered("old"), "an edit was undone");
  tasks.setConnected([new Set(["20260101.2", "20260101.10"])], 0);
  assert.equal(tasks.find("old"), undefined);
  assert.deepEqual(
    tasks.list().map(({ definition: { id }, version }) => [id, version]),
    [["mail", "20260101.10"]],
  );
  tasks.setConnected([], 0);
  assert.deepEqual([tasks.isRegistered("mail"), tasks.isRegistered("old")], [true, false], "its runner is away");
});

test("without a runner new runs follow the newest registered definition", () => {
  assert.equal(table().find("mail")?.definition.machine, "micro");
  assert.equal(table().find("nobody"), undefined);
});

test("a locked version is kept while a runner has it", () => {
  const tasks = table("20260101.2", "20260101.10");
  assert.equal(tasks.versionFor("mail", "20260101.2", 10 * versionGraceMs)?.version, "20260101.2");
});

test("a locked version that nobody has is waited for, and then given up for the current one", () => {
  const tasks = table("20260101.2", "20260101.10");
  tasks.setConnected([new Set(["20260101.10"])], 1_000);
  assert.equal(tasks.versionFor("mail", "20260101.2", 1_000 + versionGraceMs - 1), undefined);
  assert.equal(tasks.versionFor("mail", "20260101.2", 1_000 + versionGraceMs)?.version, "20260101.10");
  assert.ok(tasks.graceEnded(1_000 + versionGraceMs - 1, 1_000 + versionGraceMs));
  assert.ok(!tasks.graceEnded(1_000 + versionGraceMs, 9 * versionGraceMs));
});

test("a version that comes back within its grace is taken again", () => {
  const tasks = table("20260101.2", "20260101.10");
  tasks.setConnected([new Set(["20260101.10"])], 0);
  tasks.setConnected([new Set(["20260101.2", "20260101.10"])], 5_000);
  assert.equal(tasks.versionFor("mail", "20260101.2", 5_000)?.version, "20260101.2");
});

test("a queue's limit is what the newest definition of its tasks says", () => {
  const tasks = new TaskTable({ versionGraceMs });
  tasks.add([version("20260101.1", [definition({ concurrencyLimit: 5 })])], 0);
  assert.equal(tasks.limitOf("task/mail"), 5);
  tasks.add([version("20260101.2", [definition({ concurrencyLimit: 0 })])], 0);
  assert.equal(tasks.limitOf("task/mail"), 0);
  tasks.add([version("20260101.3", [definition()])], 0);
  assert.equal(tasks.limitOf("task/mail"), undefined);
});

test("beside a task that declares the limit of a shared queue, one that only names it says nothing", () => {
  const tasks = new TaskTable({ versionGraceMs });
  const unlimited = [definition({ id: "a", queue: "q" }), definition({ id: "b", queue: "q" })];
  tasks.add(
    [version("20260101.1", [definition({ id: "a", queue: "q", concurrencyLimit: 2 }), ...unlimited.slice(1)])],
    0,
  );
  assert.equal(tasks.limitOf("q"), 2);
  tasks.add([version("20260101.2", unlimited)], 0);
  assert.equal(tasks.limitOf("q"), undefined);
});

test("a pinned task waits for its locked version for ever", () => {
  const tasks = new TaskTable({ versionGraceMs });
  tasks.add([version("20260101.1", [definition({ pinVersion: true })]), second], 0);
  tasks.setConnected([new Set(["20260101.10"])], 0);
  assert.equal(tasks.versionFor("mail", "20260101.1", 100 * versionGraceMs), undefined);
  assert.equal(tasks.versionFor("mail", "", 0)?.version, "20260101.10");
});

test("a version is outdated when it is old, no runner has it, and newer ones have all of its tasks", () => {
  const old = version("20250101.1", [definition()]);
  const tasks = table("20260101.10");
  tasks.add([old], 5);
  assert.deepEqual([...tasks.outdated(old.registeredAt + 1)], [["20250101.1", 5]]);
  assert.deepEqual([...tasks.outdated(old.registeredAt)], [], "it is not old enough");
  tasks.setConnected([new Set(["20250101.1"])], 6);
  assert.deepEqual([...tasks.outdated(old.registeredAt + 1)], [], "a runner has it");
  tasks.setConnected([new Set(["20260101.10"])], 7);
  assert.deepEqual([...tasks.outdated(old.registeredAt + 1)], [["20250101.1", 7]]);
  tasks.remove(["20250101.1"]);
  assert.equal(tasks.definitionIn("20250101.1", "mail"), undefined);
  assert.deepEqual([...tasks.outdated(old.registeredAt + 1)], []);
});

test("a version that is registered again has its grace once more, unless a runner has it", () => {
  const tasks = table("20260101.10");
  assert.equal(tasks.versionFor("mail", "20260101.2", versionGraceMs)?.version, "20260101.10");
  assert.ok(tasks.renew("20260101.2", versionGraceMs), "runs wait for it again");
  assert.equal(tasks.versionFor("mail", "20260101.2", versionGraceMs), undefined);
  assert.ok(!tasks.renew("20260101.2", versionGraceMs + 1), "they waited before");
  assert.equal(tasks.graceLeftMs("20260101.2", versionGraceMs + 1), versionGraceMs);
  assert.ok(!tasks.renew("20260101.10", versionGraceMs));
  assert.equal(tasks.versionFor("mail", "20260101.10", versionGraceMs)?.version, "20260101.10");
});
