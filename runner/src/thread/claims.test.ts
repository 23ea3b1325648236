import assert from "node:assert/strict";
import { test } from "node:test";
import { HostClaims, ThreadClaims } from "./claims.ts";

function makeClaims(): { readonly host: HostClaims; readonly thread: ThreadClaims } {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  return { host: new HostClaims(shared), thread: new ThreadClaims(shared) };
}

test("a thread claims as many attempts as it was offered", () => {
  const { host, thread } = makeClaims();
  assert.equal(thread.claim(), false);
  host.offer(2);
  thread.received();
  assert.deepEqual([thread.claim(), thread.claim(), thread.claim()], [true, true, false]);
  assert.equal(host.unbegun, 0);
});

test("what the host took back is not claimed, and what was claimed is not taken back", () => {
  const { host, thread } = makeClaims();
  host.offer(3);
  thread.received();
  assert.equal(thread.claim(), true);
  assert.equal(host.takeBack(16), 2);
  assert.equal(host.takeBack(16), 0);
  assert.equal(thread.claim(), false);
});

test("the host takes back those behind an attempt that has not begun", () => {
  const { host, thread } = makeClaims();
  host.offer(3);
  assert.equal(host.takeBack(2), 2);
  assert.equal(host.unbegun, 1);
  thread.received();
  assert.deepEqual([thread.claim(), thread.claim()], [true, false]);
});

test("an offer says nothing about the attempts of an earlier message", () => {
  const { host, thread } = makeClaims();
  host.offer(2);
  thread.received();
  assert.equal(thread.claim(), true);
  host.takeBack(1);
  host.offer(1);
  assert.equal(thread.claim(), false, "the thread still has the earlier message");
  thread.received();
  assert.equal(thread.claim(), true);
});

test("the number of a message may pass the largest one", () => {
  const { host, thread } = makeClaims();
  for (let message = 0; message < 2 ** 24 + 3; message += 1) {
    host.offer(1);
    thread.received();
    if (!thread.claim()) assert.fail(`message ${message}`);
  }
});
