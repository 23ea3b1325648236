import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import pino from "pino";
import { makeHeld } from "../attempts/held-attempt.test.support.ts";
import type { CoordinatorClient } from "./coordinator-client.ts";
import { LogShipper } from "./log-shipper.ts";

interface Sent {
  readonly entries: readonly { readonly message: string }[];
  readonly endedAttemptId: string;
}

const lines = (message: string) => JSON.stringify([{ time: 1, level: "info", message }]);

/** Returns a shipper whose coordinator accepts everything, and the accepted lines. */
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
  const shipper = new LogShipper(
    { logs: { appendLogs } } as unknown as CoordinatorClient,
    systemClock,
    pino({ level: "silent" }),
  );
  return { attempt: makeHeld("attempt_1"), shipper, sent };
}

test("lines that cannot be read are left out, and those after them are sent", async () => {
  const { attempt, sent, shipper } = makeShipper();
  shipper.add(attempt, '[{"time":"x"', "open");
  shipper.add(attempt, lines("later"), "last");
  await shipper.flush(1_000);
  assert.deepEqual(
    sent.flatMap(({ entries }) => entries.map(({ message }) => message)),
    ["later"],
  );
  assert.equal(sent.at(-1)?.endedAttemptId, "attempt_1");
});

test("an attempt that does not cut its lines fills neither the runner nor the store", async () => {
  const { attempt, sent, shipper } = makeShipper();
  const batch = JSON.stringify(
    Array.from({ length: 20 }, () => ({ time: 1, level: "info", message: "x".repeat(60_000) })),
  );
  for (let count = 0; count < 40; count += 1) shipper.add(attempt, batch, "open");
  shipper.ended(attempt);
  await shipper.flush(1_000);
  assert.equal(
    sent.reduce((sum, { entries }) => sum + entries.length, 0),
    200,
  );
  assert.equal(sent.at(-1)?.endedAttemptId, "attempt_1");
});

test("nothing follows the last lines of an attempt", async () => {
  const { attempt, sent, shipper } = makeShipper();
  shipper.add(attempt, lines("last"), "last");
  shipper.add(attempt, lines("more"), "last");
  shipper.ended(attempt);
  await shipper.flush(1_000);
  assert.equal(sent.length, 1);
});

test("lines that come after the end of an attempt follow, and what cannot be read is left out", async () => {
  const { attempt, sent, shipper } = makeShipper();
  shipper.add(attempt, lines("last"), "last");
  shipper.addLate(attempt.assignment, lines("late"));
  shipper.addLate(attempt.assignment, "[{");
  await shipper.flush(1_000);
  assert.deepEqual(
    sent.flatMap(({ entries }) => entries.map(({ message }) => message)),
    ["last", "late"],
  );
  assert.equal(attempt.log?.isAwaited, false);
});

test("lines that were dropped are counted in the log once the coordinator takes lines again", async () => {
  const warnings: { readonly msg: string; readonly droppedLines?: number }[] = [];
  const log = pino({ level: "warn" }, { write: (line) => void warnings.push(JSON.parse(line)) });
  const answers: (() => void)[] = [];
  const appendLogs = (_0: unknown, _1: unknown, _2: unknown, done: (error: null) => void) => {
    answers.push(() => done(null));
  };
  const shipper = new LogShipper({ logs: { appendLogs } } as unknown as CoordinatorClient, systemClock, log);
  const line = { time: 1, level: "info", message: "x".repeat(60_000) };
  const batch = JSON.stringify(Array.from({ length: 20 }, () => line));
  for (let number = 0; number < 70; number += 1) shipper.add(makeHeld(`attempt_${number}`), batch, "open");
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(warnings.length, 1);
  for (const answer of answers.splice(0)) answer();
  shipper.stop();
  assert.equal(warnings.length, 2);
  const { droppedLines = 0, msg } = warnings[1] ?? { msg: "" };
  assert.equal(msg, "log lines were dropped, the coordinator takes them again");
  assert.ok(droppedLines > 0 && droppedLines % 20 === 0, String(droppedLines));
});
