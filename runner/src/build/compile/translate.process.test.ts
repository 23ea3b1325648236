import assert from "node:assert/strict";
import { test } from "node:test";
import { checkJson, TranslationError } from "./translate.ts";

for (const [text, problem] of [
  [
    '{ "late": 10, "lost": 20, }',
    'data/fines.json:1:25: JSON does not support trailing commas\n  { "late": 10, "lost": 20, }',
  ],
  ['{\n  "late": ten\n}', 'data/fines.json:2:11: Unexpected "ten" in JSON\n  "late": ten'],
  ["", "data/fines.json:1:1: Unexpected end of file in JSON"],
] as const) {
  test(`a broken JSON file is refused with the place and the line: ${JSON.stringify(text)}`, async () => {
    await assert.rejects(checkJson(text, "data/fines.json"), (error) => {
      assert.ok(error instanceof TranslationError);
      assert.deepEqual(error.problems, [problem]);
      return true;
    });
  });
}

test("what JSON.parse takes is JSON", async () => {
  await checkJson('{"__proto__": 1, "a": 1, "a": 2}', "a.json");
});
