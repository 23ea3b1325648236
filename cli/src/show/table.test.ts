import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asPrinted, inColours } from "./shown-text.ts";
import { type Column, tableLines } from "./table.ts";
import { textWidth } from "./text-width.ts";

const header: readonly Column[] = [
  { title: "ID" },
  { title: "NOTE", minWidth: 8 },
  { title: "N", alignRight: true, leaveOut: 1 },
  { title: "EXTRA", leaveOut: 2 },
];
const rows = [
  ["a", "a long note about nothing", "7", "x"],
  ["bb", "short", "12", ""],
];

describe("a table", () => {
  test("is as wide as its cells when nothing limits it", () => {
    assert.deepEqual(tableLines(header, rows, undefined), [
      "ID  NOTE                        N  EXTRA",
      "a   a long note about nothing   7  x",
      "bb  short                      12",
    ]);
  });

  test("cuts its flexible columns to the width of a terminal", () => {
    assert.deepEqual(tableLines(header, rows, 30), [
      "ID  NOTE              N  EXTRA",
      "a   a long note ab…   7  x",
      "bb  short            12",
    ]);
  });

  test("leaves out the columns that matter least when it stays too wide", () => {
    assert.deepEqual(tableLines(header, rows, 20), [
      "ID  NOTE           N",
      "a   a long note…   7",
      "bb  short         12",
    ]);
    assert.deepEqual(tableLines(header, rows, 14), ["ID  NOTE", "a   a long no…", "bb  short"]);
  });

  test("gives a column the room that it wants before those to its right and those that matter less", () => {
    const wanting: readonly Column[] = [
      { title: "TASK", minWidth: 4, wantedWidth: 8 },
      { title: "ERROR", minWidth: 6, wantedWidth: 10, leaveOut: 1 },
      { title: "EXTRA", leaveOut: 2 },
    ];
    const cells = [["abcdefghijkl", "it failed because", "x"]];
    assert.deepEqual(tableLines(wanting, cells, 18), ["TASK      ERROR", "abcdefg…  it fail…"]);
    assert.deepEqual(tableLines(wanting, cells, 12), ["TASK  ERROR", "abc…  it fa…"]);
    assert.deepEqual(tableLines(wanting, cells, 27), ["TASK      ERROR       EXTRA", "abcdefg…  it failed…  x"]);
  });

  test("is never wider than the terminal, whatever is in it", () => {
    const wide = [
      ...rows,
      ["日本語の長い識別子", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", "1", inColours("OK", "\u001b[32m", "\u001b[39m")],
    ];
    for (let columns = 1; columns < 60; columns += 1) {
      for (const line of tableLines(header, wide, columns)) {
        assert.ok(textWidth(line) <= columns, `${JSON.stringify(line)} at ${columns}`);
      }
    }
  });

  test("leaves out a column without a cell on a terminal, and only there", () => {
    const empty = rows.map(([id = "", note = "", n = ""]) => [id, note, n, ""]);
    assert.ok(!tableLines(header, empty, 100)[0]?.includes("EXTRA"));
    assert.ok(tableLines(header, empty, undefined)[0]?.includes("EXTRA"));
  });

  test("counts what is seen of a coloured cell", () => {
    const lines = tableLines(
      [{ title: "S" }, { title: "T" }],
      [[inColours("OK", "\u001b[32m", "\u001b[39m"), "x"]],
      undefined,
    );
    assert.equal(asPrinted(lines[1] ?? ""), "\u001b[32mOK\u001b[39m  x");
  });
});
