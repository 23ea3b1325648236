import assert from "node:assert/strict";
import { test } from "node:test";
import { addFollowing, type HandOver, type QueuedAttempt } from "./hand-over.ts";

function attempt(attemptId: string, part: Partial<QueuedAttempt> = {}): QueuedAttempt {
  return { attemptId, taskId: "short", version: "1", machine: "micro", body: "", ...part };
}

function handOver(first: QueuedAttempt, most = 16): HandOver<string> {
  return { thread: `thread of ${first.attemptId}`, attempts: [first], most };
}

const isShort = (taskId: string) => taskId.startsWith("short");
const idsOf = (attempts: readonly QueuedAttempt[]) => attempts.map(({ attemptId }) => attemptId).join(" ");

test("short attempts follow short ones, oldest first, the same number in each thread", () => {
  const first = handOver(attempt("a"));
  const second = handOver(attempt("b"));
  const rest = addFollowing(
    [first, second],
    ["c", "d", "e"].map((id) => attempt(id)),
    isShort,
  );
  assert.equal(idsOf(first.attempts), "a c e");
  assert.equal(idsOf(second.attempts), "b d");
  assert.equal(idsOf(rest), "");
});

test("no attempt follows a long one, and no long one follows", () => {
  const long = handOver(attempt("a", { taskId: "long" }));
  assert.equal(idsOf(addFollowing([long], [attempt("b")], isShort)), "b");
  const short = handOver(attempt("a"));
  const rest = addFollowing([short], [attempt("b", { taskId: "long" }), attempt("c")], isShort);
  assert.equal(idsOf(short.attempts), "a c");
  assert.equal(idsOf(rest), "b");
});

test("an attempt follows only one of its machine, and only a small one", () => {
  const micro = handOver(attempt("a"));
  const queue = [attempt("b", { machine: "large-1x" }), attempt("c", { body: "x".repeat(20_000) }), attempt("d")];
  assert.equal(idsOf(addFollowing([micro], queue, isShort)), "b c");
  assert.equal(idsOf(micro.attempts), "a d");
});

test("a thread gets no more than it may have, and the rest keeps its order", () => {
  const full = handOver(attempt("a"), 2);
  const alone = handOver(attempt("b"), 1);
  const rest = addFollowing(
    [full, alone],
    ["c", "d", "e"].map((id) => attempt(id)),
    isShort,
  );
  assert.equal(idsOf(full.attempts), "a c");
  assert.equal(idsOf(alone.attempts), "b");
  assert.equal(idsOf(rest), "d e");
});
