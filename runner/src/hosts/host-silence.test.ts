import assert from "node:assert/strict";
import { test } from "node:test";
import { HostSilence, readCpuWaitMs } from "./host-silence.ts";

/**
 * Returns when a host counts as silent that is pinged every 250 ms and waits `waitedOf250Ms` of them for a processor.
 */
function silentAt(waitedOf250Ms: number, answeredAtMs?: number): number | undefined {
  let waitedMs = 0;
  const silence = new HostSilence(() => waitedMs);
  for (let atMs = 0; atMs <= 20_000; atMs += 250) {
    if (silence.isSilentAfter(250)) return atMs;
    if (atMs === answeredAtMs) silence.answered();
    waitedMs += waitedOf250Ms;
  }
  return undefined;
}

test("a host that has a processor and answers nothing is silent after a second", () => {
  assert.equal(silentAt(0), 1_000);
});

test("an answer begins the second anew", () => {
  assert.equal(silentAt(0, 750), 2_000);
});

test("time without a processor does not count, up to ten seconds", () => {
  assert.equal(silentAt(125), 2_000);
  assert.equal(silentAt(250), 10_000);
});

const skip = process.platform !== "linux" && "the system says nothing of it";
test("the system says how long a process has waited for a processor", { skip }, () => {
  assert.ok(readCpuWaitMs(process.pid) > 0);
  assert.equal(readCpuWaitMs(undefined), 0);
});
