import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { HostClaims } from "./claims.ts";

test("while host and thread reach for them at once, each attempt goes to one of them", async () => {
  const rounds = 300;
  const perRound = 200;
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const host = new HostClaims(shared);
  const turn = new Int32Array(new SharedArrayBuffer(8));
  const code = `
    import { workerData } from "node:worker_threads";
    const { ThreadClaims } = await import(workerData.file);
    const { shared, turn, rounds } = workerData;
    const claims = new ThreadClaims(shared);
    for (let round = 1; round <= rounds; round += 1) {
      while (Atomics.load(turn, 0) < round);
      claims.received();
      let claimed = 0;
      while (claims.claim()) claimed += 1;
      Atomics.add(turn, 1, claimed);
      Atomics.store(turn, 0, -round);
    }`;
  const file = new URL("claims.js", import.meta.url).href;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: { file, shared, turn, rounds },
  });
  try {
    await new Promise((resolve) => worker.once("online", resolve));
    let takenBack = 0;
    for (let round = 1; round <= rounds; round += 1) {
      host.offer(perRound);
      Atomics.store(turn, 0, round);
      while (Atomics.load(turn, 0) !== -round) takenBack += host.takeBack(1);
    }
    assert.equal(takenBack + Atomics.load(turn, 1), rounds * perRound);
  } finally {
    await worker.terminate();
  }
});
