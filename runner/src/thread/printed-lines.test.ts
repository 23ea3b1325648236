import assert from "node:assert/strict";
import { test } from "node:test";
import { PrintedLines } from "./printed-lines.ts";

function collect() {
  const lines: string[] = [];
  return { lines, printed: new PrintedLines((line) => void lines.push(line)) };
}

test("pieces become lines at their line feeds, and the rest at the end", () => {
  const { lines, printed } = collect();
  printed.write("a");
  printed.write("b\r\n\nc");
  assert.deepEqual([lines, printed.unfinished], [["ab", ""], "c"]);
  printed.end();
  printed.end();
  assert.deepEqual([lines, printed.unfinished], [["ab", "", "c"], ""]);
});

test("bytes of one character may come in pieces, text of any encoding, and bytes that are no text", () => {
  const { lines, printed } = collect();
  const euro = Buffer.from("€");
  printed.write(euro.subarray(0, 1));
  printed.write(euro.subarray(1));
  printed.write("e282ac", "hex");
  printed.write("ä\n", "latin1");
  assert.equal(lines[0], "€€\uFFFD");
  printed.write(new Uint8Array([0xff, 0xfe, 10]));
  assert.equal(lines[1], "\uFFFD\uFFFD");
});

test("a line without an end is cut before it fills the memory", () => {
  const { lines, printed } = collect();
  for (let count = 0; count < 100; count += 1) printed.write("x".repeat(1_000));
  assert.deepEqual(
    lines.map((line) => line.length),
    [66_000],
  );
  assert.equal(printed.unfinished.length, 34_000);
});
