import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import { createRun } from "../core/life/new-run.ts";
import type { Run } from "../core/life/run.ts";
import { StoreError } from "../errors.ts";
import { MemoryDisk } from "../store/memory/memory-disk.ts";
import { MemoryStore, type MemoryStoreOptions } from "../store/memory/memory-store.ts";
import { textsOf } from "../store/store.ts";
import { exportStore } from "./export-store.ts";
import { importStore } from "./import-store.ts";

const now = new Date(Date.UTC(2026, 0, 2));

describe("a stream", () => {
  test("moves everything that a store holds, and an export of the new store is the same", async () => {
    const from = await filledDisk();
    const text = await exportOf(from);
    const to = new MemoryDisk();
    const summary = await importInto(to, text);
    const { sha256, ...counts } = summary;
    assert.deepEqual(counts, { versions: 3, runs: 302, logLines: 251, keys: 2 });
    assert.equal(await exportOf(to), text);
    assert.ok(text.includes(sha256));
    for (const [id, stored] of from.runs) {
      const moved = to.runs.get(id) ?? assert.fail();
      assert.deepEqual([moved.run, textsOf(moved)], [stored.run, textsOf(stored)]);
    }
    assert.deepEqual(to.keys, from.keys);
    assert.equal(to.isHalfImported, false);
  });

  test("says in its first line what it is, and in its last one what was in it", async () => {
    const lines = (await exportOf(await filledDisk())).trimEnd().split("\n");
    assert.deepEqual(JSON.parse(lines[0] ?? ""), {
      kind: "header",
      format: "baton-export",
      formatVersion: 1,
      exportedAt: "2026-01-02T00:00:00.000Z",
      baton: "1.2.3",
    });
    const { sha256, ...footer } = JSON.parse(lines.at(-1) ?? "");
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(footer, { kind: "footer", versions: 3, runs: 302, logLines: 251, keys: 2 });
    const kinds = lines.slice(1, -1).map((line) => String(JSON.parse(line).kind));
    assert.deepEqual([...new Set(kinds)], ["version", "run", "logs", "key"]);
  });

  test("of an empty store is imported too", async () => {
    const disk = new MemoryDisk();
    await opened(disk);
    const { runs } = await importInto(new MemoryDisk(), await exportOf(disk));
    assert.equal(runs, 0);
  });

  test("waits for whoever writes it", async () => {
    const disk = await filledDisk();
    let isWriting = false;
    await exportStore(new MemoryStore({ disk }), {
      batonVersion: "1.2.3",
      now,
      write: async () => {
        assert.equal(isWriting, false);
        isWriting = true;
        await new Promise((resolve) => setImmediate(resolve));
        isWriting = false;
      },
    });
  });

  test("ends with the reason of a signal", async () => {
    const reason = new Error("stop");
    const signal = AbortSignal.abort(reason);
    const ended = exportStore(new MemoryStore({ disk: await filledDisk() }), {
      batonVersion: "1.2.3",
      now,
      signal,
      write: async () => undefined,
    });
    await assert.rejects(ended, reason);
  });
});

