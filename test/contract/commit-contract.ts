import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineValueBytes } from "@baton/coordinator/internal/store/store";
import type { AttemptId, RunnerId } from "@baton/proto/contract/ids";
import type { TaskError } from "@baton/proto/contract/task-error";
import { OpenedPlace, type StorePlace } from "./opened-place.ts";
import { changed, firstCreation, queuedRun, runId, runIn } from "./stored-runs.ts";

const attempt = {
  id: "attempt_a" as AttemptId,
  number: 1,
  status: "failed",
  runnerId: "runner_a" as RunnerId,
  machine: "micro",
  startedAt: firstCreation,
  endedAt: firstCreation + 1,
  activeMs: 1,
} as const;

/** Tests the promises of `commitBatch` and `findRuns`. */
export function testCommits(makePlace: () => StorePlace): void {
  test("an inserted run is found as it was written", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = queuedRun(1, { tags: ["a", "ü"], concurrencyKey: "k", timeline: [] });
    assert.deepEqual(await place.commit([{ run, replaces: 0 }]), { conflicts: [] });
    assert.deepEqual(await place.find(run.id), run);
    assert.equal(await place.find(runId(2)), undefined);
  });

  test("a run comes back as it was written, whatever its texts and numbers are", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const half = "cut in a pair \ud83d";
    const properties = JSON.stringify({ "a.b": { $set: 1, "": null }, json: "{}", [half]: half });
    let error: TaskError = { type: "string", raw: half };
    for (let depth = 0; depth < 150; depth += 1) {
      error = {
        type: "builtIn",
        name: "$Error",
        message: `${depth}\u0000`,
        stackTrace: half,
        cause: error,
        properties,
      };
    }
    const errors: readonly TaskError[] = [error, { type: "custom", raw: '{"$date":"now","json":"1"}' }];
    const run = queuedRun(1, {
      taskId: "$a.b",
      queue: "$where.0",
      tags: ["$tag", "a.b", ""],
      idempotencyKey: half,
      createdAt: firstCreation + 0.5,
      queueTime: -3_600_000,
      delayedUntil: 9e15,
      activeMs: 0.1 + 0.2,
      priorityMs: Number.MAX_SAFE_INTEGER,
      suspicions: 2 ** 31,
      error: { type: "internal", code: "json", message: half, errors },
      attempts: [{ ...attempt, error: { type: "builtIn", name: "E", message: half, stackTrace: "", cause: error } }],
      timeline: [{ status: "queued", at: firstCreation, reason: half }],
    });
    const payload = `{"$a.b":[-0,1e400,12345678901234567890],"z":1,"a":${"[".repeat(500)}${"]".repeat(500)}}`;
    await place.commit([{ run, replaces: 0, payload }]);
    const output = JSON.stringify("x".repeat(12 * 1024 * 1024));
    const done = changed(run, { status: "failed" });
    await place.commit([{ run: done, replaces: 1, output }]);
    await place.reopen();
    const [stored] = await place.store.findRuns([run.id], true);
    assert.deepEqual(stored, { run: done, payload, output });
    const entries = [
      { at: 5.5, level: "info" as const, message: half, properties, attemptNumber: 1, attemptId: "$a.b" },
      { at: 6, level: "error" as const, message: "", attemptNumber: 1, attemptId: "a" },
    ];
    await place.store.appendLogs([{ runId: run.id, entries }]);
    const read = await place.store.readLogs(run.id, 0, 10);
    assert.deepEqual(
      read.map(({ sequence: _sequence, ...entry }) => entry),
      entries,
    );
  });

  test("an id that is asked for twice is answered once", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(queuedRun(1), queuedRun(2));
    const found = await place.store.findRuns([runId(1), runId(2), runId(1), runId(3)], false);
    assert.deepEqual(found.map(({ run }) => run.id).sort(), [runId(1), runId(2)]);
  });

  test("a read whose texts are bounded ends behind the bound, and goes on with what is missing", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const numbers = [1, 2, 3, 4, 5, 6];
    // Payloads that are stored within the run and separately.
    const payloadOf = (number: number) => JSON.stringify("x".repeat(number % 2 === 0 ? 1_000 : 2 * inlineValueBytes));
    await place.commit(numbers.map((number) => ({ run: queuedRun(number), replaces: 0, payload: payloadOf(number) })));
    const left = new Set(numbers.map(runId));
    let reads = 0;
    while (left.size > 0) {
      const found = await place.store.findRuns([...left], true, 3 * inlineValueBytes);
      reads += 1;
      const lengths = found.map(({ payload = "" }) => payload.length);
      const total = lengths.reduce((sum, length) => sum + length, 0);
      assert.ok(found.length > 0 && total - Math.max(...lengths) < 3 * inlineValueBytes, `read ${total} characters`);
      for (const { run } of found) left.delete(run.id);
    }
    assert.equal(reads, 2);
    assert.equal((await place.store.findRuns(numbers.map(runId), true)).length, numbers.length);
    assert.equal((await place.store.findRuns(numbers.map(runId), false, 1)).length, numbers.length);
  });

  test("an insert of an id that exists changes nothing and is a conflict", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = queuedRun(1);
    await place.insert(run);
    const write = { run: queuedRun(1, { taskId: "other" }), replaces: 0, payload: '"new"' };
    assert.deepEqual(await place.commit([write]), { conflicts: [run.id] });
    assert.deepEqual(await place.store.findRuns([run.id], true), [{ run }]);
  });

  test("a write that names the stored revision replaces it", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = queuedRun(1);
    await place.insert(run);
    const next = changed(run, { status: "executing", updatedAt: run.updatedAt + 5 });
    assert.deepEqual(await place.commit([{ run: next, replaces: 1 }]), { conflicts: [] });
    assert.deepEqual(await place.find(run.id), next);
  });

  test("a write that names an old revision changes nothing", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = queuedRun(1);
    const second = changed(run, { status: "executing" });
    await place.insert(run);
    await place.commit([{ run: second, replaces: 1 }]);
    const late = changed(run, { status: "canceled" });
    assert.deepEqual(await place.commit([{ run: late, replaces: 1 }]), { conflicts: [run.id] });
    assert.deepEqual(await place.find(run.id), second);
  });

  test("a write of a run that does not exist is a conflict", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = queuedRun(1, { revision: 4 });
    assert.deepEqual(await place.commit([{ run, replaces: 3 }]), { conflicts: [run.id] });
    assert.equal(await place.find(run.id), undefined);
  });

  test("a conflict of one run leaves the others of its batch written", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(queuedRun(2));
    const { conflicts } = await place.commit([1, 2, 3].map((n) => ({ run: queuedRun(n), replaces: 0 })));
    assert.deepEqual(conflicts, [runId(2)]);
    assert.notEqual(await place.find(runId(1)), undefined);
    assert.notEqual(await place.find(runId(3)), undefined);
  });

  test("a batch that is sent again counts as written and changes nothing", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const old = queuedRun(1);
    await place.insert(old);
    const next = changed(old, { status: "completed" });
    const batch = place.batchOf([
      { run: next, replaces: 1, output: "1" },
      { run: queuedRun(2), replaces: 0, payload: "2" },
    ]);
    assert.deepEqual(await place.store.commitBatch(batch), { conflicts: [] });
    assert.deepEqual(await place.store.commitBatch(batch), { conflicts: [] });
    assert.deepEqual(await place.store.findRuns([old.id], true), [{ run: next, output: "1" }]);
  });

  test("the same revision written by another batch is a conflict", async () => {
    await using place = await OpenedPlace.open(makePlace());
    await place.insert(queuedRun(1));
    assert.deepEqual(await place.commit([{ run: queuedRun(1), replaces: 0 }]), { conflicts: [runId(1)] });
  });

  test("the same batch number of another ownership is a conflict", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const batch = place.batchOf([{ run: queuedRun(1), replaces: 0 }]);
    await place.store.commitBatch(batch);
    await place.reopen();
    assert.deepEqual(await place.store.commitBatch(batch), { conflicts: [runId(1)] });
  });

  test("an empty batch is written", async () => {
    await using place = await OpenedPlace.open(makePlace());
    assert.deepEqual(await place.commit([]), { conflicts: [] });
  });

  test("batches that are sent together are all written", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const results = await Promise.all(numbers.map((n) => place.commit([{ run: queuedRun(n), replaces: 0 }])));
    assert.ok(results.every(({ conflicts }) => conflicts.length === 0));
    assert.equal((await place.store.findRuns(numbers.map(runId), false)).length, numbers.length);
  });

  for (const bytes of [2, 511, 512, 513, 2_000, inlineValueBytes, inlineValueBytes + 1, 3 * 1024 * 1024]) {
    test(`payload, output and their types of ${bytes} bytes come back unchanged`, async () => {
      await using place = await OpenedPlace.open(makePlace());
      const payload = `"${"p".repeat(bytes - 2)}"`;
      const payloadTypes = `"${"t".repeat(bytes - 2)}"`;
      const output = `"${"ö".repeat((bytes - 2) / 2)}"`;
      const outputTypes = `"${"u".repeat(bytes - 2)}"`;
      const run = queuedRun(1);
      await place.commit([{ run, replaces: 0, payload, payloadTypes }]);
      assert.deepEqual(await place.store.findRuns([run.id], true), [{ run, payload, payloadTypes }]);
      const started = runIn("executing", 1, { revision: 2 });
      await place.commit([{ run: started, replaces: 1 }]);
      const ended = runIn("completed", 1, { revision: 3, hasOutput: true });
      await place.commit([{ run: ended, replaces: 2, output, outputTypes }]);
      const texts = { payload, payloadTypes, output, outputTypes };
      assert.deepEqual(await place.store.findRuns([run.id], true), [{ run: ended, ...texts }]);
      assert.deepEqual(await place.store.findRuns([run.id], false), [{ run: ended }]);
    });
  }

  test("a run can be inserted with its output, already final", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = runIn("completed", 1, { hasOutput: true });
    const texts = { payload: "{}", payloadTypes: '{"a":"undefined"}', output: '"5"', outputTypes: '"bigint"' };
    await place.commit([{ run, replaces: 0, ...texts }]);
    assert.deepEqual(await place.store.findRuns([run.id], true), [{ run, ...texts }]);
  });

  test("an insert that another run is in the way of does not touch the texts of that run", async () => {
    await using place = await OpenedPlace.open(makePlace());
    const run = queuedRun(1);
    await place.commit([{ run, replaces: 0, payload: "1" }]);
    await place.commit([{ run, replaces: 0, payload: '"2"', payloadTypes: '"bigint"' }]);
    assert.deepEqual(await place.store.findRuns([run.id], true), [{ run, payload: "1" }]);
  });
}
