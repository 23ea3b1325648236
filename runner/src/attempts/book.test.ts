import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { OwedOutcome } from "../outcome.ts";
import type { AttemptKey } from "./assignment.ts";
import { AttemptBook, type Dispatch } from "./book.ts";
import { makeAssignment } from "./held-attempt.test.support.ts";
import type { HeldAttempt } from "./held-attempt.ts";

const id = (attemptId: string) => attemptId as AttemptId;
const key = (attemptId: string): AttemptKey => ({ runId: `run_${attemptId}` as RunId, attemptId: id(attemptId) });
const outcome = (attemptId: string, threadLingers = false): OwedOutcome => ({
  ...key(attemptId),
  startedAt: 1,
  endedAt: 2,
  activeMs: 1,
  threadLingers,
  logsFollow: false,
  end: { type: "succeeded" },
});

function dispatch(part: Partial<Dispatch>, sequence = 1): Dispatch {
  return { sequence, assignments: [], cancels: [], settledAttemptIds: [], stopAttemptIds: [], ...part };
}

const assign = (...attemptIds: string[]) => ({ assignments: attemptIds.map((attemptId) => makeAssignment(attemptId)) });

function bookWith(...attemptIds: string[]): AttemptBook {
  const book = new AttemptBook();
  book.dispatched(dispatch(assign(...attemptIds)), 0);
  return book;
}

function held(book: AttemptBook, attemptId: string): HeldAttempt {
  const attempt = book.find(attemptId);
  assert.ok(attempt);
  return attempt;
}

function take(book: AttemptBook, attemptId: string, startedAt: number): HeldAttempt {
  const attempt = held(book, attemptId);
  attempt.giveThread({ threadId: 1, startedAt });
  book.taken(attempt);
  return attempt;
}

const keysOf = (attempts: readonly HeldAttempt[]) =>
  attempts.map(({ assignment: { runId, attemptId } }) => ({ runId, attemptId }));
const idsOf = (attempts: readonly HeldAttempt[]) => attempts.map(({ assignment }) => assignment.attemptId);

test("an assignment that comes twice is executed once", () => {
  const book = bookWith("a");
  assert.deepEqual(keysOf(book.dispatched(dispatch(assign("a", "b"), 2), 1).execute), [key("b")]);
  assert.equal(book.takeReport().receivedSequence, 2);
});

test("an outcome is sent again on each new stream until it is settled", () => {
  const book = bookWith("a");
  take(book, "a", 10);
  book.ended(held(book, "a"), outcome("a"));
  assert.deepEqual(book.takeReport().outcomes, [outcome("a")]);
  assert.deepEqual(book.takeReport().outcomes, []);
  book.streamOpened();
  assert.deepEqual(book.held(), [{ ...key("a"), state: "ended" }]);
  assert.deepEqual(book.takeReport().outcomes, [outcome("a")]);
  book.dispatched(dispatch({ settledAttemptIds: [id("a")] }), 20);
  assert.equal(book.size, 0);
});

test("a start is reported when it is old enough and the attempt has not ended, and again on a new stream", () => {
  const book = bookWith("a", "b");
  take(book, "a", 10);
  take(book, "b", 30);
  book.reportStarts(20);
  assert.deepEqual(book.takeReport().started, [{ ...key("a"), startedAt: 10 }]);
  book.ended(held(book, "b"), outcome("b"));
  book.reportStarts(100);
  assert.deepEqual(book.takeReport().started, []);
  book.streamOpened();
  book.reportStarts(100);
  assert.deepEqual(book.takeReport().started, [{ ...key("a"), startedAt: 10 }]);
});