describe("a stream is refused", () => {
  const broken: readonly (readonly [string, string, RegExp, (lines: string[]) => string])[] = [
    ["that is empty", "IMPORT_CUT", /input is empty/, () => ""],
    ["that is something else", "IMPORT_NOT_AN_EXPORT", /got "hello"/, () => "hello\n"],
    ["of another program", "IMPORT_NOT_AN_EXPORT", /got ".*other/, () => '{"format":"other"}\n'],
    [
      "of a newer format",
      "IMPORT_FORMAT_NEWER",
      /format version 2; .* up to 1/,
      (lines) => joined(lines.with(0, (lines[0] ?? "").replace('"formatVersion":1', '"formatVersion":2'))),
    ],
    [
      "without its last line",
      "IMPORT_CUT",
      /after 302 runs, before its last line/,
      (lines) => joined(lines.slice(0, -1)),
    ],
    ["that ends after its first line", "IMPORT_CUT", /after 0 runs/, (lines) => joined(lines.slice(0, 1))],
    [
      "that ends in the middle of a line",
      "IMPORT_CUT",
      /in the middle of line 6/,
      (lines) => joined(lines.slice(0, 6)).slice(0, -20),
    ],
    [
      "in which one character was changed",
      "IMPORT_CHANGED",
      /its checksum is [0-9a-f]{64}/,
      (lines) => joined(lines).replace("payload 7", "payload 8"),
    ],
    [
      "from which a run was taken",
      "IMPORT_CHANGED",
      /expected 302 runs, got 301/,
      (lines) =>
        joined(
          lines.toSpliced(
            lines.findIndex((line) => line.includes("payload 7")),
            1,
          ),
        ),
    ],
    [
      "with a line that is not JSON",
      "IMPORT_LINE_INVALID",
      /Line 5 cannot be used: expected one JSON object, got "oops"/,
      (lines) => joined(lines.with(4, "oops")),
    ],
    [
      "with a line of an unknown kind",
      "IMPORT_LINE_INVALID",
      /Line 5 cannot be used: kind/,
      (lines) => joined(lines.with(4, '{"kind":"waitpoint"}')),
    ],
    [
      "with a run that lacks what a run needs",
      "IMPORT_LINE_INVALID",
      /Line 5 cannot be used: .*run\.status/,
      (lines) => joined(lines.with(4, (lines[4] ?? "").replace(/"status":"\w+",/, ""))),
    ],
    [
      "with a run that comes twice",
      "IMPORT_LINE_INVALID",
      /every run once.*run_/,
      (lines) => sealed(lines.toSpliced(5, 0, lines[4] ?? "")),
    ],
    [
      "that goes on after its last line",
      "IMPORT_LINE_INVALID",
      /expected nothing after the footer/,
      (lines) => joined([...lines, lines[4] ?? ""]),
    ],
  ];
  for (const [what, code, message, breakIt] of broken) {
    test(`${what}: ${code}`, async () => {
      const text = await exportOf(await filledDisk());
      const disk = new MemoryDisk();
      await assert.rejects(importInto(disk, breakIt(text.trimEnd().split("\n"))), { code, message });
      if (disk.epoch > 0) await assert.rejects(opened(disk), { code: "STORE_HALF_IMPORTED" });
      // The unfinished import does not prevent another one.
      await importInto(disk, text);
      assert.equal(await exportOf(disk), text);
    });
  }

  test("a store that is not empty is named with what is in it, and is left as it is", async () => {
    const text = await exportOf(await filledDisk());
    const disk = await filledDisk();
    await assert.rejects(importInto(disk, text), {
      code: "STORE_NOT_EMPTY",
      message: /"memory:" is not empty: it holds runs \(the newest is run_\w+\), 3 task versions, idempotency keys/,
    });
    assert.equal(await exportOf(disk), text);
  });
});

describe("an import", () => {
  test("that was ended by its source leaves a store that only another import may open", async () => {
    const text = await exportOf(await filledDisk());
    const disk = new MemoryDisk();
    const lost = new Error("the line is dead");
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from(text.slice(0, text.length / 2));
      throw lost;
    }
    await assert.rejects(importStore(new MemoryStore({ disk }), { source: source(), place: "memory:" }), lost);
    await assert.rejects(new MemoryStore({ disk }).open(), { code: "STORE_HALF_IMPORTED" });
    await importInto(disk, text);
    assert.equal(await exportOf(disk), text);
  });

  test("sends a batch again whose answer was lost, and stores nothing twice", async () => {
    const text = await exportOf(await filledDisk());
    const disk = new MemoryDisk();
    let batches = 0;
    await importInto(disk, text, {
      onBatch: (pending) => {
        batches += 1;
        if (batches > 1) return pending.answer();
        pending.apply();
        pending.fail(new StoreError("lost"));
      },
    });
    assert.ok(batches > 1);
    assert.equal(await exportOf(disk), text);
  });

  test("fails when its store does", async () => {
    const text = await exportOf(await filledDisk());
    const disk = new MemoryDisk();
    const away = new StoreError("away");
    const failing: MemoryStoreOptions = {
      onCall: (method) => {
        if (method === "appendLogs") throw away;
      },
    };
    await assert.rejects(importInto(disk, text, failing), away);
    assert.equal(disk.isHalfImported, true);
  });
});

