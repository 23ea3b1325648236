import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Output } from "./output.ts";
import { asPrinted, inColours, showControls, showInLine } from "./shown-text.ts";
import { tableLines } from "./table.ts";

/** Control sequences, and how they are shown. */
const attacks: readonly (readonly [title: string, text: string, shown: string])[] = [
  ["clears the screen", "\u001b[2J\u001b[H", "\\u001b[2J\\u001b[H"],
  ["hides what follows", "\u001b[8mhidden", "\\u001b[8mhidden"],
  ["paints in colours", "\u001b[31mred\u001b[39m", "\\u001b[31mred\\u001b[39m"],
  ["changes the title", "\u001b]0;owned\u0007", "\\u001b]0;owned\\u0007"],
  ["writes to the clipboard", "\u001b]52;c;cm0gLXJm\u0007", "\\u001b]52;c;cm0gLXJm\\u0007"],
  ["starts a sequence with one C1 character", "\u009b2J\u009d0;owned\u009c", "\\u009b2J\\u009d0;owned\\u009c"],
  ["goes back and overwrites", "FAILED\rCOMPLETED\b\b", "FAILED\\u000dCOMPLETED\\u0008\\u0008"],
  ["deletes, rings and ends", "\u007f\u0007\0", "\\u007f\\u0007\\u0000"],
  ["reverses text", "\u202etxt.exe\u2066x\u2069", "\\u202etxt.exe\\u2066x\\u2069"],
  ["breaks lines in other ways", "a\u0085b\u2028c\u2029d\u000be\u000cf", "a\\u0085b\\u2028c\\u2029d\\u000be\\u000cf"],
];

/** An output whose two streams are one text. */
function written(use: (output: Output) => void, isTTY = true): string {
  let text = "";
  const stream = { isTTY, columns: 200, write: (piece: string) => (text += piece) };
  use(new Output(stream, stream, { FORCE_COLOR: "1" }));
  return text;
}

for (const [title, text, shown] of attacks) {
  test(`text that ${title} is shown, wherever it is printed`, () => {
    assert.equal(showControls(text), shown);
    assert.equal(showControls(shown), shown);
    assert.equal(
      written((output) => output.print(text)),
      `${shown}\n`,
    );
    assert.equal(
      written((output) => output.note(text)),
      `${shown}\n`,
    );
    assert.equal(
      written((output) => output.printLine(text)),
      `${shown}\n`,
    );
    assert.equal(
      written((output) => output.noteLine(text), false),
      `${shown}\n`,
    );
    assert.equal(
      written((output) => output.status(text)),
      `\r\u001b[2K${shown}`,
    );
    assert.equal(
      written((output) => output.print(output.paint("red", text))),
      `\u001b[31m${shown}\u001b[39m\n`,
    );
  });

  test(`JSON with text that ${title} has the same value, and no control character`, () => {
    const line = written((output) => output.printJson({ text }));
    assert.deepEqual(JSON.parse(line), { text });
    assert.doesNotMatch(line.trimEnd(), /[\p{Cc}\u202e\u2028\u2029]/u);
  });
}

test("line feeds, tabs and text of every language stay as they are", () => {
  for (const text of ["a\n\tb\n", "Grüße 日本語 한글 🎉 👩‍👩‍👧 🇨🇭 עברית العربية é", "windows\r\nlines\r\n"]) {
    assert.equal(
      written((output) => output.print(text)),
      `${text}\n`,
    );
  }
});

describe("text in one line", () => {
  test("shows line feeds and tabs too", () => assert.equal(showInLine("a\nb\r\nc\td"), "a\\nb\\nc\\td"));

  test("is what a cell of a table has, so that nobody adds a row", () => {
    const rows = [["evil\nrun_2  COMPLETED", "x"]];
    assert.deepEqual(tableLines([{ title: "A" }, { title: "B" }], rows, undefined).slice(1), [
      "evil\\nrun_2  COMPLETED  x",
    ]);
  });
});

test("nobody can guess what stands in Baton's own colours until they are printed", () => {
  const own = inColours("x", "\u001b[31m", "\u001b[39m");
  assert.equal(asPrinted(own), "\u001b[31mx\u001b[39m");
  const mark = /\[([\d;]+);31m/.exec(own)?.[1] ?? "";
  assert.match(mark, /^\d{4}(;\d{4}){3}$/);
  const guessed = own.replaceAll(mark, "1111;1111;1111;1111");
  assert.equal(asPrinted(guessed), "\\u001b[1111;1111;1111;1111;31mx\\u001b[1111;1111;1111;1111;39m");
});
