import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAbortReport } from "./abort-report.ts";
import { blame, type HostEnd, type InFlight } from "./blame.ts";

const mib = 1024 ** 2;

function attempt(attemptId: string, threadId: number, rest: Partial<InFlight> = {}): InFlight {
  return { attemptId, threadId, machine: "small-1x", startedAt: threadId, ...rest };
}

function end(rest: Partial<HostEnd>): HostEnd {
  return { reason: "it was ended by SIGABRT", cause: "itself", signal: "SIGABRT", ...rest };
}

function codeOf(verdict: ReturnType<typeof blame>): string | undefined {
  const found = verdict.culprit?.end;
  return found?.type === "failed" && found.error.type === "internal" ? found.error.code : undefined;
}

const outOfMemory = { event: "Allocation failed", isOutOfMemory: true } as const;

test("the attempt whose thread the report names is convicted, nobody else is suspect", () => {
  const verdict = blame(end({ report: { ...outOfMemory, threadId: 2 } }), [attempt("a", 1), attempt("b", 2)], false);
  assert.equal(verdict.culprit?.attemptId, "b");
  assert.equal(verdict.areSuspects, false);
  assert.equal(codeOf(verdict), "TASK_PROCESS_OOM_KILLED");
});

test("a report without a thread convicts the only attempt whose heap has the size that was full", () => {
  const report = { ...outOfMemory, heapLimitBytes: (205 + 48 + 16) * mib };
  const verdict = blame(end({ report }), [attempt("a", 1), attempt("b", 2, { machine: "micro" })], false);
  assert.equal(verdict.culprit?.attemptId, "b");
  const two = [attempt("a", 1), attempt("b", 2, { machine: "micro" }), attempt("c", 3, { machine: "micro" })];
  const open = blame(end({ report }), two, false);
  assert.deepEqual(open, { areSuspects: true, likeliest: "c" });
});

test("without a report all are suspects and the youngest is the likeliest", () => {
  const inFlight = [attempt("old", 1), attempt("young", 3), attempt("middle", 2)];
  assert.deepEqual(blame(end({ signal: "SIGSEGV" }), inFlight, false), { areSuspects: true, likeliest: "young" });
  assert.deepEqual(blame(end({ report: { ...outOfMemory, threadId: 9 } }), inFlight, false), {
    areSuspects: true,
    likeliest: "young",
  });
});

test("an attempt that was alone is convicted by a crash, and in a host of its own by any death", () => {
  const alone = [attempt("a", 1)];
  assert.equal(codeOf(blame(end({ signal: "SIGSEGV" }), alone, false)), "TASK_PROCESS_SIGSEGV");
  assert.equal(codeOf(blame(end({ signal: "SIGTRAP" }), alone, false)), "TASK_PROCESS_OOM_KILLED");
  assert.equal(blame(end({ signal: "SIGKILL" }), alone, false).culprit, undefined);
  assert.equal(blame(end({ signal: "SIGKILL", cause: "silent" }), alone, false).areSuspects, true);
  assert.equal(codeOf(blame(end({ signal: "SIGKILL" }), alone, true)), "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE");
  assert.equal(
    codeOf(blame(end({ signal: "SIGKILL", cause: "silent" }), alone, true)),
    "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE",
  );
});

test("a host that the runner ended proves nothing against anybody", () => {
  assert.deepEqual(blame(end({ cause: "unwanted" }), [attempt("a", 1)], true), { areSuspects: false });
});

test("a report counts when an abort caused it", () => {
  const text = (header: object) => JSON.stringify({ header, javascriptHeap: { memoryLimit: 5 } });
  assert.deepEqual(parseAbortReport(text({ event: "Allocation failed", trigger: "OOMError", threadId: 4 })), {
    event: "Allocation failed",
    isOutOfMemory: true,
    threadId: 4,
    heapLimitBytes: 5,
  });
  assert.equal(parseAbortReport(text({ event: "JavaScript API", trigger: "GetReport", threadId: 4 })), undefined);
  const nameless = parseAbortReport(text({ event: "Fatal", trigger: "FatalError", threadId: null }));
  assert.equal(nameless?.threadId, undefined);
  assert.equal(nameless?.isOutOfMemory, false);
});
