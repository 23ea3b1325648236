import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { findTaskFiles, type TaskFileRules } from "./task-files.ts";

let root: string;
before(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "baton-task-files-")));
});
after(() => rm(root, { recursive: true, force: true }));

/** Finds task files in a new folder with these files and links, which are relative to it. */
async function found(
  files: readonly string[],
  rules: Partial<TaskFileRules> = {},
  links: Readonly<Record<string, string>> = {},
): Promise<{ readonly files: string[]; readonly dirs: string[]; readonly missingDirs: readonly string[] }> {
  const dir = await mkdtemp(path.join(root, "project-"));
  for (const file of files) {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
    await writeFile(path.join(dir, file), "");
  }
  for (const [link, target] of Object.entries(links)) await symlink(path.join(dir, target), path.join(dir, link));
  const result = await findTaskFiles(dir, { ignorePatterns: [], ...rules });
  const relative = (file: string) => path.relative(dir, file);
  return { files: result.files.map(relative), dirs: result.dirs.map(relative), missingDirs: result.missingDirs };
}

describe("ignorePatterns", () => {
  for (const [pattern, file, isIgnored] of [
    ["**/*.test.*", "trigger/a.test.ts", true],
    ["**/*.test.*", "a.test.ts", true],
    ["**/*.test.*", "trigger/test.ts", false],
    ["*.spec.ts", "deep/below/a.spec.ts", true],
    ["src/*.ts", "src/deep/a.ts", false],
    ["src/**", "src/deep/a.ts", true],
    ["./src/{a,b}.ts", "src/b.ts", true],
    ["src/[!a].ts", "src/a.ts", false],
    ["src/[a-c].ts", "src/b.ts", true],
    ["a+b.ts", "x/a+b.ts", true],
    ["?.ts", "ab.ts", false],
  ] as const) {
    test(`${pattern} ${isIgnored ? "matches" : "does not match"} ${file}`, async () => {
      const { files } = await found([file], { dirs: ["."], ignorePatterns: [pattern] });
      assert.deepEqual(files, isIgnored ? [] : [file]);
    });
  }
});

test("hidden files, declarations and other files are no task files", async () => {
  const names = ["a.ts", "b.mts", "c.cjs", ".#x.ts", "._x.ts", ".eslintrc.cjs", "d.d.ts", "e.d.mts", "f.json", "g.md"];
  const { files } = await found(names.map((name) => `trigger/${name}`));
  assert.deepEqual(files, ["trigger/a.ts", "trigger/b.mts", "trigger/c.cjs"]);
});

test("every folder named trigger counts, but not those of packages, outputs and hidden folders", async () => {
  const { files } = await found([
    "trigger/a.ts",
    "src/deep/trigger/b.ts",
    "node_modules/x/trigger/c.ts",
    "dist/trigger/d.ts",
    ".cache/trigger/e.ts",
    "trigger/trigger/f.ts",
  ]);
  assert.deepEqual(files, ["src/deep/trigger/b.ts", "trigger/a.ts", "trigger/trigger/f.ts"]);
});

test("a linked folder is followed once, also when it leads back", async () => {
  const { files } = await found(
    ["trigger/a.ts", "shared/jobs/b.ts"],
    {},
    { "trigger/jobs": "shared/jobs", "trigger/again": "shared/jobs", "shared/jobs/back": "trigger" },
  );
  assert.deepEqual(files, ["shared/jobs/b.ts", "trigger/a.ts"]);
});

test("dirs may be linked, may be globs, and are named when they do not exist", async () => {
  const { files, dirs, missingDirs } = await found(
    ["packages/a/jobs/one.ts", "packages/b/jobs/two.ts", "packages/c/other/three.ts", "real/four.ts"],
    { dirs: ["./packages/*/jobs/", "linked", "absent", "none/*"] },
    { linked: "real" },
  );
  assert.deepEqual(files, ["packages/a/jobs/one.ts", "packages/b/jobs/two.ts", "real/four.ts"]);
  assert.deepEqual(dirs, ["packages/a/jobs", "packages/b/jobs", "real"]);
  assert.deepEqual(missingDirs, ["absent", "none/*"]);
});
