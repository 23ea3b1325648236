import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { makeVersion } from "../runner-fixture.test.support.ts";
import { TaskLoader } from "./task-loader.ts";

test("the exports of a file are looked at once, not for each of its tasks", async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), "baton-loader-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const ids = ["one", "two", "three"];
  const built = makeVersion(dir, Object.fromEntries(ids.map((id) => [id, ""])));
  // Reading the exports of a CommonJS file calls its getters.
  const members = ids.map((id) => `exports.${id} = { [Symbol.for("baton.task.v1")]: { id: "${id}", options: {} } };`);
  const getter = `Object.defineProperty(exports, "counted", { enumerable: true, get: () => { exports.looks += 1; } });`;
  writeFileSync(path.join(dir, "tasks.cjs"), ["exports.looks = 0;", ...members, getter].join("\n"));
  const tasks = built.tasks.map((task) => ({ ...task, bundleFile: "tasks.cjs" }));
  const loader = new TaskLoader();
  loader.addVersion({ ...built, tasks, version: "20260101.1", environment: "PRODUCTION" });
  for (const id of ids) assert.ok("record" in (await loader.load("20260101.1", id)), id);
  const { default: exported } = (await import(path.join(dir, "tasks.cjs"))) as { default: { looks: number } };
  assert.equal(exported.looks, 1);
});
