import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttemptKey, Ledger, type LedgerDispatch } from "./ledger.ts";

type Outcome = AttemptKey & { readonly threadLingers: boolean };

const key = (attemptId: string): AttemptKey => ({ runId: `run_${attemptId}`, attemptId });
const outcome = (attemptId: string, threadLingers = false): Outcome => ({ ...key(attemptId), threadLingers });

function dispatch(part: Partial<LedgerDispatch<AttemptKey>>, sequence = 1): LedgerDispatch<AttemptKey> {
  return { sequence, assignments: [], cancels: [], settledAttemptIds: [], stopAttemptIds: [], ...part };
}

function ledgerWith(...attemptIds: string[]): Ledger<AttemptKey, Outcome> {
  const ledger = new Ledger<AttemptKey, Outcome>();
  ledger.dispatched(dispatch({ assignments: attemptIds.map(key) }), 0);
  return ledger;
}

test("an assignment that comes twice is executed once", () => {
  const ledger = ledgerWith("a");
  assert.deepEqual(ledger.dispatched(dispatch({ assignments: [key("a"), key("b")] }, 2), 1).execute, [key("b")]);
  assert.equal(ledger.takeReport().receivedSequence, 2);
});

test("an outcome is sent again on each new stream until it is settled", () => {
  const ledger = ledgerWith("a");
  ledger.taken("a", 10);
  assert.equal(ledger.ended(outcome("a")), true);
  assert.deepEqual(ledger.takeReport().outcomes, [outcome("a")]);
  assert.deepEqual(ledger.takeReport().outcomes, []);
  ledger.streamOpened();
  assert.deepEqual(ledger.held(), [{ ...key("a"), state: "ended" }]);
  assert.deepEqual(ledger.takeReport().outcomes, [outcome("a")]);
  ledger.dispatched(dispatch({ settledAttemptIds: ["a"] }), 20);
  assert.equal(ledger.size, 0);
});

test("a start is reported when it is old enough and the attempt has not ended, and again on a new stream", () => {
  const ledger = ledgerWith("a", "b");
  ledger.taken("a", 10);
  ledger.taken("b", 30);
  ledger.reportStarts(20);
  assert.deepEqual(ledger.takeReport().started, [{ ...key("a"), startedAt: 10 }]);
  ledger.ended(outcome("b"));
  ledger.reportStarts(100);
  assert.deepEqual(ledger.takeReport().started, []);
  ledger.streamOpened();
  ledger.reportStarts(100);
  assert.deepEqual(ledger.takeReport().started, [{ ...key("a"), startedAt: 10 }]);
});

test("a canceled attempt lingers until its thread is gone and owes no outcome", () => {
  const ledger = ledgerWith("a");
  ledger.taken("a", 1);
  const cancel = { ...key("a"), reason: "why" };
  assert.deepEqual(ledger.dispatched(dispatch({ cancels: [cancel] }), 2).cancel, [cancel]);
  assert.deepEqual(ledger.held(), [{ ...key("a"), state: "lingering" }]);
  assert.equal(ledger.ended(outcome("a")), false);
  const report = ledger.takeReport();
  assert.deepEqual(report.outcomes, []);
  assert.deepEqual(report.goneAttemptIds, ["a"]);
  assert.equal(ledger.size, 0);
});

test("a cancel for an attempt that is not here says that its thread is gone", () => {
  const ledger = ledgerWith();
  assert.deepEqual(ledger.dispatched(dispatch({ cancels: [{ ...key("x"), reason: "" }] }), 0).cancel, []);
  assert.deepEqual(ledger.takeReport().goneAttemptIds, ["x"]);
});

test("a lingering thread is reported gone once, also when the stream broke before the outcome was settled", () => {
  const ledger = ledgerWith("a");
  ledger.taken("a", 1);
  ledger.ended(outcome("a", true));
  ledger.takeReport();
  ledger.gone("a");
  assert.deepEqual(ledger.takeReport().goneAttemptIds, ["a"]);
  ledger.streamOpened();
  const again = ledger.takeReport();
  assert.deepEqual(again.outcomes, [outcome("a", false)]);
  assert.deepEqual(again.goneAttemptIds, ["a"]);
  ledger.dispatched(dispatch({ settledAttemptIds: ["a"] }), 2);
  assert.equal(ledger.size, 0);
});

test("an outcome that is settled while its thread lingers leaves the attempt lingering", () => {
  const ledger = ledgerWith("a");
  ledger.taken("a", 1);
  ledger.ended(outcome("a", true));
  ledger.dispatched(dispatch({ settledAttemptIds: ["a"] }), 2);
  assert.deepEqual(ledger.held(), [{ ...key("a"), state: "lingering" }]);
});

test("a stop after the end forgets the outcome", () => {
  const ledger = ledgerWith("a");
  ledger.taken("a", 1);
  ledger.ended(outcome("a"));
  assert.deepEqual(ledger.welcomed(["a"]), []);
  assert.deepEqual(ledger.takeReport().outcomes, []);
  assert.equal(ledger.size, 0);
});

test("when the host is lost, waiting attempts wait anew, started ones are interrupted, lingering ones are gone", () => {
  const ledger = ledgerWith("waits", "runs", "lingers");
  ledger.taken("runs", 1);
  ledger.taken("lingers", 1);
  ledger.dispatched(dispatch({ cancels: [{ ...key("lingers"), reason: "" }] }), 2);
  const { interrupted } = ledger.hostLost(["waits", "runs", "lingers", "unknown"], 1000);
  assert.deepEqual(interrupted, [key("runs")]);
  assert.deepEqual(ledger.takeReport().goneAttemptIds, ["lingers"]);
  assert.deepEqual(ledger.overdue(999), []);
  assert.deepEqual(ledger.overdue(1000), ["waits"]);
});

test("what nobody took is handed back, and what comes while draining goes back at once", () => {
  const ledger = ledgerWith("a", "b");
  ledger.taken("b", 1);
  for (const attemptId of ledger.overdue(250)) ledger.handBack(attemptId, "noThread");
  ledger.handBack("b", "noThread");
  ledger.startDraining();
  assert.deepEqual(ledger.dispatched(dispatch({ assignments: [key("c")] }, 2), 300).execute, []);
  assert.deepEqual(ledger.takeReport().handedBack, [
    { ...key("a"), reason: "noThread" },
    { ...key("c"), reason: "draining" },
  ]);
});

test("an ended attempt that is stopped is reported gone instead of with its outcome", () => {
  const ledger = ledgerWith("a");
  ledger.taken("a", 10);
  ledger.ended(outcome("a"));
  ledger.streamOpened();
  assert.deepEqual(ledger.welcomed(["a"]), []);
  const report = ledger.takeReport();
  assert.deepEqual([report.outcomes, report.goneAttemptIds, ledger.size], [[], ["a"], 0]);
});
