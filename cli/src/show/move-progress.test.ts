import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { MoveProgress } from "./move-progress.ts";
import { Output } from "./output.ts";

const counts = { versions: 0, runs: 12_000, logLines: 0, keys: 0 };
const summary = { versions: 2, runs: 24_000, logLines: 5, keys: 1, sha256: "ab".repeat(32) };
const lastLine =
  "exported 24,000 runs, 5 log lines, 2 task versions, 1 idempotency keys in 12.0 s, 2,000 runs/s; " +
  `sha256 ${"ab".repeat(32)}\n`;

/** Returns the output for reports after 6 s and 12 s and then the end. */
function printed(isTerminal: boolean, mayMove: boolean): string {
  mock.timers.enable({ apis: ["Date", "setInterval"] });
  try {
    let text = "";
    const write = (part: string): void => {
      text += part;
    };
    const output = new Output({ write }, { write, isTTY: isTerminal, columns: 80 }, {});
    using progress = new MoveProgress(output, mayMove);
    for (let reports = 0; reports < 2; reports += 1) {
      mock.timers.tick(6_000);
      progress.update(counts);
    }
    progress.finish("exported", summary);
    return text;
  } finally {
    mock.timers.reset();
  }
}

describe("the progress of a move", () => {
  test("is a moving line on a terminal, with runs so far and their rate, and gone at the end", () => {
    const text = printed(true, true);
    assert.match(text, /12,000 runs {2}2,000 runs\/s/);
    assert.equal(text.split("\n").length, 2, "only one line stays");
    assert.ok(text.endsWith(`\r\u001b[2K${lastLine}`));
  });

  test("is a line that stays, every 10 s, when a reader of the pipe may move the last line of the terminal", () => {
    const lines = printed(true, false).replaceAll("\r\u001b[2K", "").split("\n");
    assert.deepEqual(lines, ["12,000 runs  1,000 runs/s", lastLine.trimEnd(), ""]);
  });

  test("is one line at the end where there is no terminal", () => {
    assert.equal(printed(false, true), lastLine);
    assert.equal(printed(false, false), lastLine);
  });
});
