import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { BuiltVersion } from "../build/manifest.ts";
import { digestTasks, type TaskDigests, taskChanges } from "./task-changes.ts";

/** Returns the digests of a version with these compiled files, in which every `task-…` file has one task. */
async function digestsOf(files: Readonly<Record<string, string>>, queue = "q"): Promise<TaskDigests> {
  const dir = await mkdtemp(path.join(tmpdir(), "baton-changes-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
      await writeFile(path.join(dir, name), text);
    }
    const tasks = Object.keys(files)
      .filter((name) => name.startsWith("task-"))
      .map((name) => ({ bundleFile: name, definition: { id: name.slice(5, 6), filePath: name, queue } }));
    return await digestTasks({ dir, tasks } as never as BuiltVersion);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const files = {
  "task-a.mjs": 'import { deep } from "./lib/direct.mjs";\n',
  "task-b.mjs": 'export const run = () => import("./lib/late.mjs");\n',
  "task-c.cjs": "const { common } = require('./lib/common.cjs');\n",
  "task-d.js": "export {};\n",
  "lib/direct.mjs": 'export * from "../deep.mjs";\nimport "node:fs";\nimport "package/./x.mjs";\n',
  "lib/late.mjs": 'import "./direct.mjs"; // and back: "../task-b.mjs"\n',
  "lib/common.cjs": "exports.common = 1;\n",
  "deep.mjs": "export const deep = 1;\n",
  "manifest.json": "{}",
};

test("a task has changed when its file or one that it imports did, however far away", async () => {
  const before = await digestsOf(files);
  const changedBy = async (name: keyof typeof files): Promise<string> => {
    const after = await digestsOf({ ...files, [name]: `${files[name]}// edited` });
    return taskChanges(before, after)
      .map(({ type, id }) => `${type} ${id}`)
      .join(", ");
  };
  assert.equal(await changedBy("task-a.mjs"), "changed a");
  assert.equal(await changedBy("task-d.js"), "changed d");
  assert.equal(await changedBy("deep.mjs"), "changed a, changed b");
  assert.equal(await changedBy("lib/late.mjs"), "changed b");
  assert.equal(await changedBy("lib/common.cjs"), "changed c");
  assert.equal(await changedBy("manifest.json"), "");
});

test("a task has changed when an option did, and tasks come and go", async () => {
  const before = await digestsOf(files);
  assert.deepEqual(
    taskChanges(before, await digestsOf(files, "other")).map(({ type, id }) => `${type} ${id}`),
    ["changed a", "changed b", "changed c", "changed d"],
  );
  const { "task-d.js": _gone, ...others } = files;
  const after = await digestsOf({ ...others, "task-e.js": "export {};\n" });
  assert.deepEqual(taskChanges(before, after), [
    { type: "removed", id: "d", filePath: "task-d.js" },
    { type: "added", id: "e", filePath: "task-e.js" },
  ]);
});
