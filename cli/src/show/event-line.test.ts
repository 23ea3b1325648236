import assert from "node:assert/strict";
import { test } from "node:test";
import { eventLine, type RunChange } from "./event-line.ts";
import { Output } from "./output.ts";
import { asPrinted } from "./shown-text.ts";
import { textWidth } from "./text-width.ts";

const failed: RunChange = {
  runId: "run_01m8xk2a9q3fbw9k0qzt7c5d1e",
  taskId: "import",
  status: "FAILED",
  at: new Date(2026, 0, 1, 14, 3, 9, 120).getTime(),
  attempt: 2,
  activeMs: 84,
  remark: "Error: connect ECONNREFUSED 10.0.0.12:5432 while reading customers",
};

function lineAt(columns: number | undefined, change = failed): string {
  const stream = { write: () => {}, ...(columns === undefined ? {} : { isTTY: true, columns }) };
  return eventLine(change, new Output(stream, stream, { FORCE_COLOR: columns === undefined ? "0" : "1" }));
}

test("a change of a run is one line where nothing limits it", () => {
  assert.equal(
    lineAt(undefined),
    "14:03:09.120  run_01m8xk2a9q3fbw9k0qzt7c5d1e  import  failed          attempt 2  84 ms  " +
      "Error: connect ECONNREFUSED 10.0.0.12:5432 while reading customers",
  );
});

test("a remark that does not fit stands below, whole, and the status keeps its colour", () => {
  const [head = "", ...below] = lineAt(80).split("\n");
  assert.ok(asPrinted(head).includes("  run_01m8xk2a9q3fb  import  \u001b[31mfailed"), head);
  assert.equal(below.map((line) => line.trim()).join(" "), failed.remark);
  assert.ok(below.every((line) => line.startsWith(" ".repeat(14))));
});

test("no line of a change is wider than the terminal", () => {
  const wide = {
    ...failed,
    taskId: "a-task-with-a-long-name-that-nobody-cut",
    remark: "接続できませんでした".repeat(9),
  };
  for (let columns = 20; columns < 160; columns += 1) {
    for (const line of lineAt(columns, wide).split("\n"))
      assert.ok(textWidth(line) <= columns, `${line} at ${columns}`);
  }
});
