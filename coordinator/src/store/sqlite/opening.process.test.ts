import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import Database from "libsql";
import { SqliteStore } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "baton-opening-"));
after(() => rmSync(root, { recursive: true }));
let files = 0;

test("the file's folder is made when it does not exist", async () => {
  const file = join(root, "a", "b", "baton.db");
  await using store = await open(file);
  assert.equal(store.epoch, 1);
  assert.ok(existsSync(file));
});

test("only its user can read a new database and its log, whatever the umask", {
  skip: process.platform === "win32" && "Windows has no such permissions",
}, async () => {
  const file = newFile();
  const umask = process.umask(0);
  try {
    await using store = await open(file);
    assert.equal(store.epoch, 1);
    for (const name of [file, `${file}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600, name);
  } finally {
    process.umask(umask);
  }
});

test("a second store is refused at once, naming the file and what to do, and the first works on", async () => {
  const file = newFile();
  await using first = await open(file);
  await assert.rejects(open(file), (error: Error & { code: string }) => {
    assert.equal(error.code, "STORE_LOCKED");
    assert.ok(error.message.includes(file) && /Stop that one/.test(error.message), error.message);
    return true;
  });
  assert.deepEqual(await first.store.commitBatch({ number: 1, writes: [] }), { conflicts: [] });
});

test("the lock of another process holds until that process is killed", async () => {
  const file = newFile();
  const holder = await spawnHolder(file);
  await assert.rejects(open(file), { code: "STORE_LOCKED" });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await using store = await open(file);
  assert.equal(store.epoch, 2);
});

test("a file of a newer Baton is refused and left as it is", async () => {
  const file = newFile();
  await (await open(file)).store.close();
  const database = new Database(file);
  database.exec("PRAGMA user_version = 99");
  database.close();
  const before = readFileSync(file);
  await assert.rejects(open(file), { code: "STORE_VERSION", message: /schema version 99.*up to 1/ });
  assert.deepEqual(readFileSync(file), before);
});

test("a file that is no database is refused and left as it is", async () => {
  const file = newFile();
  const garbage = "not a database at all\n".repeat(500);
  writeFileSync(file, garbage);
  await assert.rejects(open(file), { code: "STORE_UNUSABLE", message: /is not a database/ });
  assert.equal(readFileSync(file, "utf8"), garbage);
});

test("another program's database is refused", async () => {
  const file = newFile();
  const database = new Database(file);
  database.exec("CREATE TABLE customers (name)");
  database.close();
  await assert.rejects(open(file), { code: "STORE_UNUSABLE", message: /another program/ });
});

test("a file of another environment is refused", async () => {
  const file = newFile();
  await (await open(file)).store.close();
  await assert.rejects(open(file, "staging"), { code: "STORE_UNUSABLE", message: /"prod".*"staging"/ });
});

test("a folder in the file's place is refused", async () => {
  const file = newFile();
  mkdirSync(file);
  await assert.rejects(open(file), { code: "STORE_UNUSABLE", message: /cannot be opened/ });
});

test("a file in the folder's place is refused", async () => {
  const file = newFile();
  writeFileSync(file, "");
  await assert.rejects(open(join(file, "baton.db")), { code: "STORE_UNUSABLE", message: /cannot be opened/ });
});

const isRoot = process.getuid?.() === 0;
test("a file that may not be written is refused", {
  skip: isRoot && "the superuser may write every file",
}, async () => {
  const file = newFile();
  await (await open(file)).store.close();
  chmodSync(file, 0o400);
  await assert.rejects(open(file), { code: "STORE_UNUSABLE", message: /cannot be written/ });
});

test("a store is opened once", async () => {
  await using opened = await open(newFile());
  await assert.rejects(opened.store.open(), { code: "STORE_UNAVAILABLE", message: /opened before/ });
});

function newFile(): string {
  files += 1;
  return join(root, `${files}.db`);
}

async function open(file: string, environmentId = "prod") {
  const store = new SqliteStore({ file, environmentId });
  const { epoch } = await store.open();
  return { store, epoch, [Symbol.asyncDispose]: () => store.close() };
}

/** Starts a process that has the file open. */
async function spawnHolder(file: string): Promise<ChildProcess> {
  const module = new URL("./sqlite-store.js", import.meta.url).href;
  const script =
    `const { SqliteStore } = await import(${JSON.stringify(module)});` +
    `await new SqliteStore({ file: ${JSON.stringify(file)}, environmentId: "prod" }).open(); process.stdout.write("open");`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  return holder;
}
