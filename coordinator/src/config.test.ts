import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ConfigError } from "@baton/proto/settings";
import { readCoordinatorConfig } from "./config.ts";

describe("the coordinator's configuration", () => {
  test("has the documented defaults and is frozen", () => {
    const config = readCoordinatorConfig({}, {});
    assert.equal(config.listen, "127.0.0.1:4750");
    assert.equal(config.store, "sqlite:.baton/baton.db");
    assert.equal(config.leaseMs, 10_000);
    assert.equal(config.maxPayloadBytes, 3 * 1024 * 1024);
    assert.ok(Object.isFrozen(config));
  });

  test("limits nothing by itself, and says how far limits may go", () => {
    const { burstFactor, environmentLimit, maxQueueLength, minMaxDurationMs, versionGraceMs } = readCoordinatorConfig(
      {},
      {},
    );
    assert.deepEqual(
      [environmentLimit, burstFactor, maxQueueLength, minMaxDurationMs],
      [undefined, 1, undefined, undefined],
    );
    assert.equal(versionGraceMs, 60_000);
    const env = { BATON_ENVIRONMENT_LIMIT: "0", BATON_BURST_FACTOR: "1.5", BATON_MAX_QUEUE_LENGTH: "10" };
    assert.deepEqual(readCoordinatorConfig({}, env).burstFactor, 1.5);
    assert.equal(readCoordinatorConfig({}, env).environmentLimit, 0);
    assert.throws(() => readCoordinatorConfig({ burstFactor: 0.5 }, {}), /--burst-factor: /);
    assert.throws(() => readCoordinatorConfig({}, { BATON_MAX_QUEUE_LENGTH: "0" }), /BATON_MAX_QUEUE_LENGTH: /);
  });

  test("takes flags over the environment, and numbers as text", () => {
    const env = { BATON_LISTEN: "127.0.0.1:1", BATON_LEASE_MS: "20000", BATON_INSECURE: "true" };
    const config = readCoordinatorConfig({ listen: "127.0.0.1:2", store: undefined }, env);
    assert.equal(config.listen, "127.0.0.1:2");
    assert.equal(config.leaseMs, 20_000);
    assert.equal(config.insecure, true);
  });

  test("names every problem at once", () => {
    const flags = { listen: "nowhere", store: "redis:", leaseMs: 5_000, typo: 1 };
    assert.throws(
      () => readCoordinatorConfig(flags, {}),
      (error) => error instanceof ConfigError && /listen/.test(error.message) && /store/.test(error.message),
    );
    assert.throws(() => readCoordinatorConfig({ typo: 1 }, {}), ConfigError);
    assert.throws(
      () => readCoordinatorConfig({ listen: "127.0.0.1:65536" }, {}),
      /--listen: expected a port of at most 65535/,
    );
    assert.throws(() => readCoordinatorConfig({ leaseMs: 3_000 }, {}), ConfigError);
  });

  test("shows no value that may hold a password", () => {
    assert.throws(
      () => readCoordinatorConfig({ store: "mongo://ada:secret@host/" }, {}),
      (error) => error instanceof ConfigError && !error.message.includes("secret"),
    );
  });

  test("reads the token from its file, and a flag's file beats the environment's token", () => {
    const dir = mkdtempSync(join(tmpdir(), "baton-config-"));
    const tokenFile = join(dir, "token");
    writeFileSync(tokenFile, "  secret\n");
    assert.equal(readCoordinatorConfig({ tokenFile }, { BATON_TOKEN: "other" }).token, "secret");
    writeFileSync(tokenFile, "\n");
    assert.throws(() => readCoordinatorConfig({ tokenFile }, {}), { code: "TOKEN_FILE_UNREADABLE" });
    assert.throws(() => readCoordinatorConfig({ tokenFile: join(dir, "none") }, {}), {
      code: "TOKEN_FILE_UNREADABLE",
    });
    for (const token of ["two\nlines", "pässword"]) {
      const isRefused = (error: Error) =>
        "code" in error && error.code === "TOKEN_INVALID" && !error.message.includes(token);
      assert.throws(() => readCoordinatorConfig({}, { BATON_TOKEN: token }), isRefused);
      writeFileSync(tokenFile, token);
      assert.throws(() => readCoordinatorConfig({ tokenFile }, {}), isRefused);
    }
  });
});
