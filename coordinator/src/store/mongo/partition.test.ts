import assert from "node:assert/strict";
import { test } from "node:test";
import { partitionCount, partitionOf } from "./partition.ts";

test("a queue stays in the partition that its runs were stored with", () => {
  assert.deepEqual(["", "task/hello-world", "mails", "grüße"].map(partitionOf), [5, 2, 39, 24]);
});

test("queues are spread over all partitions", () => {
  const used = new Set(Array.from({ length: 1_000 }, (_, n) => partitionOf(`task/number-${n}`)));
  assert.equal(used.size, partitionCount);
});
