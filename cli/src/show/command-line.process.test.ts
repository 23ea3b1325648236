import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { commandLine } from "./command-line.ts";

test("a shell reads the words that were meant", () => {
  const words = ["a b", "it's", "$HOME", "`x`", "", "plain-word", "日本", '"', "\\", "*"];
  const [, ...line] = commandLine({}, words).split(" ");
  const read = execFileSync("sh", ["-c", `printf '%s\\n' ${line.join(" ")}`], { encoding: "utf8" });
  assert.deepEqual(read.split("\n").slice(0, -1), words);
});
