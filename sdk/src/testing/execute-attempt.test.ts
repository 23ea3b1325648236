import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseCall } from "./execute-attempt.ts";

async function refusalOf(method: string, request: object): Promise<string> {
  try {
    return await refuseCall(method, request);
  } catch (failure) {
    return (failure as { readonly message: string }).message;
  }
}

test("a refused trigger names the task that was triggered, and not a method of the protocol", async () => {
  const one = await refusalOf("TriggerMany", { items: [{ taskId: "send-reminder" }] });
  assert.match(one, /^The task triggered "send-reminder", and a test has no coordinator\. /);
  const many = await refusalOf("BatchTrigger", { items: [{ taskId: "a" }, { taskId: "a" }, { taskId: "b" }] });
  assert.match(many, /^The task triggered "a", "b", and /);
  assert.match(await refusalOf("GetRun", { runId: "run_1" }), /^The task called GetRun, and /);
});
