import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromHost } from "../host/host-protocol.ts";
import { ownPart } from "./own-part.ts";

const attempts = new Map<string, { readonly thread: object | undefined; readonly following?: object }>([
  ["taken", { thread: {} }],
  ["waiting", { thread: undefined }],
  ["following", { thread: undefined, following: {} }],
]);

const find = (attemptId: string) => attempts.get(attemptId);

const about = (attemptId: string): readonly FromHost[] => [
  { type: "loading", attemptId },
  { type: "active", attemptId },
  { type: "canceling", attemptId },
  { type: "ended", attemptId },
  { type: "stalled", attemptId },
  { type: "exited", attemptId, cause: "exited", message: "" },
  { type: "logs", attemptId, state: "open" },
  { type: "call", attemptId, callId: 1, method: "Trigger" },
];

test("a host speaks of the attempts that its threads execute", () => {
  for (const message of about("taken")) assert.deepEqual(ownPart(message, find), message);
});

test("what a host says of an attempt that it does not have, or that no thread took, is not heard", () => {
  for (const message of [...about("elsewhere"), ...about("waiting")]) {
    assert.equal(ownPart(message, find), undefined, message.type);
  }
});

test("only waiting attempts are taken or withdrawn", () => {
  const named = ["taken", "waiting", "elsewhere"];
  assert.deepEqual(ownPart({ type: "withdrawn", attemptIds: named }, find), {
    type: "withdrawn",
    attemptIds: ["waiting"],
  });
  const taken = named.map((attemptId) => [attemptId, 5, 1] as const);
  assert.deepEqual(ownPart({ type: "taken", attempts: taken }, find), {
    type: "taken",
    attempts: [["waiting", 5, 1]],
  });
});

test("an attempt behind others ends, prints and is taken back; a waiting one is put behind others", () => {
  for (const message of about("following")) {
    const isHeard = message.type === "ended" || message.type === "logs";
    assert.deepEqual(ownPart(message, find), isHeard ? message : undefined, message.type);
  }
  const named = ["taken", "waiting", "following", "elsewhere"];
  assert.deepEqual(ownPart({ type: "takenBack", attemptIds: named }, find), {
    type: "takenBack",
    attemptIds: ["following"],
  });
  const following = named.map((attemptId) => [attemptId, 5, 1] as const);
  assert.deepEqual(ownPart({ type: "taken", attempts: [], following }, find), {
    type: "taken",
    attempts: [],
    following: [
      ["waiting", 5, 1],
      ["following", 5, 1],
    ],
  });
});
