import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { repositoryRoot } from "../support/source-files.ts";

test("every example ends as it should, and a table says so", async () => {
  const script = join(repositoryRoot, "examples", "dist", "run-all.js");
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const [, table = ""] = stdout.split("\n\n");
  const rows = table.split("\n").map((line) => line.split(/ {2,}/).slice(0, 3));
  assert.deepEqual(rows, [
    ["TASK", "STATUS", "ATTEMPTS"],
    ["hello-world", "COMPLETED", "1"],
    ["thumbnails", "COMPLETED", "1"],
    ["busiest-airports", "COMPLETED", "1"],
    ["stock-report", "COMPLETED", "1"],
    ["checksum-file × 44", "COMPLETED", "44"],
    ["flaky", "COMPLETED", "3"],
    ["count-all-records", "COMPLETED", "1"],
    ["never-ends", "TIMED_OUT", "1"],
  ]);
  assert.match(stdout, /Each of the 8 examples ended as it should/);
});
