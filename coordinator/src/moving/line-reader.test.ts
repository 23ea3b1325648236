import assert from "node:assert/strict";
import { test } from "node:test";
import { readLines } from "./line-reader.ts";

async function linesOf(text: string, chunkBytes: number, maxBytes = 1_000): Promise<readonly (readonly unknown[])[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < bytes.length; from += chunkBytes) yield bytes.subarray(from, from + chunkBytes);
  }
  const lines: (readonly unknown[])[] = [];
  for await (const line of readLines(chunks(), maxBytes)) {
    lines.push([line.number, line.bytes.toString(), line.isEnded]);
  }
  return lines;
}

for (const chunkBytes of [1, 2, 3, 100]) {
  test(`lines are cut at their line breaks, however the stream is cut, here every ${chunkBytes} bytes`, async () => {
    assert.deepEqual(await linesOf("a\nüö\n\nlast\n", chunkBytes), [
      [1, "a", true],
      [2, "üö", true],
      [3, "", true],
      [4, "last", true],
    ]);
    assert.deepEqual(await linesOf("a\nunended", chunkBytes), [
      [1, "a", true],
      [2, "unended", false],
    ]);
    assert.deepEqual(await linesOf("", chunkBytes), []);
  });
}

test("of a line that is too long no more is read than shows that", async () => {
  const lines = await linesOf(`a\n${"x".repeat(500)}\nb\n`, 10, 100);
  assert.deepEqual(
    lines.map(([number, text, isEnded]) => [number, String(text).slice(0, 1), isEnded]),
    [
      [1, "a", true],
      [2, "x", false],
    ],
  );
  assert.ok(String(lines[1]?.[1]).length <= 110);
});
