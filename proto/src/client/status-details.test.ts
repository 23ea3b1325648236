import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { messageType } from "../services.ts";
import { readStatusDetails, type StatusDetails, writeStatusDetails } from "./status-details.ts";

function roundTrip(details: StatusDetails): StatusDetails {
  const metadata = new Metadata();
  writeStatusDetails(metadata, 3, "words", details);
  return readStatusDetails(metadata);
}

test("code, field and retry delay of a failed call are read as they were written", () => {
  const all = { code: "QUEUE_FULL", field: "items[1].payload", retryAfterMs: 1_500 };
  assert.deepEqual(roundTrip(all), all);
  assert.deepEqual(roundTrip({ code: "INTERNAL" }), { code: "INTERNAL" });
});

test("a call without details, and details of other types, have no members", () => {
  assert.deepEqual(readStatusDetails(new Metadata()), {});
  assert.deepEqual(readStatusDetails(undefined), {});
  const metadata = new Metadata();
  const details = [{ type_url: "type.googleapis.com/google.rpc.Help", value: Buffer.from("x") }];
  metadata.set("grpc-status-details-bin", messageType("google.rpc.Status").serialize({ code: 3, details }));
  assert.deepEqual(readStatusDetails(metadata), {});
});
