import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { after, describe, test } from "node:test";
import { createStore } from "@baton/coordinator";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { MongoClient } from "mongodb";
import { finishedRun, queuedRun } from "../contract/stored-runs.ts";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { Project } from "../support/project.ts";
import { batonCommand, findFreePort, runBaton, Service } from "../support/service.ts";

const server = await findMongoServer();
after(() => server?.stop());

test("a stream that is cut, changed or of a newer format is refused, and nothing half-stored passes for whole", async () => {
  await using project = await Project.create({});
  const from = `sqlite:${project.path("from.db")}`;
  await fill(from);
  const whole = await exportText(from, project.path("whole.jsonl"));
  const lines = whole.trimEnd().split("\n");
  const broken = [
    ["cut.jsonl", whole.slice(0, whole.length / 2), /the middle of line \d+.*import into it again.*\[IMPORT_CUT\]/s],
    ["short.jsonl", `${lines.slice(0, -1).join("\n")}\n`, /after 600 runs, before its last line.*\[IMPORT_CUT\]/s],
    ["changed.jsonl", whole.replace("payload 300", "payload 301"), /checksum is .*\[IMPORT_CHANGED\]/s],
    [
      "bad.jsonl",
      whole.replace('"status":"completed"', '"status":"done"'),
      /Line 3 .*run\.status.*\[IMPORT_LINE_INVALID\]/s,
    ],
  ] as const;
  const to = `sqlite:${project.path("to.db")}`;
  for (const [name, text, message] of broken) {
    await project.write(name, text);
    const refused = await runBaton(["import", "--store", to, project.path(name)]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, message);
  }
  const start = await runBaton(["coordinator", "--listen", "127.0.0.1:0", "--store", to]);
  assert.equal(start.code, 1);
  assert.match(start.stderr, /\[STORE_HALF_IMPORTED\]/);
  const exported = await runBaton(["export", "--store", to]);
  assert.deepEqual([exported.code, exported.stdout], [1, ""]);
  assert.match(exported.stderr, /\[STORE_HALF_IMPORTED\]/);
  for (const [name, text, message] of [
    ["newer.jsonl", whole.replace('"formatVersion":1', '"formatVersion":2'), /\[IMPORT_FORMAT_NEWER\]/],
    ["other.txt", "hello\n", /\[IMPORT_NOT_AN_EXPORT\]/],
    ["empty.jsonl", "", /\[IMPORT_CUT\]/],
  ] as const) {
    await project.write(name, text);
    const untouched = project.path("untouched.db");
    const refused = await runBaton(["import", "--store", `sqlite:${untouched}`, project.path(name)]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, message);
    assert.ok(!existsSync(untouched));
  }
  const repeated = await runBaton(["import", "--store", to, project.path("whole.jsonl")]);
  assert.equal(repeated.code, 0, repeated.stderr);
  assert.deepEqual(contentOf(await exportText(to, project.path("again.jsonl"))), contentOf(whole));
});

test("a store that is not empty is refused, with what is in it, and stays as it is", async () => {
  await using project = await Project.create({});
  const from = `sqlite:${project.path("from.db")}`;
  await fill(from);
  const whole = await exportText(from, project.path("whole.jsonl"));
  const refused = await runBaton(["import", "--store", from, project.path("whole.jsonl")]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /holds runs \(the newest is run_00000599\), idempotency keys.*\[STORE_NOT_EMPTY\]/s);
  assert.deepEqual(contentOf(await exportText(from, project.path("again.jsonl"))), contentOf(whole));
});

test("a coordinator that runs on the store is in the way of an export and of an import", async () => {
  await using project = await Project.create({});
  const store = `sqlite:${project.path("held.db")}`;
  await using coordinator = new Service(["coordinator", "--listen", "127.0.0.1:0", "--store", store]);
  await coordinator.prints("coordinator listening");
  await assertHeld(project, store, /in use by another coordinator/);
});

test("an export overwrites no file, leaves none that is not whole, and says when its reader went away", async () => {
  await using project = await Project.create({});
  const from = `sqlite:${project.path("from.db")}`;
  await fill(from);
  const file = project.path("out.jsonl");
  await writeFile(file, "mine");
  const refused = await runBaton(["export", "--store", from, "--out", file]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /exists already.*\[OUTPUT_UNWRITABLE\]/s);
  assert.equal(await readFile(file, "utf8"), "mine");
  const missing = project.path("missing.jsonl");
  const failed = await runBaton(["export", "--store", `sqlite:${project.path("typo.db")}`, "--out", missing]);
  assert.match(failed.stderr, /There is no store.*typo\.db.*\[STORE_UNUSABLE\]/s);
  assert.ok(!existsSync(missing) && !existsSync(project.path("typo.db")));

  const writer = spawn(process.execPath, [batonCommand, "export", "--store", from], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  writer.stdout.destroy();
  let stderr = "";
  writer.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = (await once(writer, "close")) as [number];
  assert.equal(code, 1);
  assert.match(stderr, /whoever read it has ended.*\[OUTPUT_UNWRITABLE\]/s);
});

test("which store is not guessed, and one that ends with its process is none", async () => {
  for (const command of ["export", "import"]) {
    const unnamed = await runBaton([command], { env: { BATON_STORE: "" } });
    assert.equal(unnamed.code, 2);
    assert.match(unnamed.stderr, /\[STORE_MISSING\]/);
    const memory = await runBaton([command], { env: { BATON_STORE: "memory:" } });
    assert.equal(memory.code, 2);
    assert.match(memory.stderr, /\[STORE_UNUSABLE\]/);
  }
});

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  test(`an import that ${signal} ended is begun anew by the next one`, async () => {
    await using project = await Project.create({});
    await interruptAndRepeat(project, `sqlite:${project.path("to.db")}`, signal);
  });
}

