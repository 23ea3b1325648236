import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { configure, configured, resolveAddress } from "./client-config.ts";
import { AuthenticationError } from "./errors.ts";

describe("resolveAddress", () => {
  let project: string;
  let deep: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "baton-sdk-"));
    deep = join(project, "src", "deep");
    mkdirSync(deep, { recursive: true });
    mkdirSync(join(project, ".baton"));
    writeFileSync(join(project, ".baton", "token"), "local-token\n");
    writeFileSync(join(project, "package.json"), "{}");
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  test("finds token and address of the project, and no token without an address beside it", () => {
    assert.deepEqual(resolveAddress({}, {}, deep), { coordinator: "127.0.0.1:4750", token: undefined });
    writeFileSync(join(project, ".baton", "address"), "127.0.0.1:5001\n");
    assert.deepEqual(resolveAddress({}, {}, deep), { coordinator: "127.0.0.1:5001", token: "local-token" });
  });

  test("takes the environment before the folder and configure before both", () => {
    const env = { BATON_COORDINATOR: "b:1", BATON_TOKEN: "from-env" };
    assert.deepEqual(resolveAddress({}, env, deep), { coordinator: "b:1", token: "from-env" });
    const config = { coordinator: "a:1", token: "given" };
    assert.deepEqual(resolveAddress(config, env, deep), { coordinator: "a:1", token: "given" });
  });

  test("does not send a folder's token to another address", () => {
    assert.deepEqual(resolveAddress({}, { BATON_COORDINATOR: "elsewhere:1" }, deep), {
      coordinator: "elsewhere:1",
      token: undefined,
    });
    writeFileSync(join(project, ".baton", "address"), "127.0.0.1:4750\n");
    assert.equal(resolveAddress({ coordinator: "127.0.0.1:4750" }, {}, deep).token, "local-token");
  });

  test("reads a token file and says which one it could not read", () => {
    const tokenFile = join(project, "secret");
    assert.throws(() => resolveAddress({ tokenFile }, {}, deep), { code: "TOKEN_FILE_UNREADABLE", message: /secret/ });
    writeFileSync(tokenFile, " abc \n");
    assert.equal(resolveAddress({ coordinator: "x:1", tokenFile }, {}, deep).token, "abc");
    assert.equal(resolveAddress({ coordinator: "x:1" }, { BATON_TOKEN_FILE: tokenFile }, deep).token, "abc");
  });

  test("is the default without any of them", () => {
    rmSync(join(project, ".baton"), { recursive: true });
    assert.deepEqual(resolveAddress({}, {}, deep), { coordinator: "127.0.0.1:4750", token: undefined });
  });
});

describe("configure", () => {
  afterEach(() => configure({}));

  test("replaces what was set before and refuses what it does not know", () => {
    configure({ coordinator: "a:1", token: "t" });
    configure({ coordinator: "b:1" });
    assert.deepEqual(configured(), { coordinator: "b:1" });
    assert.throws(() => configure({ adress: "c:1" } as never), { code: "OPTION_INVALID", field: "adress" });
    assert.throws(() => configure({ coordinator: 4750 } as never), { code: "OPTION_INVALID", field: "coordinator" });
    assert.deepEqual(configured(), { coordinator: "b:1" });
  });

  test("refuses a token that cannot be sent, and does not show it", () => {
    for (const token of ["two\nlines", "pässword", "nul\0"]) {
      assert.throws(
        () => configure({ token }),
        (error: Error) => {
          return (
            error instanceof AuthenticationError && error.code === "TOKEN_INVALID" && !error.message.includes(token)
          );
        },
      );
      assert.throws(() => resolveAddress({}, { BATON_TOKEN: token }, "/"), AuthenticationError);
    }
  });

  test("is seen by every copy of the SDK in the process", async () => {
    configure({ coordinator: "a:1" });
    const copy: typeof import("./client-config.ts") = await import(`${import.meta.resolve("./client-config.js")}?copy`);
    assert.notEqual(copy.configured, configured);
    assert.deepEqual(copy.configured(), { coordinator: "a:1" });
  });
});
