import assert from "node:assert/strict";
import { test } from "node:test";
import pino from "pino";
import type { CoordinatorClient } from "./coordinator-client.ts";
import { LogShipper } from "./log-shipper.ts";

interface Sent {
  readonly entries: readonly { readonly message: string }[];
  readonly endedAttemptId: string;
}

const owner = { runId: "run_1", attemptId: "attempt_1", attemptNumber: 1 };
const lines = (message: string) => JSON.stringify([{ time: 1, level: "info", message }]);

/** A shipper whose coordinator takes everything, and what it took. */
function makeShipper() {
  const sent: Sent[] = [];
  const appendLogs = (
    request: { readonly runs: readonly Sent[] },
    _1: unknown,
    _2: unknown,
    done: (e: null) => void,
  ) => {
    sent.push(...request.runs);
    done(null);
  };
  const shipper = new LogShipper({ logs: { appendLogs } } as unknown as CoordinatorClient, pino({ level: "silent" }));
  return { shipper, sent };
}

test("lines that cannot be read are left out, and those after them are sent", async () => {
  const { sent, shipper } = makeShipper();
  shipper.add(owner, '[{"time":"x"', "open");
  shipper.add(owner, lines("later"), "last");
  await shipper.flush(1_000);
  assert.deepEqual(
    sent.flatMap(({ entries }) => entries.map(({ message }) => message)),
    ["later"],
  );
  assert.equal(sent.at(-1)?.endedAttemptId, "attempt_1");
});

test("an attempt that does not cut its lines fills neither the runner nor the store", async () => {
  const { sent, shipper } = makeShipper();
  const batch = JSON.stringify(
    Array.from({ length: 20 }, () => ({ time: 1, level: "info", message: "x".repeat(60_000) })),
  );
  for (let count = 0; count < 40; count += 1) shipper.add(owner, batch, "open");
  shipper.ended(owner.attemptId);
  await shipper.flush(1_000);
  assert.equal(
    sent.reduce((sum, { entries }) => sum + entries.length, 0),
    200,
  );
  assert.equal(sent.at(-1)?.endedAttemptId, "attempt_1");
});

test("nothing follows the last lines of an attempt", async () => {
  const { sent, shipper } = makeShipper();
  shipper.add(owner, lines("last"), "last");
  shipper.add(owner, lines("more"), "last");
  shipper.ended(owner.attemptId);
  await shipper.flush(1_000);
  assert.equal(sent.length, 1);
});

test("lines that come after the end of an attempt follow, and what cannot be read is left out", async () => {
  const { sent, shipper } = makeShipper();
  shipper.add(owner, lines("last"), "last");
  shipper.addLate(owner, lines("late"));
  shipper.addLate(owner, "[{");
  await shipper.flush(1_000);
  assert.deepEqual(
    sent.flatMap(({ entries }) => entries.map(({ message }) => message)),
    ["last", "late"],
  );
  assert.equal(shipper.isAwaited(owner.attemptId), false);
});
