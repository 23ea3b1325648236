import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@baton/coordinator";
import { failureOf, newsFilter, runChangeFromCore } from "./dev-events.ts";

function run(status: Run["status"], more: Partial<Run> = {}): Run {
  return { id: "run_1", status, ...more } as Run;
}

test("a run that has ended is told once, whatever is stored of it afterwards", () => {
  const isNews = newsFilter();
  const lingering = { runnerId: "runner_a", attemptId: "attempt_a" } as NonNullable<Run["lingering"]>;
  assert.ok(isNews(run("executing")));
  assert.ok(isNews(run("canceled", { lingering, descendantsToCancel: true })));
  assert.ok(!isNews(run("canceled", { descendantsToCancel: true })));
  assert.ok(!isNews(run("canceled")));
});

test("a queued run whose old thread lives on is news each time", () => {
  const isNews = newsFilter();
  const lingering = { runnerId: "runner_a", attemptId: "attempt_a" } as NonNullable<Run["lingering"]>;
  assert.ok(isNews(run("queued", { lingering })));
  assert.ok(isNews(run("dequeued")));
});

test("a run that is queued again says why, also when a runner has it in the same moment", () => {
  const reason = "The runner lost the thread.";
  const remarkOf = (...timeline: Run["timeline"]) =>
    runChangeFromCore(run(timeline.at(-1)?.status ?? "queued", { timeline })).remark;
  const first = { status: "queued", at: 1 } as const;
  const executing = { status: "executing", at: 2 } as const;
  const again = { status: "queued", at: 3, reason } as const;
  assert.equal(remarkOf(first), undefined);
  assert.equal(remarkOf(first, { status: "dequeued", at: 1 }), undefined);
  assert.equal(remarkOf(first, executing, again), `queued again: ${reason}`);
  assert.equal(remarkOf(first, executing, again, { status: "dequeued", at: 3 }), `queued again: ${reason}`);
  assert.equal(remarkOf(first, executing, again, { status: "dequeued", at: 4 }), undefined);
});

test("a failure is shown with its causes and the errors of an AggregateError, innermost last", () => {
  const details = { type: "builtIn", name: "Error", stackTrace: "" } as const;
  const error = {
    ...details,
    message: "outer",
    cause: { ...details, message: "middle", cause: { type: "internal", code: "DEEP", message: "inner" } },
    errors: [{ type: "string", raw: "one of several" }],
  } as unknown as NonNullable<Run["error"]>;
  assert.deepEqual(
    failureOf(run("failed", { error })).map(({ message }) => message),
    ["Error: outer", "Caused by: Error: middle", "Caused by: DEEP: inner", "Caused by: one of several"],
  );
  assert.deepEqual(failureOf(run("completed")), []);
});
