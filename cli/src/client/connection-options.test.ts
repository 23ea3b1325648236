import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { readConnectionOptions } from "./connection-options.ts";
import { prepareProjectFolder, projectFolder, readTextFile, writeProjectFiles } from "./project-folder.ts";

const root = mkdtempSync(join(tmpdir(), "baton-cli-"));
after(() => rmSync(root, { recursive: true }));
const project = join(root, "project");
const deep = join(project, "src", "deep");
mkdirSync(deep, { recursive: true });
const folder = projectFolder(project);
prepareProjectFolder(folder);
const token = readTextFile(folder.tokenFile);

describe("the project's folder", () => {
  test("gets a random token that only its user can read", () => {
    assert.match(token ?? "", /^[\w-]{43}$/);
    assert.equal(statSync(folder.tokenFile).mode & 0o777, 0o600);
    assert.equal(statSync(folder.dir).mode & 0o777, 0o700);
  });

  test("is closed to others when it was open, and its token is replaced", () => {
    const open = projectFolder(mkdtempSync(join(root, "open-")));
    mkdirSync(open.dir);
    writeFileSync(open.tokenFile, "known-to-others\n");
    writeFileSync(open.addressFile, "127.0.0.1:1\n");
    for (const path of [open.dir, open.tokenFile, open.addressFile]) chmodSync(path, 0o777);
    prepareProjectFolder(open);
    const fresh = readTextFile(open.tokenFile) ?? "";
    assert.match(fresh, /^[\w-]{43}$/);
    writeProjectFiles(open, "127.0.0.1:5002", fresh);
    const modes = [open.dir, open.tokenFile, open.addressFile].map((path) => statSync(path).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600, 0o600]);
    assert.deepEqual(readConnectionOptions({}, {}, join(open.dir, "..")), { address: "127.0.0.1:5002", token: fresh });
  });

  test("keeps the token that it has", () => {
    prepareProjectFolder(folder);
    assert.equal(readTextFile(folder.tokenFile), token);
  });
});

describe("address and token", () => {
  test("are those that baton dev left in a folder above", () => {
    writeFileSync(join(project, "package.json"), "{}");
    writeFileSync(folder.addressFile, "127.0.0.1:5001\n");
    assert.deepEqual(readConnectionOptions({}, {}, deep), { address: "127.0.0.1:5001", token });
  });

  test("of a project stay together: another address gets no token", () => {
    assert.deepEqual(readConnectionOptions({ coordinator: "example.com:4750" }, {}, deep), {
      address: "example.com:4750",
      token: undefined,
    });
    assert.deepEqual(readConnectionOptions({}, { BATON_COORDINATOR: "10.0.0.1:4750" }, deep), {
      address: "10.0.0.1:4750",
      token: undefined,
    });
  });

  test("come from the environment before the folder, and from a flag before both", () => {
    const env = { BATON_COORDINATOR: "a:1", BATON_TOKEN: "from-env" };
    assert.deepEqual(readConnectionOptions({}, env, deep), { address: "a:1", token: "from-env" });
    const tokenFile = join(root, "token");
    writeFileSync(tokenFile, "from-file\n");
    assert.deepEqual(readConnectionOptions({ coordinator: "b:2", tokenFile }, env, deep), {
      address: "b:2",
      token: "from-file",
    });
  });

  test("are the default where there is no project", () => {
    assert.deepEqual(readConnectionOptions({}, {}, root), { address: "127.0.0.1:4750", token: undefined });
  });

  test("that cannot be used are refused with a code", () => {
    assert.throws(
      () => readConnectionOptions({ coordinator: "user:secret@host:1" }, {}, root),
      (error: Error) => {
        return "code" in error && error.code === "OPTION_INVALID" && !error.message.includes("secret");
      },
    );
    assert.throws(() => readConnectionOptions({ coordinator: "nonsense" }, {}, root), { code: "OPTION_INVALID" });
    assert.throws(() => readConnectionOptions({ tokenFile: join(root, "none") }, {}, root), {
      code: "TOKEN_FILE_UNREADABLE",
    });
    const tokenFile = join(root, "empty");
    writeFileSync(tokenFile, "\n");
    assert.throws(() => readConnectionOptions({ tokenFile }, {}, root), { code: "TOKEN_FILE_UNREADABLE" });
  });
});
