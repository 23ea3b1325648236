import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Project } from "../support/project.ts";
import { runBaton } from "../support/service.ts";
import { mountSmallDisk, unmountSmallDisk } from "../support/small-disk.ts";

const files = {
  "trigger/tasks.ts": 'import { task } from "@baton/sdk";\nexport const t = task({ id: "t", run: async () => 1 });\n',
};

for (const [args, code] of [
  [["dev", "--listen", "127.0.0.1:0"], "PROJECT_UNREADABLE"],
  [["runner", "--coordinator", "127.0.0.1:1"], "PROJECT_UNREADABLE"],
  [["coordinator", "--listen", "127.0.0.1:0"], "STORE_UNUSABLE"],
] as const) {
  test(`baton ${args[0]} says with a code that .baton is a file`, async () => {
    await using project = await Project.create(files);
    rmSync(project.path(".baton"), { recursive: true, force: true });
    writeFileSync(project.path(".baton"), "");
    const { code: exitCode, stderr } = await runBaton(args, { cwd: project.dir });
    assert.ok(exitCode === 1 || exitCode === 2, `${exitCode}: ${stderr}`);
    assert.match(stderr, new RegExp(`\\.baton.*\\[${code}\\]`));
    assert.doesNotMatch(stderr, /^\s+at .+:\d+:\d+\)?$/m, "no stack trace");
  });
}

for (const [args, code] of [
  [["dev", "--listen", "127.0.0.1:0"], "PROJECT_UNREADABLE"],
  [["coordinator", "--listen", "127.0.0.1:0", "--token-file", ".baton/token"], "TOKEN_FILE_UNREADABLE"],
  [["runs", "list", "--token-file", ".baton/token"], "TOKEN_FILE_UNREADABLE"],
] as const) {
  test(`baton ${args[0]} says with a code that .baton/token is a folder`, async () => {
    await using project = await Project.create(files);
    mkdirSync(project.path(".baton/token"), { recursive: true });
    const { code: exitCode, stderr } = await runBaton(args, { cwd: project.dir });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, new RegExp(`\\.baton/token.*\\[${code}\\]`));
  });
}

test("baton runner says with a code that the disk of .baton is full, and leaves nothing there", async (t) => {
  const disk = mkdtempSync(join(tmpdir(), "baton-full-"));
  const refusal = mountSmallDisk(disk, "1m");
  try {
    if (refusal !== undefined) return t.skip(refusal);
    const project = await Project.create(files, disk);
    assert.throws(() => writeFileSync(join(disk, "fills-it"), Buffer.alloc(1_100_000)), { code: "ENOSPC" });
    const refused = await runBaton(["runner", "--coordinator", "127.0.0.1:1"], { cwd: project.dir });
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /\.baton" must be a folder .*: ENOSPC: no space left.* \[PROJECT_UNREADABLE\]/);
    assert.deepEqual(readdirSync(project.path(".baton", "versions")), []);
  } finally {
    unmountSmallDisk(disk);
    rmSync(disk, { recursive: true });
  }
});
