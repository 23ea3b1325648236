import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { CommandContext } from "../command-context.ts";
import { readPayload } from "./trigger-item.ts";

const dir = mkdtempSync(join(tmpdir(), "baton-payload-"));
after(() => rmSync(dir, { recursive: true }));

describe("a payload with a byte order mark", () => {
  const text = '\ufeff{"a":1}';
  const context = { cwd: dir, readStdin: async () => text } as CommandContext;

  test("is read from a file", async () => {
    writeFileSync(join(dir, "payload.json"), text);
    assert.equal(await readPayload("@payload.json", context), '{"a":1}');
  });

  test("is read from standard input", async () => {
    assert.equal(await readPayload("-", context), '{"a":1}');
  });

  test("keeps one that is part of its data", async () => {
    const data = '"\ufeffx"';
    assert.equal(await readPayload(data, context), data);
  });
});
