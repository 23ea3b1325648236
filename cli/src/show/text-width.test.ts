import assert from "node:assert/strict";
import { test } from "node:test";
import { inColours } from "./shown-text.ts";
import { cutText, padText, textWidth, wrapLine } from "./text-width.ts";

const red = (text: string): string => inColours(text, "\u001b[31m", "\u001b[39m");

/** Columns by Unicode's East Asian Width (UAX 11) and emoji presentation. */
const widths: readonly (readonly [string, number])[] = [
  ["plain", 5],
  ["é", 1],
  ["e\u0301", 1],
  ["日本語", 6],
  ["한글", 4],
  ["ｆｕｌｌ", 8],
  ["🎉", 2],
  ["👩‍👩‍👧", 2],
  ["🇨🇭", 2],
  [red("red"), 3],
  ["\u001b[31mred", "\\u001b[31mred".length],
  ["", 0],
];

for (const [text, width] of widths) {
  test(`${JSON.stringify(text)} is ${width} columns wide`, () => assert.equal(textWidth(text), width));
}

test("text that fits is not cut, and keeps its colours", () => {
  assert.equal(cutText("four", 4), "four");
  assert.equal(cutText(red("red"), 3), red("red"));
});

test("text that does not fit is cut between graphemes, with an ellipsis within the width", () => {
  const table: readonly (readonly [string, number, string])[] = [
    ["four", 3, "fo…"],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["a👩‍👩‍👧b", 3, "a…"],
    ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
    [red("colour"), 4, "col…"],
    ["\u001b[31mcolour", 7, "\\u001b…"],
    ["four", 1, "…"],
    ["four", 0, ""],
  ];
  for (const [text, columns, expected] of table) assert.equal(cutText(text, columns), expected);
});

test("text is padded by what is seen of it", () => {
  assert.equal(padText("日", 4), "日  ");
  assert.equal(padText("7", 3, true), "  7");
  assert.equal(padText("long", 2), "long");
});

test("a long line is broken into parts that fit, and nothing of it is lost", () => {
  assert.equal(wrapLine("short", 10, 2), "short");
  assert.equal(wrapLine("abcdefghij", 4, 2), "abcd\n  ef\n  gh\n  ij");
  assert.equal(wrapLine("日本語日", 5, 0), "日本\n語日");
  assert.equal(wrapLine("abcdef", 2, 9), "ab\n c\n d\n e\n f");
  assert.equal(wrapLine("日本", 1, 0), "日\n本");
  assert.equal(wrapLine("one two three four", 9, 2), "one two\n  three\n  four");
  assert.equal(wrapLine("one two", 3, 0), "one\ntwo");
  assert.equal(wrapLine("ended after 26 ms", 15, 0), "ended after\n26 ms");
  assert.equal(wrapLine("ended after 26 msgs", 15, 0), "ended after 26\nmsgs");
  assert.equal(wrapLine("a bcdefghij", 6, 0), "a bcde\nfghij");
});