async function exportOf(disk: MemoryDisk): Promise<string> {
  const pieces: Buffer[] = [];
  await exportStore(new MemoryStore({ disk }), {
    batonVersion: "1.2.3",
    now,
    write: async (bytes) => void pieces.push(bytes),
  });
  return Buffer.concat(pieces).toString();
}

async function importInto(disk: MemoryDisk, text: string, options: MemoryStoreOptions = {}) {
  async function* source(): AsyncGenerator<Buffer> {
    for (let from = 0; from < text.length; from += 10_000) yield Buffer.from(text.slice(from, from + 10_000));
  }
  return await importStore(new MemoryStore({ ...options, disk }), { source: source(), place: "memory:" });
}

function joined(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

/** Replaces the last line with one that fits the content with one more run. */
function sealed(lines: readonly string[]): string {
  const sha256 = createHash("sha256")
    .update(joined(lines.slice(1, -1)))
    .digest("hex");
  const footer = { kind: "footer", versions: 3, runs: 303, logLines: 251, keys: 2, sha256 };
  return joined([...lines.slice(0, -1), JSON.stringify(footer)]);
}

/** A disk with records of every kind. Its 302 runs are more than a page, and not a whole number of groups. */
async function filledDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await opened(disk);
  for (const [hash, version] of [
    ["a", "20260101.2"],
    ["b", "20260101.10"],
    ["c", "20251231.7"],
  ] as const) {
    const task = { id: "t", filePath: "t.ts", exportName: "t", queue: "task/t", machine: "small-1x" } as const;
    const tasks = [{ ...task, retry: builtInRetryPolicy }];
    await store.registerVersion({ hash, registeredAt: 1, tasks, version }, "");
  }
  const writes = Array.from({ length: 302 }, (_, n) => ({
    run: run(n),
    replaces: 0,
    payload: JSON.stringify(`payload ${n}`),
    ...(n % 2 === 0 && { payloadTypes: '"URL"' }),
    ...(n % 3 === 0 && { output: "null" }),
    ...(n % 6 === 0 && { outputTypes: '"NaN"' }),
  }));
  await store.commitBatch({ number: 1, writes });
  const line = (n: number) =>
    ({ at: n, level: "info", message: `line ${n}`, attemptNumber: 1, attemptId: "attempt_a" }) as const;
  await store.appendLogs([{ runId: run(3).id, entries: Array.from({ length: 250 }, (_, n) => line(n)) }]);
  await store.appendLogs([{ runId: run(4).id, entries: [{ ...line(0), properties: "{}" }] }]);
  await store.claimKeys(
    ["k2", "k1"].map((key, n) => ({ key, runId: run(n).id, expiresAt: n })),
    -1,
  );
  await store.close();
  return disk;
}

async function opened(disk: MemoryDisk): Promise<MemoryStore> {
  const store = new MemoryStore({ disk });
  await store.open();
  return store;
}

/** Returns the n-th run. Some runs have the same creation time. */
function run(n: number): Run {
  const request = {
    id: `run_${String(n).padStart(8, "0")}` as RunId,
    taskId: "t",
    priorityMs: 0,
    tags: [],
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
  } as const;
  const created = createRun(request, undefined, undefined, Math.floor(n / 7));
  // As a store returns it: without absent members.
  return JSON.parse(JSON.stringify({ ...created, revision: 1 + (n % 5) })) as Run;
}
