import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Connection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { cellsPerWrite, type EncodedBatch } from "./encoded-batch.ts";
import { Engine } from "./engine.ts";
import { requestFailure } from "./failure.ts";

const root = mkdtempSync(join(tmpdir(), "baton-engine-"));
after(() => rmSync(root, { recursive: true }));
let files = 0;

test("a full disk refuses the batch whole, says why, and takes it once there is room", () => {
  const file = newFile();
  let connection: Connection | undefined;
  const engine = new Engine({ file, environmentId: "prod", outlivesFile: false }, (...parameters) => {
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

function batchOf(id: string, payload: string | null = null): EncodedBatch {
  const document = JSON.stringify({ id });
  const texts = [document, payload, null, null, null, null];
  const cells = [0, id, 1, 5, "t", "queued", 0, "lane", 5, null, null, null, null, null, ...texts];
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
