import assert from "node:assert/strict";
import { test } from "node:test";
import { shownRunId, shownRunIds } from "./run-id-text.ts";

const first = "run_01m8xk2a9q0000000000000000";
const second = "run_01m8xk2a9q3fb0000000000000";
const third = "run_01m8xk2a9q3fb0000500000000";

test("an id is shown whole where there is room, and in what is no terminal", () => {
  for (const columns of [undefined, 100, 200]) {
    assert.equal(shownRunId(first, columns), first);
    assert.deepEqual(shownRunIds([first, second], columns), [first, second]);
  }
});

test("on a narrow terminal an id is shown by a beginning that can be typed", () => {
  assert.equal(shownRunId(first, 80), "run_01m8xk2a9q000");
  assert.deepEqual(shownRunIds([second, first], 80), ["run_01m8xk2a9q3fb", "run_01m8xk2a9q000"]);
  assert.deepEqual(shownRunIds(["run_short001"], 80), ["run_short001"]);
  assert.deepEqual(shownRunIds([], 80), []);
});

test("beginnings of one list differ, however much ids share", () => {
  const shown = shownRunIds([third, first, second], 80);
  assert.deepEqual(shown, ["run_01m8xk2a9q3fb0000500", "run_01m8xk2a9q0000000000", "run_01m8xk2a9q3fb0000000"]);
  assert.deepEqual(shownRunIds([first, first], 80), ["run_01m8xk2a9q000", "run_01m8xk2a9q000"]);
});
