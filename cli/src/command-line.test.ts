import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { commandLine } from "./command-line.ts";

test("a command is started as this one was", () => {
  assert.equal(commandLine({}, ["runs", "watch", "run_1"]), "baton runs watch run_1");
  assert.equal(commandLine({ npm_command: "exec" }, ["dev"]), "npx baton dev");
});

test("flags without a value are left out, and a list gives its flag more than once", () => {
  assert.equal(
    commandLine({}, ["runs", "list"], { status: ["FAILED", "CRASHED"], task: undefined, tag: [], page: "abc" }),
    "baton runs list --status FAILED --status CRASHED --page abc",
  );
});

test("a shell reads the words that were meant", () => {
  const words = ["a b", "it's", "$HOME", "`x`", "", "plain-word", "日本", '"', "\\", "*"];
  const [, ...line] = commandLine({}, words).split(" ");
  const read = execFileSync("sh", ["-c", `printf '%s\\n' ${line.join(" ")}`], { encoding: "utf8" });
  assert.deepEqual(read.split("\n").slice(0, -1), words);
});
