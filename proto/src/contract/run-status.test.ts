import assert from "node:assert/strict";
import { test } from "node:test";
import { messageType } from "../services.ts";
import {
  isFinalName,
  parseRunStatusName,
  runStatuses,
  runStatusFromWire,
  runStatusNameOf,
  runStatusToWire,
} from "./run-status.ts";

test("every status has the name that the protocol gives it", () => {
  const run = messageType("baton.v1.Run");
  for (const status of runStatuses) {
    const wire = runStatusToWire[status];
    assert.deepEqual((run.deserialize(run.serialize({ status: wire })) as { status: string }).status, wire);
    assert.equal(runStatusFromWire.get(wire), status);
  }
});

test("the public name is the wire's without its prefix, and older names are read", () => {
  assert.equal(runStatusNameOf("systemFailure"), "SYSTEM_FAILURE");
  assert.equal(parseRunStatusName("SYSTEM_FAILURE"), "SYSTEM_FAILURE");
  assert.equal(parseRunStatusName("FROZEN"), "WAITING");
  assert.equal(parseRunStatusName("toString"), undefined);
});

test("seven statuses are final", () => {
  const finals = runStatuses.map(runStatusNameOf).filter(isFinalName);
  assert.deepEqual(finals, ["COMPLETED", "FAILED", "CRASHED", "SYSTEM_FAILURE", "TIMED_OUT", "CANCELED", "EXPIRED"]);
});
