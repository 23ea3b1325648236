import assert from "node:assert/strict";
import { test } from "node:test";
import { parseProperties } from "./stored-properties.ts";

test("stored properties are an object, or nothing", () => {
  assert.deepEqual(parseProperties('{"code":1}'), { code: 1 });
  for (const text of ["", "not json", "[1]", "null", "1", '"text"', "{"]) {
    assert.equal(parseProperties(text), undefined, text);
  }
});
