import assert from "node:assert/strict";
import { test } from "node:test";
import { taskEnvironment } from "./task-environment.ts";

const environment = { HOME: "/home", BATON_TOKEN: "t", NODE_OPTIONS: "-r x", AWS_KEY: "k", AWS_ID: "i" };

test("everything is passed on but BATON_* and NODE_OPTIONS, which no rule allows", () => {
  assert.deepEqual(taskEnvironment(environment, {}), { HOME: "/home", AWS_KEY: "k", AWS_ID: "i" });
  assert.deepEqual(taskEnvironment(environment, { allow: ["BATON_TOKEN", "NODE_*"] }), {});
});

test("a rule allows names and prefixes, and denies some of them", () => {
  assert.deepEqual(taskEnvironment(environment, { allow: ["AWS_*"], deny: ["AWS_KEY"] }), { AWS_ID: "i" });
});
