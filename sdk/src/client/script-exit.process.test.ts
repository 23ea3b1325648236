import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { FakeRunService } from "./fake-run-service.test.support.ts";

test("a script that triggered and polled ends by itself", async () => {
  const coordinator = new FakeRunService();
  await coordinator.start();
  const script = `
    import { runs, tasks } from ${JSON.stringify(import.meta.resolve("../index.js"))};
    const handle = await tasks.trigger("any", 1);
    const run = await runs.poll(handle);
    console.log(run.status);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, BATON_COORDINATOR: coordinator.address, BATON_TOKEN: "" },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 10_000,
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const exited = new Promise((resolve) => child.once("close", resolve));
  await waitUntil("the request", () => coordinator.watchRequests.length > 0);
  for (const id of coordinator.runs.keys()) coordinator.change(id, { status: "RUN_STATUS_COMPLETED" });
  assert.equal(await exited, 0);
  assert.equal(output, "COMPLETED\n");
  coordinator.stop();
});
