import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Output } from "./output.ts";
import { asPrinted } from "./shown-text.ts";

function paintedWith(env: NodeJS.ProcessEnv, isTTY: boolean): boolean {
  const terminal = { isTTY, columns: 80, write: () => {} };
  const pipe = { write: () => {} };
  const painted = asPrinted(new Output(terminal, pipe, env).paint("red", "text"));
  // For stderr, only stderr decides, also when stdout is a file.
  assert.equal(asPrinted(new Output(pipe, terminal, env).paint("red", "text", "err")), painted);
  assert.ok(painted === "text" || painted === "\u001b[31mtext\u001b[39m");
  return painted !== "text";
}

describe("colours", () => {
  const table: readonly (readonly [env: NodeJS.ProcessEnv, terminal: boolean, pipe: boolean])[] = [
    [{}, true, false],
    [{ NO_COLOR: "1" }, false, false],
    [{ NO_COLOR: "" }, true, false],
    [{ TERM: "dumb" }, false, false],
    [{ CI: "true" }, false, false],
    [{ CI: "false" }, true, false],
    [{ FORCE_COLOR: "1" }, true, true],
    [{ FORCE_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "true", NO_COLOR: "1", CI: "true", TERM: "dumb" }, true, true],
    [{ FORCE_COLOR: "0" }, false, false],
    [{ FORCE_COLOR: "false" }, false, false],
  ];
  for (const [env, terminal, pipe] of table) {
    test(`with ${JSON.stringify(env)}`, () => {
      assert.equal(paintedWith(env, true), terminal);
      assert.equal(paintedWith(env, false), pipe);
    });
  }
});

describe("the moving line", () => {
  function written(env: NodeJS.ProcessEnv, isTTY: boolean): string {
    let text = "";
    const stream = {
      isTTY,
      columns: 10,
      write: (piece: string) => {
        text += piece;
      },
    };
    new Output(stream, stream, env).status("日本語 is longer");
    return text;
  }

  test("is cut so that it does not wrap", () => assert.equal(written({}, true), "\r\u001b[2K日本語 i…"));

  for (const [env, isTTY] of [
    [{}, false],
    [{ CI: "1" }, true],
    [{ TERM: "dumb" }, true],
  ] as const) {
    test(`is not drawn with ${JSON.stringify(env)}, terminal: ${isTTY}`, () => assert.equal(written(env, isTTY), ""));
  }
});
