import assert from "node:assert/strict";
import { test } from "node:test";
import { createRun } from "./life/new-run.ts";
import { definition, newRun, runId } from "./life/run.test.support.ts";
import { expired } from "./life/run-life.ts";
import { StepRecord } from "./step-record.ts";

const queued = createRun(newRun(1), undefined, definition(), 0);
const ended = expired(queued, 1);

test("a run that changes twice in a step is one change: its latest state, over the revision that the step found", () => {
  const record = new StepRecord();
  const texts = {};
  record.change(undefined, queued, texts);
  record.change(queued, ended, undefined);
  assert.deepEqual(record.take().changes, [{ run: ended, replaces: 0, texts }]);
});

test("a run that is forgotten is not written", () => {
  const record = new StepRecord();
  record.change(queued, ended, undefined);
  record.forget(runId(1));
  assert.deepEqual(record.take(), { changes: [], effects: [] });
});

test("what was taken is not taken again, nor shared with a later step", () => {
  const record = new StepRecord();
  const nothing = record.take();
  record.emit({ type: "cancelDescendants", runId: runId(1) });
  assert.deepEqual(nothing, { changes: [], effects: [] });
  assert.equal(record.take().effects.length, 1);
  assert.deepEqual(record.take(), { changes: [], effects: [] });
});
