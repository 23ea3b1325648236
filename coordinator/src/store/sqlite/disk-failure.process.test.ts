import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import { createRun } from "../../core/life/new-run.ts";
import type { Run } from "../../core/life/run.ts";
import { SqliteStore } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "baton-failure-"));
after(() => rmSync(root, { recursive: true }));

for (const moment of ["before", "behind"] as const) {
  test(`a batch whose commit fails ${moment} its write is written once, by a new thread of the same owner`, async () => {
    const place = failingPlace(moment);
    await using store = await open(place);
    place.failOnce();
    const others = [2, 3].map((n) => store.commitBatch({ number: n, writes: [{ run: run(n), replaces: 0 }] }));
    const first = await store.commitBatch({ number: 1, writes: [{ run: run(1), replaces: 0, payload: "1" }] });
    assert.deepEqual([first, ...(await Promise.all(others))], Array(3).fill({ conflicts: [] }));
    assert.equal((await store.listRuns({}, {}, 10)).length, 3);
    assert.equal(place.hasFailed(), true);
  });
}

test("while the disk fails every call is refused, and afterwards the store works on by itself", async () => {
  const place = failingPlace("before");
  await using store = await open(place);
  place.failAlways();
  const batch = { number: 1, writes: [{ run: run(1), replaces: 0 }] };
  await assert.rejects(store.commitBatch(batch), { code: "STORE_UNAVAILABLE", message: /see whether its disk works/ });
  await assert.rejects(store.commitBatch(batch), { code: "STORE_UNAVAILABLE" });
  place.work();
  assert.deepEqual(await store.commitBatch(batch), { conflicts: [] });
  assert.equal((await store.findRuns([run(1).id], false)).length, 1);
});

test("an owner whose file was taken while its disk failed never writes again", async () => {
  const place = failingPlace("before");
  await using store = await open(place);
  place.failAlways();
  const batch = { number: 1, writes: [{ run: run(1), replaces: 0 }] };
  await assert.rejects(store.commitBatch(batch), { code: "STORE_UNAVAILABLE" });
  place.work();
  const other = new SqliteStore({ file: place.file, environmentId: "prod" });
  await other.open();
  await assert.rejects(store.commitBatch(batch), { code: "STORE_LOCKED" });
  await other.close();
  await assert.rejects(store.commitBatch(batch), { code: "STORE_LOCKED", message: /Another coordinator took/ });
});

/** Prepares a file whose commits fail while a marker file lies beside it. */
function failingPlace(moment: "before" | "behind") {
  const folder = mkdtempSync(join(root, "place-"));
  const once = join(folder, "once");
  const always = join(folder, "always");
  const failed = join(folder, "failed");
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const source = `
    import { existsSync, rmSync, writeFileSync } from "node:fs";
    import { parentPort, workerData } from "node:worker_threads";
    import { openDatabase } from ${module("./database.js")};
    import { ThreadServer } from ${module("./thread-server.js")};
    const fail = () => {
      if (!existsSync(${JSON.stringify(once)}) && !existsSync(${JSON.stringify(always)})) return;
      rmSync(${JSON.stringify(once)}, { force: true });
      writeFileSync(${JSON.stringify(failed)}, "");
      throw Object.assign(new Error("disk I/O error"), { rawCode: 778 });
    };
    const open = (...parameters) => {
      const connection = openDatabase(...parameters);
      const exec = (sql) => {
        if (sql === "COMMIT" && ${moment === "before"}) fail();
        connection.exec(sql);
        if (sql === "COMMIT" && ${moment === "behind"}) fail();
      };
      return {
        exec,
        prepare: (sql) => connection.prepare(sql),
        close: () => connection.close(),
        get inTransaction() { return connection.inTransaction; },
      };
    };
    new ThreadServer(parentPort, workerData, open).start();
  `;
  return {
    file: join(folder, "baton.db"),
    threadFile: new URL(`data:text/javascript,${encodeURIComponent(source)}`),
    failOnce: () => writeFileSync(once, ""),
    failAlways: () => writeFileSync(always, ""),
    work: () => rmSync(always),
    hasFailed: () => existsSync(failed),
  };
}

async function open(place: { readonly file: string; readonly threadFile: URL }) {
  const store = new SqliteStore({ file: place.file, environmentId: "prod" }, place.threadFile);
  await store.open();
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

function run(n: number): Run {
  const request = {
    id: `run_${n}` as RunId,
    taskId: "t",
    priorityMs: 0,
    tags: [],
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
  } as const;
  return createRun(request, undefined, undefined, n);
}