test("a canceled attempt lingers until its thread is gone and owes no outcome", () => {
  const book = bookWith("a");
  take(book, "a", 1);
  const cancel = { ...key("a"), reason: "why" };
  const { cancel: canceled } = book.dispatched(dispatch({ cancels: [cancel] }), 2);
  assert.deepEqual(
    canceled.map(({ attempt, reason }) => ({ ...keysOf([attempt])[0], reason })),
    [cancel],
  );
  assert.deepEqual(book.held(), [{ ...key("a"), state: "lingering" }]);
  book.ended(held(book, "a"), outcome("a"));
  const report = book.takeReport();
  assert.deepEqual(report.outcomes, []);
  assert.deepEqual(report.goneAttemptIds, ["a"]);
  assert.equal(book.size, 0);
});

test("a cancel for an attempt that is not here says that its thread is gone", () => {
  const book = bookWith();
  assert.deepEqual(book.dispatched(dispatch({ cancels: [{ ...key("x"), reason: "" }] }), 0).cancel, []);
  assert.deepEqual(book.takeReport().goneAttemptIds, ["x"]);
});

test("a lingering thread is reported gone once, also when the stream broke before the outcome was settled", () => {
  const book = bookWith("a");
  take(book, "a", 1);
  book.ended(held(book, "a"), outcome("a", true));
  book.takeReport();
  book.gone(held(book, "a"));
  assert.deepEqual(book.takeReport().goneAttemptIds, ["a"]);
  book.streamOpened();
  const again = book.takeReport();
  assert.deepEqual(again.outcomes, [outcome("a", false)]);
  assert.deepEqual(again.goneAttemptIds, ["a"]);
  book.dispatched(dispatch({ settledAttemptIds: [id("a")] }), 2);
  assert.equal(book.size, 0);
});

test("an outcome that is settled while its thread lingers leaves the attempt lingering", () => {
  const book = bookWith("a");
  take(book, "a", 1);
  book.ended(held(book, "a"), outcome("a", true));
  book.dispatched(dispatch({ settledAttemptIds: [id("a")] }), 2);
  assert.deepEqual(book.held(), [{ ...key("a"), state: "lingering" }]);
});

test("a stop after the end forgets the outcome", () => {
  const book = bookWith("a");
  take(book, "a", 1);
  book.ended(held(book, "a"), outcome("a"));
  assert.deepEqual(book.welcomed([id("a")]), []);
  assert.deepEqual(book.takeReport().outcomes, []);
  assert.equal(book.size, 0);
});

test("when the host is lost, waiting attempts wait anew, started ones are interrupted, lingering ones are gone", () => {
  const book = bookWith("waits", "runs", "lingers");
  take(book, "runs", 1);
  take(book, "lingers", 1);
  book.dispatched(dispatch({ cancels: [{ ...key("lingers"), reason: "" }] }), 2);
  const interrupted = keysOf(
    book.hostLost(
      ["waits", "runs", "lingers"].map((attemptId) => held(book, attemptId)),
      1000,
    ),
  );
  assert.deepEqual(interrupted, [key("runs")]);
  assert.deepEqual(book.takeReport().goneAttemptIds, ["lingers"]);
  assert.deepEqual(idsOf(book.overdue(999)), []);
  assert.deepEqual(idsOf(book.overdue(1000)), ["waits"]);
});

test("what nobody took is handed back, and what comes while draining goes back at once", () => {
  const book = bookWith("a", "b");
  take(book, "b", 1);
  const b = held(book, "b");
  for (const attempt of book.overdue(250)) book.handBack(attempt, "noThread");
  book.handBack(b, "noThread");
  book.startDraining();
  assert.deepEqual(book.dispatched(dispatch(assign("c"), 2), 300).execute, []);
  assert.deepEqual(book.takeReport().handedBack, [
    { ...key("a"), reason: "noThread" },
    { ...key("c"), reason: "draining" },
  ]);
});

test("an ended attempt that is stopped is reported gone instead of with its outcome", () => {
  const book = bookWith("a");
  take(book, "a", 10);
  book.ended(held(book, "a"), outcome("a"));
  book.streamOpened();
  assert.deepEqual(book.welcomed([id("a")]), []);
  const report = book.takeReport();
  assert.deepEqual([report.outcomes, report.goneAttemptIds, book.size], [[], ["a"], 0]);
});
