import assert from "node:assert/strict";
import { test } from "node:test";
import { flagOfField } from "./flag-of-field.ts";

test("a field of a request is named as the flag or argument that filled it", () => {
  const table: readonly (readonly [string, string])[] = [
    ["page_token", "--page"],
    ["item.payload", "--payload"],
    ["item.options.delay", "--delay"],
    ["item.options.idempotency_key_ttl", "--idempotency-key-ttl"],
    ["item.options.tags[3]", "--tag"],
    ["item.task_id", "<taskId>"],
    ["item.run_id", "--run-id"],
    ["id_prefix", "id_prefix"],
  ];
  for (const [field, expected] of table) assert.equal(flagOfField(field), expected);
});
