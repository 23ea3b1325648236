import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { defaultAddress, maxTokenLength, readTokenFile, requireToken, resolveConnection } from "./connection.ts";

const root = mkdtempSync(join(tmpdir(), "baton-connection-"));
after(() => rmSync(root, { recursive: true }));

/** Creates a folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(root, "dir-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), text, { mode: 0o600 });
  }
  return dir;
}

const pair = { ".baton/address": "127.0.0.1:5001\n", ".baton/token": "of-5001\n" };

describe("a token", () => {
  const bad: readonly (readonly [title: string, token: string])[] = [
    ["with a line break", "planted\nhidden"],
    ["with a carriage return", "planted\rhidden"],
    ["with a NUL", "planted\0hidden"],
    ["with an escape", "planted\u001b[31mhidden"],
    ["with a letter beyond ASCII", "planted-hïdden"],
    ["that is decoded badly", "planted\ufffdhidden"],
    ["that is too long", "planted".repeat(maxTokenLength)],
    ["that is blank", " \n"],
  ];
  for (const [title, token] of bad) {
    test(`${title} is refused and not shown, in the environment and in a file`, () => {
      const isRefused = (error: Error & { code?: string }): boolean => {
        assert.match(error.code ?? "", /^TOKEN_(INVALID|FILE_UNREADABLE)$/);
        assert.doesNotMatch(`${error.message}${error.stack}${String(error.cause)}`, /planted|h.dden/);
        return true;
      };
      assert.throws(() => requireToken(token, "BATON_TOKEN"), isRefused);
      const dir = folderWith({ file: token });
      assert.throws(() => readTokenFile(join(dir, "file")), isRefused);
      assert.throws(() => resolveConnection({}, { BATON_TOKEN: token }, dir), isRefused);
      assert.throws(() => resolveConnection({ token }, {}, dir), isRefused);
      const project = folderWith({ ...pair, ".baton/token": token });
      if (token.trim() !== "") assert.throws(() => resolveConnection({}, {}, project), isRefused);
    });
  }

  test("loses the byte order mark and the white space around it", () => {
    const dir = folderWith({ file: "\ufeff  a b~!\r\n" });
    assert.equal(readTokenFile(join(dir, "file")), "a b~!");
  });

  test("of a file that is a folder or never ends is refused with a code", () => {
    assert.throws(() => readTokenFile(root), { code: "TOKEN_FILE_UNREADABLE" });
    assert.throws(() => readTokenFile("/dev/zero"), { code: "TOKEN_FILE_UNSAFE" });
    assert.throws(() => readTokenFile(join(folderWith({ huge: "x".repeat(1_000_000) }), "huge")), {
      code: "TOKEN_INVALID",
    });
  });

  test("of a file that every user can write is refused", () => {
    const file = join(folderWith({ token: "secret" }), "token");
    chmodSync(file, 0o646);
    assert.throws(() => readTokenFile(file), { code: "TOKEN_FILE_UNSAFE", message: /chmod o-w/ });
  });
});

describe("a token goes only to its own address:", () => {
  test("that of the environment not to the address of a folder", () => {
    const found = resolveConnection({}, { BATON_TOKEN: "env" }, folderWith(pair));
    assert.deepEqual(found, { address: defaultAddress, token: "env" });
  });

  test("that of a folder to nobody when no address is beside it", () => {
    const found = resolveConnection({}, {}, folderWith({ ".baton/token": "stale" }));
    assert.deepEqual(found, { address: defaultAddress, token: undefined });
  });

  test("that of the environment not to another address than the environment's", () => {
    const env = { BATON_COORDINATOR: "a:1", BATON_TOKEN: "of-a" };
    assert.deepEqual(resolveConnection({ address: "b:1" }, env, root), { address: "b:1", token: undefined });
    assert.deepEqual(resolveConnection({ address: "a:1" }, env, root), { address: "a:1", token: "of-a" });
    const alone = { BATON_TOKEN: "any" };
    assert.deepEqual(resolveConnection({ address: "b:1" }, alone, root), { address: "b:1", token: "any" });
  });

  test("that of a folder to the address beside it, named or not", () => {
    const dir = folderWith(pair);
    const own = { address: "127.0.0.1:5001", token: "of-5001" };
    assert.deepEqual(resolveConnection({}, {}, dir), own);
    assert.deepEqual(resolveConnection({ address: own.address }, {}, dir), own);
    assert.deepEqual(resolveConnection({ address: "b:1" }, {}, dir), { address: "b:1", token: undefined });
  });
});

describe("folders above", () => {
  const above = folderWith({
    ...pair,
    "app/package.json": "{}",
    "app/src/x": "",
    "app/node_modules/y/package.json": "{}",
  });
  const found = (dir: string): string => resolveConnection({}, {}, dir).address;

  test("are looked at up to the nearest package, and not at all where there is none", () => {
    assert.equal(found(join(above, "app/src")), defaultAddress);
    const packaged = folderWith({ ...pair, "package.json": "{}", "src/x": "" });
    assert.equal(found(join(packaged, "src")), "127.0.0.1:5001");
    const plain = folderWith({ ...pair, "src/x": "" });
    assert.equal(found(join(plain, "src")), defaultAddress);
    assert.equal(found(plain), "127.0.0.1:5001");
  });

  test("are looked at up to the root of the repository, which may have several packages", () => {
    const repository = folderWith({ ...pair, ".git/HEAD": "", "app/package.json": "{}", "app/src/x": "" });
    assert.equal(found(join(repository, "app/src")), "127.0.0.1:5001");
    const inner = folderWith({ ...pair, "inner/.git/HEAD": "", "inner/src/x": "" });
    assert.equal(found(join(inner, "inner/src")), defaultAddress);
  });
});

describe("files of a project that others can write", () => {
  for (const path of ["", "address", "token"]) {
    for (const mode of [0o720, 0o702]) {
      test(`are refused: .baton/${path} with mode ${mode.toString(8)}`, () => {
        const dir = folderWith(pair);
        chmodSync(join(dir, ".baton", path), mode);
        const refusal = { code: "TOKEN_FILE_UNSAFE", message: /can be written by other users.*chmod go-w/ };
        assert.throws(() => resolveConnection({}, {}, dir), refusal);
        // The call does not use the folder, so its permissions do not matter.
        const named = resolveConnection({ address: "a:1", token: "t" }, {}, dir);
        assert.deepEqual(named, { address: "a:1", token: "t" });
      });
    }
  }

  test("are refused when another user owns them", {
    skip: process.getuid?.() !== 0 && "only root can give files away",
  }, async () => {
    const { chownSync } = await import("node:fs");
    for (const path of ["", "address", "token"]) {
      const dir = folderWith(pair);
      chownSync(join(dir, ".baton", path), 65_534, 65_534);
      assert.throws(() => resolveConnection({}, {}, dir), {
        code: "TOKEN_FILE_UNSAFE",
        message: /belongs to another user/,
      });
    }
  });
});
