import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { keepReportDir, makeReportDir } from "./abort-report.ts";

test("the report folders of runners that are gone are removed, those of others stay", () => {
  const parent = mkdtempSync(path.join(tmpdir(), "baton-report-dirs-"));
  try {
    // No process has this id: it is above the largest id on Linux.
    const gone = path.join(parent, "baton-reports-4194999-abcdef");
    const unrelated = path.join(parent, "baton-reportage");
    mkdirSync(gone);
    mkdirSync(unrelated);
    const first = makeReportDir(parent);
    const second = makeReportDir(parent);
    assert.deepEqual([gone, unrelated, first, second].map(existsSync), [false, true, true, true]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("a report folder that is gone is replaced by a new one beside it, one that is there is kept", () => {
  const parent = mkdtempSync(path.join(tmpdir(), "baton-report-dirs-"));
  try {
    const first = makeReportDir(parent);
    assert.equal(keepReportDir(first), first);
    rmSync(first, { recursive: true });
    const second = keepReportDir(first);
    assert.deepEqual([path.dirname(second), existsSync(first), existsSync(second)], [parent, false, true]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});

test("a report folder that is gone with the folder around it costs the reports and nothing else", () => {
  const parent = mkdtempSync(path.join(tmpdir(), "baton-report-dirs-"));
  const dir = makeReportDir(parent);
  rmSync(parent, { recursive: true });
  assert.equal(keepReportDir(dir), dir);
});
