import assert from "node:assert/strict";
import { SourceMap as NodeSourceMap } from "node:module";
import { test } from "node:test";
import { transform } from "esbuild";
import { type SourceMap, TextEdits } from "./text-edits.ts";

/** Compiles a text, edits the output, and finds the source of words in it. */
async function edited(source: string, edit: (edits: TextEdits, code: string) => void) {
  const { code, map } = await transform(source, { loader: "ts", sourcemap: "external", sourcefile: "a.ts" });
  const edits = new TextEdits(code);
  edit(edits, code);
  const result = edits.apply(JSON.parse(map) as SourceMap);
  // Node.js reads the map that the edits wrote.
  const reader = new NodeSourceMap({ ...result.map, file: "a.js", sourceRoot: "" } as never);
  const placeOf = (word: string) => {
    const at = result.text.indexOf(word);
    assert.ok(at >= 0, `${word} is in ${result.text}`);
    const before = result.text.slice(0, at).split("\n");
    const entry = reader.findEntry(before.length - 1, before.at(-1)?.length ?? 0) as {
      readonly originalLine: number;
      readonly originalColumn: number;
    };
    return [entry.originalLine, entry.originalColumn];
  };
  const sourcePlaceOf = (word: string) => {
    const before = source.slice(0, source.indexOf(word)).split("\n");
    return [before.length - 1, before.at(-1)?.length ?? 0];
  };
  return { text: result.text, placeOf, sourcePlaceOf };
}

const source = `const first: number = 1; second(first);\n\n  type T = string;\nthird(import.meta.url, fourth(), fifth());\nsixth();\n`;

test("columns behind several edits of a line are those of the source, and other lines stay", async () => {
  const { text, placeOf, sourcePlaceOf } = await edited(source, (edits, code) => {
    const at = code.indexOf("import.meta");
    edits.replace(at, at + "import.meta".length, "a()");
    edits.insert(code.indexOf("fourth"), "/* longer than before */ ");
    edits.insert(0, "intro(); ");
  });
  assert.match(text, /^intro\(\); const first = 1;/);
  for (const word of ["second", "third", "fourth", "fifth", "sixth"])
    assert.deepEqual(placeOf(word), sourcePlaceOf(word), word);
});

test("edits may be given in any order, and may take text away", async () => {
  const { text, placeOf, sourcePlaceOf } = await edited(source, (edits, code) => {
    const at = code.indexOf("fourth(), ");
    edits.replace(at, at + "fourth(), ".length, "");
    const first = code.indexOf("third");
    edits.replace(first, first + "third".length, "3");
  });
  assert.match(text, /^3\(import\.meta\.url, fifth\(\)\);$/m);
  for (const word of ["second", "fifth", "sixth"]) assert.deepEqual(placeOf(word), sourcePlaceOf(word), word);
});

test("a text without edits and its map stay as they are", () => {
  const map: SourceMap = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" };
  assert.deepEqual(new TextEdits("a").apply(map), { text: "a", map });
});
