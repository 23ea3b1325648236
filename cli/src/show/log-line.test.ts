import assert from "node:assert/strict";
import { test } from "node:test";
import { type LoggedText, logLine } from "./log-line.ts";
import { Output } from "./output.ts";

const plain = new Output({ write: () => true }, { write: () => true }, {});

function text(more: Partial<LoggedText>): LoggedText {
  return { at: new Date(2026, 0, 1, 14, 3, 9, 120).getTime(), level: "info", message: "hello", ...more };
}

test("an entry is a line of time, level, message and properties", () => {
  assert.equal(logLine(text({ properties: '{"a":1}' }), plain), '14:03:09.120  info   hello  {"a":1}');
  assert.equal(logLine(text({ level: "log" }), plain), "14:03:09.120  info   hello");
});

test("the run stands before the level where several runs are shown", () => {
  assert.equal(logLine(text({ level: "error" }), plain, "out", "run_1"), "14:03:09.120  run_1  error  hello");
});

test("further lines of a message are indented below its time, and empty ones stay empty", () => {
  const lines = logLine(text({ message: "Error: no\n    at run\n\nend\n" }), plain).split("\n");
  assert.deepEqual(lines, ["14:03:09.120  info   Error: no", "                  at run", "", "              end", ""]);
});

test("warnings and errors are painted", () => {
  class Painted extends Output {
    override paint(...[style, words]: Parameters<Output["paint"]>): string {
      return `<${style} ${words}>`;
    }
  }
  const painted = new Painted({ write: () => true }, { write: () => true }, {});
  assert.match(logLine(text({ level: "warn" }), painted), /<yellow warn >/);
  assert.match(logLine(text({ level: "error" }), painted), /<red error>/);
});

test("the stack of an error in the properties stands below its entry, line by line", () => {
  const properties = JSON.stringify({
    id: 7,
    error: { name: "TypeError", message: "no", stack: "TypeError: no\n    at run (a.ts:1:1)", code: "E" },
    stack: "is a word here",
  });
  assert.deepEqual(logLine(text({ properties }), plain).split("\n"), [
    '14:03:09.120  info   hello  {"id":7,"error":{"name":"TypeError","message":"no","code":"E"},"stack":"is a word here"}',
    "              TypeError: no",
    "                  at run (a.ts:1:1)",
  ]);
});
