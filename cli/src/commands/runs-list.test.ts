import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { messageType, type Run, timestampToWire } from "@baton/proto";
import type { RunSummary } from "@baton/sdk";
import { toRunSummary } from "@baton/sdk/run-object";
import { Output } from "../show/output.ts";
import { textWidth } from "../show/text-width.ts";
import { runTable } from "./runs-list.ts";

const now = Date.UTC(2026, 0, 1, 12);

/** A run of a list, from the members of its message that matter. */
function runOf(run: Run): RunSummary {
  const type = messageType("baton.v1.Run");
  return toRunSummary(type.deserialize(type.serialize(run)));
}

const runs: readonly RunSummary[] = [
  runOf({
    id: "run_01m8xk2a9q3fbw9k0qzt7c5d1e",
    taskId: "import-customers-from-crm",
    status: "RUN_STATUS_FAILED",
    attemptCount: 3,
    createTime: timestampToWire(now - 7_200_000),
    startTime: timestampToWire(now - 7_100_000),
    activeDuration: { seconds: 83, nanos: 0 },
    tags: ["tenant-4711", "nightly"],
    error: {
      type: "TASK_ERROR_TYPE_BUILT_IN",
      name: "ConnectionError",
      message: "接続できませんでした 🎉\nconnect ECONNREFUSED 10.0.0.12:5432",
    },
  }),
  runOf({
    id: "run_01m8xk2b0q3gc0000000000000",
    taskId: "hello-world",
    status: "RUN_STATUS_PENDING_VERSION",
    createTime: timestampToWire(now - 12_000),
  }),
];

function linesAt(columns: number | undefined, listed = runs): readonly string[] {
  const stream = { write: () => {}, ...(columns === undefined ? {} : { isTTY: true, columns }) };
  return runTable(listed, new Output(stream, stream, { NO_COLOR: "1" }), now);
}

describe("the list of runs", () => {
  test("has no line that a terminal would wrap, from 20 columns on", () => {
    for (let columns = 20; columns <= 220; columns += 1) {
      for (const line of linesAt(columns)) assert.ok(textWidth(line) <= columns, `${line} at ${columns}`);
    }
  });

  test("has id, task, status, age and error at 80 columns", () => {
    const [titles, failed, pending] = linesAt(80);
    assert.deepEqual(titles?.split(/\s+/), ["RUN", "TASK", "STATUS", "AGE", "ERROR"]);
    assert.match(failed ?? "", /^run_01m8xk2a9q3fb {2}import-customers-from-crm {2}FAILED {12}2h {2}ConnectionE…$/);
    assert.match(pending ?? "", /^run_01m8xk2b0q3gc {2}hello-world +PENDING_VERSION {2}12s$/);
  });

  test("has whole ids where there is room", () => {
    assert.match(linesAt(100)[1] ?? "", /^run_01m8xk2a9q3fbw9k0qzt7c5d1e {2}import-/);
  });

  test("counts the attempt that goes on", () => {
    const attemptsOf = (run: Run): string | undefined =>
      linesAt(undefined, [runOf({ id: "run_1", taskId: "t", createTime: timestampToWire(now), ...run })])[1]?.split(
        / +/,
      )[4];
    assert.equal(attemptsOf({ status: "RUN_STATUS_QUEUED" }), "0");
    assert.equal(attemptsOf({ status: "RUN_STATUS_EXECUTING" }), "1");
    assert.equal(attemptsOf({ status: "RUN_STATUS_WAITING", attemptCount: 1 }), "2");
    assert.equal(attemptsOf({ status: "RUN_STATUS_REATTEMPTING", attemptCount: 1 }), "1");
    assert.equal(attemptsOf({ status: "RUN_STATUS_COMPLETED", attemptCount: 2 }), "2");
  });

  test("has no column for errors where no run has one", () => {
    assert.deepEqual(linesAt(80, runs.slice(1))[0]?.split(/\s+/).includes("ERROR"), false);
  });

  test("has an error on a line of its own where there is no room beside it", () => {
    const [, , error = "", next = ""] = linesAt(40);
    assert.match(error, /^ {2}ConnectionError: 接続できませ\S*…$/);
    assert.match(next, /^run_01m8xk2b0q3gc /);
  });

  test("is not cut where it goes into a pipe", () => {
    const [titles, failed] = linesAt(undefined);
    assert.match(titles ?? "", /^RUN +TASK +STATUS +AGE +ATTEMPTS +ACTIVE +CREATED +TAGS +ERROR$/);
    assert.match(
      failed ?? "",
      /^run_01m8xk2a9q3fbw9k0qzt7c5d1e +import-customers-from-crm +FAILED +2h +3 +1m 23s +\S+ \S+ +tenant-4711,nightly +ConnectionError: 接続できませんでした 🎉 connect ECONNREFUSED 10\.0\.0\.12:5432$/,
    );
  });
});
