import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { BuiltVersion } from "./manifest.ts";
import { finishVersion, keptVersions, writeUnfinished } from "./version-store.ts";
import { VersionUse } from "./version-use.ts";

const config = {} as BuiltVersion["config"];

/** Makes a project that contains only versions. */
async function makeProject(): Promise<AsyncDisposable & { readonly finish: (hash: string) => Promise<string> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "baton-versions-"));
  return {
    finish: async (hash) => {
      const unfinished = await writeUnfinished(dir, []);
      return (await finishVersion(dir, unfinished, { hash, tasks: [], warnings: [], config })).dir;
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

test("only the newest versions stay, but for one that is in use, until it is not", async () => {
  await using project = await makeProject();
  const use = new VersionUse();
  const used = await project.finish("used");
  await use.begin(used);
  const unused = await project.finish("unused");
  for (let count = 0; count < 2 * keptVersions; count += 1) await project.finish(`later-${count}`);
  assert.ok(existsSync(used));
  assert.ok(!existsSync(unused));
  await use.keepOnly(new Set());
  assert.deepEqual(
    (await readdir(used)).filter((name) => name.startsWith(".used")),
    [],
  );
  for (let count = 0; count < keptVersions; count += 1) await project.finish(`last-${count}`);
  assert.ok(!existsSync(used));
  await use.end();
});

test("what another process uses stays as long as that lives, however old its mark is", async () => {
  await using project = await makeProject();
  const used = await project.finish("used");
  const program = `
    const { VersionUse } = await import(${JSON.stringify(new URL("./version-use.js", import.meta.url).href)});
    await new VersionUse().begin(${JSON.stringify(used)});
    console.log("begun");
    setInterval(() => undefined, 1_000);`;
  const other = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(other.stdout, "data");
    const [mark = ""] = (await readdir(used)).filter((name) => name.startsWith(".used"));
    const longAgo = new Date(Date.now() - 86_400_000);
    await utimes(path.join(used, mark), longAgo, longAgo);
    for (let count = 0; count < 2 * keptVersions; count += 1) await project.finish(`later-${count}`);
    assert.ok(existsSync(used));
  } finally {
    other.kill("SIGKILL");
  }
  await once(other, "exit");
  await project.finish("last");
  assert.ok(!existsSync(used));
});

test("a mark that its process cannot write costs nothing", async () => {
  const use = new VersionUse();
  await use.begin(path.join(tmpdir(), "baton-no-such-folder"));
  await use.end();
});

test("a version that is built again while another process removes it is there afterwards", async () => {
  await using project = await makeProject();
  await project.finish("again");
  for (let count = 0; count < keptVersions; count += 1) {
    const [dir] = await Promise.all([project.finish("again"), project.finish(`later-${count}`)]);
    assert.ok(existsSync(path.join(dir, "manifest.json")));
  }
});
