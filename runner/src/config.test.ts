import assert from "node:assert/strict";
import { test } from "node:test";
import { readRunnerConfig } from "./config.ts";

test("flags come before the environment, and both before defaults", () => {
  const env = { BATON_COORDINATOR: "host:1", BATON_CONCURRENCY: "3" };
  const config = readRunnerConfig({ concurrency: "5" }, env);
  assert.equal(config.concurrency, 5);
  assert.equal(config.coordinator, "host:1");
  assert.equal(config.drainGraceMs, 25_000);
  assert.equal(readRunnerConfig({ memory: "1" }, {}).concurrency, 2);
});

test("a token in the environment is refused with the way out", () => {
  assert.throws(() => readRunnerConfig({}, { BATON_TOKEN: "secret" }), {
    code: "CREDENTIAL_IN_ENVIRONMENT",
    message: /--token-file or BATON_TOKEN_FILE/,
  });
});

test("every value that is not right is named as it was given, by its flag or its variable", () => {
  const env = { BATON_MEMORY: "lots", BATON_CPU: "-1", BATON_CONCURRENCY: "3" };
  assert.throws(() => readRunnerConfig({ concurrency: "none", stallTimeout: 5 }, env), {
    code: "CONFIG_INVALID",
    message: new RegExp(
      ["--concurrency: .*", "BATON_CPU: .*", "BATON_MEMORY: .*", "--stall-timeout: .*"].join("\n  ✖ "),
    ),
  });
});

test("an empty variable counts as not given", () => {
  const env = { BATON_CPU: "", BATON_DIR: "", BATON_TOKEN_FILE: "", BATON_STALL_TIMEOUT_MS: "", BATON_TOKEN: "" };
  const config = readRunnerConfig({}, env);
  assert.deepEqual([config.dir, config.tokenFile, config.stallTimeoutMs], [".", undefined, undefined]);
  assert.ok(config.cpu >= 1);
});

test("files are polled only where that is asked for, within its range", () => {
  assert.equal(readRunnerConfig({}, {}).watchPollMs, undefined);
  assert.equal(readRunnerConfig({}, { BATON_WATCH_POLL_MS: "" }).watchPollMs, undefined);
  assert.equal(readRunnerConfig({}, { BATON_WATCH_POLL_MS: "250" }).watchPollMs, 250);
  assert.equal(readRunnerConfig({ watchPollMs: 50 }, { BATON_WATCH_POLL_MS: "250" }).watchPollMs, 50);
  for (const watchPollMs of ["49", "60001", "often"]) {
    assert.throws(() => readRunnerConfig({ watchPollMs }, {}), { code: "CONFIG_INVALID", message: /--poll:/ });
  }
});
