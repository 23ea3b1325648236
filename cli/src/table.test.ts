import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Column, cutText, tableText } from "./table.ts";

const header: readonly Column[] = [
  { title: "ID" },
  { title: "NOTE", flexible: true },
  { title: "N", alignRight: true },
];

describe("a table", () => {
  test("is as wide as its cells when nothing limits it", () => {
    const text = tableText(header, [["a", "a long note about nothing", "7"]], undefined);
    assert.equal(text, "ID  NOTE                       N\na   a long note about nothing  7");
  });

  test("cuts its flexible columns to the width of a terminal", () => {
    const text = tableText(header, [["a", "a long note about nothing", "7"]], 20);
    assert.deepEqual(text.split("\n"), ["ID  NOTE           N", "a   a long note …  7"]);
  });

  test("counts what is seen of a coloured cell", () => {
    const text = tableText([{ title: "S" }, { title: "T" }], [["\u001b[32mOK\u001b[39m", "x"]], undefined);
    assert.equal(text.split("\n")[1], "\u001b[32mOK\u001b[39m  x");
  });
});

test("text that fits is not cut", () => {
  assert.equal(cutText("four", 4), "four");
  assert.equal(cutText("four", 3), "fo…");
});
