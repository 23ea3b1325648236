import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.js", import.meta.url));

test("a command that prints JSON prints its failure as JSON too, and nothing else", () => {
  const words = ["runs", "list", "--coordinator", "127.0.0.1:1", "--json"];
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [3, ""]);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  assert.equal(error.code, "COORDINATOR_UNREACHABLE");
  assert.match(error.message, /ECONNREFUSED/);
});

const noFullDevice = process.platform !== "linux" && "/dev/full exists on Linux only";

test("a command whose result a full disk refuses says so and fails", { skip: noFullDevice }, () => {
  for (const words of [["--version"], ["runs", "list", "--coordinator", "127.0.0.1:1", "--json"]]) {
    const stdout = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [main, ...words], {
      encoding: "utf8",
      stdio: ["ignore", stdout, "pipe"],
    });
    closeSync(stdout);
    assert.equal(status, 1, words.join(" "));
    assert.match(stderr, /^error: Standard output cannot be written: ENOSPC.*\[OUTPUT_UNWRITABLE\]\n$/);
  }
});
