import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@baton/coordinator";
import type { AttemptRecord } from "@baton/coordinator/internal/core/life/attempt";
import type { AttemptId, RunnerId } from "@baton/proto/contract/ids";
import { finishedRun, firstCreation, queuedRun, runId } from "../contract/stored-runs.ts";
import { checkHistory } from "./check-history.ts";
import type { CallerStory, FileLine, History } from "./history.ts";

function attempt(name: string, number: number, status: AttemptRecord["status"] = "completed"): AttemptRecord {
  return {
    id: name as AttemptId,
    number,
    status,
    runnerId: "runner_a" as RunnerId,
    machine: "small-1x",
    startedAt: firstCreation,
    endedAt: firstCreation,
    activeMs: 0,
  };
}

function stored(run: Run, n: number, output: unknown = { n, doubled: n * 2 }): History["stored"][number] {
  return { run, payload: JSON.stringify({ n, file: "", ms: 0 }), output: JSON.stringify(output) };
}

function caller(n: number, more: Partial<CallerStory> = {}): CallerStory {
  const told = { status: "completed", output: { n, doubled: n * 2 } };
  return { n, kind: "quick", acknowledged: [runId(n)], refused: [], told, ...more };
}

function line(what: FileLine["what"], n: number, attemptId: string): FileLine {
  return { what, runId: runId(n), attemptId };
}

const quick = finishedRun(1, firstCreation, { taskId: "quick", attempts: [attempt("a1", 1)] });
const good = {
  callers: [caller(1)],
  lines: [line("start", 1, "a1"), line("end", 1, "a1")],
  stored: [stored(quick, 1)],
} satisfies History;
const interrupted = { ...quick, attempts: [attempt("a0", 1, "interrupted"), attempt("a1", 1)] };

test("a history in which everything is right holds, an interrupted attempt and an unanswered caller included", () => {
  assert.deepEqual(checkHistory(good), []);
  const again = { ...good, lines: [line("start", 1, "a0"), ...good.lines], stored: [stored(interrupted, 1)] };
  assert.deepEqual(checkHistory(again), []);
  const { told: _told, ...unanswered } = caller(1, { acknowledged: [], refused: ["UNAVAILABLE"] });
  assert.deepEqual(checkHistory({ ...good, callers: [unanswered] }), []);
  assert.deepEqual(checkHistory({ callers: [unanswered], lines: [], stored: [] }), []);
});

const single = (n: number, id: string) =>
  stored(finishedRun(n, firstCreation, { taskId: "single", attempts: [attempt(id, 1)] }), n);

const wrong: Record<string, readonly [history: History, told: RegExp]> = {
  "an acknowledged run that is not stored": [{ ...good, lines: [], stored: [] }, /acknowledged as .* not stored/],
  "an acknowledged run that never ends": [
    { callers: [{ ...caller(1), lost: "no end" }], lines: [], stored: [stored(queuedRun(1, { taskId: "quick" }), 1)] },
    /never told its end/,
  ],
  "a run that ended as its task does not end": [
    { ...good, stored: [stored({ ...quick, taskId: "failing" }, 1)] },
    /"completed" instead of "failed"/,
  ],
  "a trigger that became two runs": [
    { ...good, stored: [...good.stored, stored({ ...quick, id: runId(2) }, 1)] },
    /stored 2 times/,
  ],
  "a key that stood for two runs": [
    { ...good, callers: [caller(1, { acknowledged: [runId(1), runId(2)] })] },
    /was given 2 runs/,
  ],
  "a caller that was told another status": [
    { ...good, callers: [caller(1, { told: { status: "failed", output: undefined } })] },
    /was told "failed", and "completed" is stored/,
  ],
  "a caller that was told another output": [
    { ...good, callers: [caller(1, { told: { status: "completed", output: 7 } })] },
    /was told the output 7/,
  ],
  "an output of another run": [
    { ...good, callers: [], stored: [stored(quick, 1, { n: 2, doubled: 4 })] },
    /has the output/,
  ],
  "an attempt that is charged and was none": [
    { ...good, stored: [stored({ ...quick, attempts: [attempt("a1", 1), attempt("a2", 2)] }, 1)] },
    /2 counted attempts instead of 1/,
  ],
  "an attempt that ran without being stored": [
    { ...good, lines: [line("start", 1, "stranger"), ...good.lines] },
    /stranger ran and is not stored/,
  ],
  "an attempt that started twice": [{ ...good, lines: [line("start", 1, "a1"), ...good.lines] }, /a1 started twice/],
  "two attempts of one run at once": [
    {
      ...good,
      lines: [line("start", 1, "a0"), line("start", 1, "a1"), line("end", 1, "a0"), line("end", 1, "a1")],
      stored: [stored(interrupted, 1)],
    },
    /a0 went on while a1 had started/,
  ],
  "an attempt after the end": [
    { ...good, lines: [...good.lines, line("start", 1, "a0")], stored: [stored(interrupted, 1)] },
    /a0 ran after the last one that counts/,
  ],
  "an end that did not happen": [{ ...good, lines: [line("start", 1, "a1")] }, /never came to its end/],
  "a run that nobody stored": [
    { ...good, lines: [...good.lines, line("start", 9, "x"), line("end", 9, "x")] },
    /run_00000009 ran and is not stored/,
  ],
  "two runs at once where one is allowed": [
    {
      callers: [],
      lines: [line("start", 1, "a1"), line("start", 2, "a2"), line("end", 1, "a1"), line("end", 2, "a2")],
      stored: [single(1, "a1"), single(2, "a2")],
    },
    /limit of 1 ran at once/,
  ],
};

for (const [what, [history, told]] of Object.entries(wrong)) {
  test(`the checker finds ${what}`, () => {
    assert.match(checkHistory(history).join("\n"), told);
  });
}
