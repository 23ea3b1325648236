import assert from "node:assert/strict";
import { test } from "node:test";
import { makeUnsentMemory, UnsentLines, UnsentLinesReader } from "./unsent-lines.ts";

/** Both sides of one thread's memory. */
function makeBoth() {
  const memory = makeUnsentMemory();
  return { lines: new UnsentLines(memory), reader: new UnsentLinesReader(memory) };
}

test("lines that wait are taken once, and what follows them later", () => {
  const { lines, reader } = makeBoth();
  assert.equal(reader.take(false), undefined);
  lines.add('"a"');
  lines.add('"é"');
  assert.equal(reader.take(false), '["a","é"]');
  assert.equal(reader.take(false), undefined);
  lines.add('"c"');
  assert.equal(reader.take(false), '["c"]');
});

test("a batch that comes is without the lines that were taken", () => {
  const { lines, reader } = makeBoth();
  lines.add('"a"');
  lines.add('"b"');
  assert.equal(reader.take(false), '["a","b"]');
  lines.add('"c"');
  lines.sent();
  assert.equal(reader.received('["a","b","c"]'), '["c"]');
  lines.add('"d"');
  lines.sent();
  assert.equal(reader.received('["d"]'), '["d"]');
  lines.add('"e"');
  reader.take(false);
  lines.sent();
  assert.equal(reader.received('["e"]'), "[]");
});

test("nothing is taken while a batch is under way, nor what stands there after it was posted", () => {
  const { lines, reader } = makeBoth();
  lines.add('"a"');
  lines.sent();
  lines.add('"b"');
  // The message with "a" has not arrived.
  assert.equal(reader.take(true), undefined);
  assert.equal(reader.received('["a"]'), '["a"]');
  assert.equal(reader.take(true), '["b"]');
  // The thread was terminated after it posted and before it marked the lines as sent.
  assert.equal(reader.received('["b"]'), "[]");
  assert.equal(reader.take(true), undefined);
});

test("a line without an end is taken only of a thread that is gone", () => {
  const { lines, reader } = makeBoth();
  lines.keepUnfinished('"begun"');
  assert.equal(reader.take(false), undefined);
  lines.add('"whole"');
  lines.keepUnfinished('"next",');
  lines.keepUnfinished('"other"');
  assert.equal(reader.take(false), '["whole"]');
  assert.equal(reader.take(true), '["other"]');
  lines.keepUnfinished("");
  assert.equal(reader.take(true), undefined);
});

test("what does not fit is refused, and the lines before it stay", () => {
  const { lines, reader } = makeBoth();
  assert.equal(lines.add(`"${"x".repeat(40_000)}"`), true);
  assert.equal(lines.add(`"${"é".repeat(20_000)}"`), false);
  assert.equal(lines.add('"y"'), true);
  assert.equal((JSON.parse(reader.take(true) ?? "") as string[]).map((line) => line.length).join(), "40000,1");
});
