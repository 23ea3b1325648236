import assert from "node:assert/strict";
import { test } from "node:test";
import { fromKeyText, toKeyText } from "./key-text.ts";

test("every text comes back as it was, and none holds a NUL", () => {
  for (const text of [
    "",
    "task/resize",
    "a\u001fb",
    "\0",
    "\u0001",
    "\u00010",
    "\0\u0001\u00011\0",
    "x\u0001\u00010",
  ]) {
    assert.equal(toKeyText(text).includes("\0"), false);
    assert.equal(fromKeyText(toKeyText(text)), text);
  }
});

test("a text without such characters is stored as it is", () => {
  assert.equal(toKeyText("queue\u001fkey\u001ftask"), "queue\u001fkey\u001ftask");
});
