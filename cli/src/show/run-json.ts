import type { Run__Output, TaskError__Output } from "@baton/proto";
import { toRetrievedRun, toRunSummary } from "@baton/sdk/run-object";

/** A run as `--json` prints it: the SDK's run object, with dates as text, and payload and output as they are stored. */
export function runToJson(run: Run__Output): unknown {
  return {
    ...toRetrievedRun({ ...run, payloadTypes: "", outputTypes: "" }),
    ...(run.payload === "" ? {} : { payload: parseJsonText(run.payload) }),
    ...(run.output === "" ? {} : { output: parseJsonText(run.output) }),
  };
}

/** A run of a list as `--json` prints it: the SDK's, which has no payload, output, error, attempts and timeline. */
export function listedRunToJson(run: Run__Output): unknown {
  return toRunSummary(run);
}

/** JSON text as a value; nothing, or text that is not JSON, is `null`. */
export function parseJsonText(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** What failed, in one line. */
export function errorLine(error: TaskError__Output): string {
  if (error.type === "TASK_ERROR_TYPE_BUILT_IN") return `${error.name || "Error"}: ${error.message}`;
  if (error.type === "TASK_ERROR_TYPE_INTERNAL") {
    return error.message === "" ? error.code : `${error.code}: ${error.message}`;
  }
  return error.raw;
}
