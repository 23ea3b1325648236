import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("a command that prints JSON prints its failure as JSON too, and nothing else", () => {
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const words = ["runs", "list", "--coordinator", "127.0.0.1:1", "--json"];
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [3, ""]);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  assert.equal(error.code, "COORDINATOR_UNREACHABLE");
  assert.match(error.message, /ECONNREFUSED/);
});
