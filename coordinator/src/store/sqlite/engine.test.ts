import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Connection, openDatabase } from "./database.ts";
import { cellsPerWrite, type EncodedBatch } from "./encoded-batch.ts";
import { Engine } from "./engine.ts";
import { requestFailure } from "./failure.ts";

const root = mkdtempSync(join(tmpdir(), "baton-engine-"));
after(() => rmSync(root, { recursive: true }));
let files = 0;

test("after an error of the disk before the commit the file is reopened and the batch written once", () => {
  const { engine, openings } = failingEngine((commit) => {
    void commit;
    throw diskError();
  });
  assert.deepEqual(write(engine, batchOf("run_1")), [[]]);
  assert.deepEqual(documentsOf(engine, "run_1"), [{ document: '{"id":"run_1"}' }]);
  assert.equal(openings(), 2);
  assert.equal(engine.epoch, 1);
  engine.close();
});

test("after an error of the disk behind the commit the batch is found written, without a conflict", () => {
  const { engine, openings } = failingEngine((commit) => {
    commit();
    throw diskError();
  });
  assert.deepEqual(write(engine, batchOf("run_1")), [[]]);
  assert.deepEqual(documentsOf(engine, "run_1"), [{ document: '{"id":"run_1"}' }]);
  assert.equal(openings(), 2);
  engine.close();
});

test("an owner who finds the file taken after an error of the disk never writes again", () => {
  const { engine, file } = failingEngine(() => {
    engine.close();
    new Engine({ file, environmentId: "prod" }).close();
    throw diskError();
  });
  assert.throws(() => write(engine, batchOf("run_1")), { code: "STORE_UNAVAILABLE", message: /taken by another/ });
  assert.throws(() => write(engine, batchOf("run_1")), { code: "STORE_UNAVAILABLE" });
  assert.throws(() => engine.read("listLanes", []), { code: "STORE_UNAVAILABLE" });
});

test("a full disk refuses the batch whole, says why, and takes it once there is room", () => {
  const file = newFile();
  let connection: Connection | undefined;
  const engine = new Engine({ file, environmentId: "prod" }, (...parameters) => {
    connection = openDatabase(...parameters);
    return connection;
  });
  connection?.exec("PRAGMA max_page_count = 40");
  const large = batchOf("run_1", `"${"x".repeat(1_000_000)}"`);
  assert.throws(
    () => write(engine, large),
    (error) => /its disk is full/.test(requestFailure(error, file).message),
  );
  assert.deepEqual(documentsOf(engine, "run_1"), []);
  assert.deepEqual(write(engine, batchOf("run_2")), [[]]);
  connection?.exec("PRAGMA max_page_count = 100000");
  assert.deepEqual(write(engine, large), [[]]);
  engine.close();
});

/** An engine whose first commit after the opening goes through `commit`. */
function failingEngine(commit: (commitReally: () => void) => void) {
  const file = newFile();
  let openings = 0;
  const engine = new Engine({ file, environmentId: "prod" }, (...parameters) => {
    openings += 1;
    const connection = openDatabase(...parameters);
    const isFirst = openings === 1;
    return {
      prepare: (sql) => connection.prepare(sql),
      close: () => connection.close(),
      get inTransaction() {
        return connection.inTransaction;
      },
      exec: (sql) => {
        if (isFirst && sql === "COMMIT") commit(() => connection.exec(sql));
        else connection.exec(sql);
      },
    };
  });
  return { engine, file, openings: () => openings };
}

function diskError(): Error {
  return Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_WRITE", rawCode: 778 });
}

function batchOf(id: string, payload: string | null = null): EncodedBatch {
  const document = JSON.stringify({ id });
  const cells = [0, id, 1, 5, "t", "queued", 0, "lane", 5, null, null, null, null, null, document, payload, null, null];
  assert.equal(cells.length, cellsPerWrite);
  return { number: 1, cells };
}

function write(engine: Engine, batch: EncodedBatch): unknown[] {
  return engine.write([{ method: "commitBatch", parameters: [batch] }]);
}

function documentsOf(engine: Engine, id: string): unknown {
  return engine.read("findRuns", [[id], false]);
}

function newFile(): string {
  files += 1;
  return join(root, `${files}.db`);
}
