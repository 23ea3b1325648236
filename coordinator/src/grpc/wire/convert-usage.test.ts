import assert from "node:assert/strict";
import { test } from "node:test";
import { messageType } from "@baton/proto";
import type { AttemptUsage } from "@baton/proto/contract/outcome";
import { attemptUsageToWire } from "@baton/proto/wire/attempt-usage";
import { attemptUsageFromWire } from "./convert-usage.ts";

const type = messageType("baton.v1.AttemptUsage");

function overTheWire(usage: AttemptUsage): AttemptUsage {
  const wire = type.deserialize(type.serialize(attemptUsageToWire(usage) ?? {}));
  return attemptUsageFromWire(wire as Parameters<typeof attemptUsageFromWire>[0]);
}

test("what was measured arrives, zeros included", () => {
  const usage = { cpuMs: 12.5, peakHeapBytes: 0, peakExternalBytes: 3_000_000_000 };
  assert.deepEqual(overTheWire(usage), usage);
});

test("what was not measured stays absent", () => {
  assert.deepEqual(overTheWire({ peakHeapBytes: 7 }), { peakHeapBytes: 7 });
  assert.equal(attemptUsageToWire(undefined), null);
});
