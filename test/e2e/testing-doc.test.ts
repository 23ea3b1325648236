import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { transform } from "esbuild";
import { Project } from "../support/project.ts";
import { repositoryRoot } from "../support/source-files.ts";

test("the node:test examples of docs/testing.md pass as they stand there", async () => {
  const text = readFileSync(join(repositoryRoot, "docs", "testing.md"), "utf8");
  const blocks = [...text.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)];
  assert.deepEqual(
    blocks.map(([, path]) => path),
    ["trigger/send-invoice.ts", "send-invoice.test.ts", "trigger/remind.ts", "remind.test.ts"],
  );
  await using project = await Project.create({ "package.json": '{ "type": "module" }' });
  for (const [, path = "", source = ""] of blocks) {
    const { code } = await transform(source, { loader: "ts", format: "esm" });
    await project.write(path.replace(/\.ts$/, ".js"), code.replaceAll(/(from "\..*)\.ts"/g, '$1.js"'));
  }
  // A test runner that runs inside another one reports to the outer one instead.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ["--test", "send-invoice.test.js", "remind.test.js"], {
    cwd: project.dir,
    encoding: "utf8",
    env,
  });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /pass 3\b/);
});