describe("on MongoDB", { skip: server === undefined ? howToGetAServer : false }, () => {
  if (server === undefined) return;

  test("a coordinator that runs on the database is named", async () => {
    await using project = await Project.create({});
    await using database = new MongoDatabase(server);
    await using coordinator = new Service(["coordinator", "--listen", "127.0.0.1:0", "--store", database.address]);
    await coordinator.prints("coordinator listening");
    await assertHeld(project, database.address, new RegExp(`another coordinator, process ${coordinator.pid} on `));
  });

  test("an import that was killed is begun anew by the next one", async () => {
    await using project = await Project.create({});
    await using database = new MongoDatabase(server);
    await interruptAndRepeat(project, database.address, "SIGKILL");
  });

  test("a database that nobody has used is not exported, and not made", async () => {
    await using database = new MongoDatabase(server);
    const { code, stderr } = await runBaton(["export", "--store", database.address]);
    assert.equal(code, 1);
    assert.match(stderr, /There is no store.*\[STORE_UNUSABLE\]/s);
    await database.use(async (db) => assert.deepEqual(await db.collections(), []));
  });
});

/** Ends an import when a part is stored, checks how a coordinator refuses the store, and imports again. */
async function interruptAndRepeat(project: Project, to: string, signal: NodeJS.Signals): Promise<void> {
  const from = `sqlite:${project.path("from.db")}`;
  await fill(from, 3_000);
  const whole = await exportText(from, project.path("whole.jsonl"));
  const reader = spawn(process.execPath, [batonCommand, "import", "--store", to], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let stderr = "";
  reader.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  reader.stdin.on("error", () => undefined);
  reader.stdin.write(whole.slice(0, (whole.length * 2) / 3));
  await waitUntil("the import to have begun", async () => await hasBegun(to));
  reader.kill(signal);
  const [code] = (await once(reader, "close")) as [number | null];
  if (signal === "SIGINT") {
    assert.equal(code, 1);
    assert.match(stderr, /SIGINT ended this before it was finished.*\[INTERRUPTED\]/s);
  }
  const start = await runBaton(["coordinator", "--listen", `127.0.0.1:${await findFreePort()}`, "--store", to]);
  assert.equal(start.code, 1);
  assert.match(start.stderr, /\[STORE_HALF_IMPORTED\]/);
  const repeated = await runBaton(["import", "--store", to, project.path("whole.jsonl")]);
  assert.equal(repeated.code, 0, repeated.stderr);
  assert.deepEqual(contentOf(await exportText(to, project.path("again.jsonl"))), contentOf(whole));
}

/** Whether a batch of the running import is stored. */
async function hasBegun(address: string): Promise<boolean> {
  const file = /^sqlite:(.*)$/.exec(address)?.[1];
  // Reads the write-ahead log that has the batch, because no other process may open the store.
  if (file !== undefined) return existsSync(`${file}-wal`) && (await readFile(`${file}-wal`)).includes("run_00000500");
  const client = new MongoClient(address);
  try {
    return (await client.db().collection("prod.runs").countDocuments()) > 0;
  } finally {
    await client.close();
  }
}

async function assertHeld(project: Project, store: string, holder: RegExp): Promise<void> {
  const other = `sqlite:${project.path("other.db")}`;
  await fill(other);
  await exportText(other, project.path("other.jsonl"));
  for (const args of [
    ["export", "--store", store],
    ["import", "--store", store, project.path("other.jsonl")],
  ]) {
    const { code, stderr, stdout } = await runBaton(args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, holder);
    assert.match(stderr, /\[STORE_LOCKED\]/);
  }
}

/** Creates a store with runs, half of them queued, and a key. */
async function fill(address: string, count = 600): Promise<void> {
  const store = createStore(address, "prod");
  await store.open();
  const writes = Array.from({ length: count }, (_, n) => ({
    run: n % 2 === 0 ? queuedRun(n) : finishedRun(n, 5),
    replaces: 0,
    payload: JSON.stringify(`payload ${n}`),
  }));
  await store.commitBatch({ number: 1, writes });
  await store.claimKeys([{ key: "k", runId: queuedRun(1).id, expiresAt: 9 }], 0);
  await store.close();
}

async function exportText(address: string, file: string): Promise<string> {
  const { code, stderr } = await runBaton(["export", "--store", address, "--out", file]);
  assert.equal(code, 0, stderr);
  return await readFile(file, "utf8");
}

/** Returns everything except the first line, which has the time. */
function contentOf(text: string): readonly string[] {
  return text.split("\n").slice(1);
}
