import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import { createRun } from "../core/life/new-run.ts";
import { definition, newRun, runId } from "../core/life/run.test.support.ts";
import type { RunView } from "./run-queries.ts";
import { WatchHub } from "./watch-hub.ts";

function view(revision: number, more: Partial<RunView> = {}): RunView {
  return { run: { ...createRun(newRun(1), undefined, definition(), 0), revision }, ...more };
}

/** An engine whose reads succeed at once. */
const answering = { read: <T>(ask: () => Promise<T>) => ask() };

/** A hub whose reads a test answers, and what its one watcher got. */
function watching() {
  const reads: ((answer: RunView | undefined) => void)[] = [];
  const told: string[] = [];
  const hub = new WatchHub(answering, { find: () => new Promise((resolve) => void reads.push(resolve)) });
  const watch = hub.watch((id: RunId, answer) => {
    told.push(answer === undefined ? `${id} unknown` : `${id}@${answer.run.revision} ${answer.payload ?? ""}`.trim());
    return true;
  });
  const answer = async (given: RunView | undefined) => {
    reads.shift()?.(given);
    await Promise.resolve();
  };
  return { hub, watch, told, answer };
}

test("the first answer is what is stored, with the payload", async () => {
  const { answer, told, watch } = watching();
  watch.add(runId(1), 0);
  await answer(view(3, { payload: "{}" }));
  assert.deepEqual(told, ["run_0001@3 {}"]);
});

test("a change that comes before the first answer is told with it, once", async () => {
  const { answer, hub, told, watch } = watching();
  watch.add(runId(1), 0);
  hub.notify(runId(1), view(4));
  await answer(view(3, { payload: "{}" }));
  assert.deepEqual(told, ["run_0001@4 {}"]);
});

test("what a watcher has seen is not told again, nor anything older", async () => {
  const { answer, hub, told, watch } = watching();
  watch.add(runId(1), 3);
  await answer(view(3));
  hub.notify(runId(1), view(2));
  hub.notify(runId(1), view(5));
  hub.notify(runId(1), view(5));
  assert.deepEqual(told, ["run_0001@5"]);
});

test("an id that no run has is told as unknown", async () => {
  const { answer, told, watch } = watching();
  watch.add(runId(1), 0);
  await answer(undefined);
  assert.deepEqual(told, ["run_0001 unknown"]);
});

test("a run that somebody else wrote is read again for its watchers", async () => {
  const { answer, hub, told, watch } = watching();
  watch.add(runId(1), 0);
  await answer(view(1));
  hub.refresh(runId(1));
  await answer(view(7));
  assert.deepEqual(told, ["run_0001@1", "run_0001@7"]);
});

test("a watcher that closed is told nothing, and nobody is read for", async () => {
  const { answer, hub, told, watch } = watching();
  watch.add(runId(1), 0);
  watch.close();
  await answer(view(1));
  assert.deepEqual([told, hub.isWatched(runId(1))], [[], false]);
});

test("a watcher that claims to have seen what nobody stored gets what there is", async () => {
  const { answer, told, watch } = watching();
  watch.add(runId(1), 99);
  await answer(view(3));
  assert.deepEqual(told, ["run_0001@3"]);
});

test("what a watcher does not take is read again when its pace allows, and nothing is kept for it", async () => {
  const reads: string[] = [];
  const told: string[] = [];
  let hasRoom = true;
  let allow: () => void = () => undefined;
  const find = async (id: RunId) => {
    reads.push(id);
    return view(reads.length * 10, { payload: "{}" });
  };
  const hub = new WatchHub(answering, { find });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const watch = hub.watch(
    (id, answer) => {
      if (hasRoom) told.push(`${id}@${answer?.run.revision}`);
      return hasRoom;
    },
    () =>
      new Promise((resolve) => {
        allow = () => resolve(() => undefined);
      }),
  );
  watch.add(runId(1), 0);
  await settled();
  assert.deepEqual(reads, []);
  allow();
  await settled();
  assert.deepEqual(told, ["run_0001@10"]);
  hasRoom = false;
  hub.notify(runId(1), view(11));
  hub.notify(runId(1), view(12));
  await settled();
  assert.deepEqual([told.length, reads.length], [1, 1]);
  hasRoom = true;
  allow();
  await settled();
  assert.deepEqual(told, ["run_0001@10", "run_0001@20"]);
});
