import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltVersion } from "../build/manifest.ts";
import { VersionShelf } from "./version-shelf.ts";

function built(hash: string): BuiltVersion {
  const config = {
    env: {},
    loadTimeoutMs: 30_000,
    logLevel: "info",
    enableConsoleLogging: false,
    disableConsoleInterceptor: false,
    maxAttemptsPerThread: 10_000,
    project: "test",
    retriesEnabledInDev: true,
    hookParams: "positional",
  } as const;
  return { hash, dir: `/versions/${hash}`, tasks: [], warnings: [], config };
}

test("after an edit was undone the old version is the latest, and newer ones are not announced", () => {
  const shelf = new VersionShelf("DEVELOPMENT");
  shelf.add("20260101.1", built("a"));
  shelf.add("20260101.2", built("b"));
  assert.deepEqual(shelf.names, ["20260101.1", "20260101.2"]);
  assert.equal(shelf.add("20260101.1", built("a")), undefined);
  assert.equal(shelf.latest, "20260101.1");
  assert.deepEqual(shelf.names, ["20260101.1"]);
  assert.ok(shelf.find("20260101.2"), "attempts that are under way still find it");
  shelf.add("20260101.10", built("c"));
  assert.deepEqual(shelf.names, ["20260101.1", "20260101.2", "20260101.10"]);
});
