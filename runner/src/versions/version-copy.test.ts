import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { BuiltVersion } from "../build/manifest.ts";
import { finishVersion, versionsDir, writeUnfinished } from "../build/version-store.ts";
import { VersionCopy } from "./version-copy.ts";

const contents = "export const one = 1;";

function makeProject(): Disposable & { readonly dir: string; readonly version: string; readonly file: string } {
  const dir = mkdtempSync(path.join(tmpdir(), "baton-copy-"));
  const version = path.join(versionsDir(dir), "hash");
  const file = path.join(version, "a.mjs");
  mkdirSync(version, { recursive: true });
  writeFileSync(file, contents);
  return { dir, version, file, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

test("a file that another process writes again was damaged all the same, once", async () => {
  using project = makeProject();
  const copy = new VersionCopy(project.version);
  assert.equal(copy.wasDamagedSince(0.5), false);
  const began = Date.now();
  rmSync(project.file);
  await sleep(20);
  writeFileSync(project.file, contents);
  assert.equal(copy.wasDamagedSince(began), true);
  assert.equal(copy.restore(), false, "there was nothing to write");
  assert.equal(copy.wasDamagedSince(began), true, "of all attempts that began before");
  assert.equal(copy.wasDamagedSince(Date.now() + 1), false);
});

test("a file is written again whatever was made of it, and marks of use are nobody's loss", () => {
  using project = makeProject();
  const mark = path.join(project.version, ".used-by-1-a");
  writeFileSync(mark, "");
  const copy = new VersionCopy(project.version);
  rmSync(mark);
  assert.equal(copy.wasDamagedSince(0.5), false);
  for (const damage of [() => rmSync(project.file), () => writeFileSync(project.file, "")]) {
    damage();
    assert.equal(copy.wasDamagedSince(Date.now()), true);
    assert.equal(copy.restore(), true);
    assert.equal(readFileSync(project.file, "utf8"), contents);
  }
  rmSync(path.join(project.dir, ".baton"), { recursive: true });
  assert.equal(copy.restore(), true);
  assert.equal(readFileSync(path.join(project.dir, ".baton", ".gitignore"), "utf8"), "*\n");
});

test("a project that was deleted is not made again", () => {
  using project = makeProject();
  const copy = new VersionCopy(project.version);
  rmSync(project.dir, { recursive: true });
  assert.equal(copy.wasDamagedSince(0.5), true);
  assert.throws(() => copy.restore(), /is gone/);
  assert.equal(existsSync(project.dir), false);
});

test("a build gives a version that was damaged before what it lacks", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "baton-copy-"));
  try {
    const version = { hash: "hash", tasks: [], warnings: [], config: {} as BuiltVersion["config"] };
    const outputs = ["a.mjs", "b.mjs"].map((name) => ({ name, contents: Buffer.from(contents) }));
    const build = async () => finishVersion(dir, await writeUnfinished(dir, outputs), version);
    const built = await build();
    const whole = statSync(path.join(built.dir, "b.mjs")).ino;
    for (const name of ["a.mjs", "manifest.json"]) {
      rmSync(path.join(built.dir, name));
      await build();
      assert.ok(existsSync(path.join(built.dir, name)), name);
    }
    assert.equal(readFileSync(path.join(built.dir, "a.mjs"), "utf8"), contents);
    assert.equal(statSync(path.join(built.dir, "b.mjs")).ino, whole, "what is right stays");
  } finally {
    rmSync(dir, { recursive: true });
  }
});
