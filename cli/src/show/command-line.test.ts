import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine, commandName } from "./command-line.ts";

test("a command is started as this one was", () => {
  assert.equal(commandLine({}, ["runs", "watch", "run_1"]), "baton runs watch run_1");
  assert.equal(commandLine({ npm_command: "exec" }, ["dev"]), "npx baton dev");
});

test("a project's own command is started through npx where the shell does not find it", () => {
  const folder = "/project/node_modules/.bin";
  assert.equal(commandName({ PATH: "/usr/bin" }, `${folder}/baton`), "npx baton");
  assert.equal(commandName({ PATH: `${folder}:/usr/bin` }, `${folder}/baton`), "baton");
  assert.equal(commandName({ PATH: "/usr/bin" }, "/usr/bin/baton"), "baton");
});

test("a package manager other than npm starts the command in its own way", () => {
  assert.equal(commandName({ npm_config_user_agent: "pnpm/10.1.0 npm/? node/v22.0.0" }), "pnpm exec baton");
  assert.equal(commandName({ npm_config_user_agent: "yarn/4.6.0 npm/? node/v22.0.0" }), "yarn baton");
  assert.equal(commandName({ npm_config_user_agent: "npm/11.0.0 node/v22.0.0", npm_command: "exec" }), "npx baton");
});

test("flags without a value are left out, and a list gives its flag more than once", () => {
  assert.equal(
    commandLine({}, ["runs", "list"], { status: ["FAILED", "CRASHED"], task: undefined, tag: [], page: "abc" }),
    "baton runs list --status FAILED --status CRASHED --page abc",
  );
});
