import type { TaskError } from "@baton/proto/contract/task-error";
import type { AttemptRecord } from "./attempt.ts";

/** How many of the newest records keep their full errors. */
export const fullAttemptRecords = 10;
/** Records of interrupted attempts that are kept; older ones are only counted. */
export const maxInterruptedRecords = 250;
/** Characters that are kept of an older attempt's message. */
export const shortMessageLength = 200;

function shortened(error: TaskError): TaskError {
  switch (error.type) {
    case "builtIn": {
      const { message, name, type } = error;
      return { type, name, message: message.slice(0, shortMessageLength), stackTrace: "" };
    }
    case "internal": {
      const { message = "", code, type } = error;
      return { type, code, message: message.slice(0, shortMessageLength) };
    }
    default:
      return { type: error.type, raw: error.raw.slice(0, shortMessageLength) };
  }
}

/** Returns the history with one more record, within its limits. */
export function withAttempt(history: readonly AttemptRecord[], record: AttemptRecord): readonly AttemptRecord[] {
  let kept = history;
  if (history.filter((entry) => entry.status === "interrupted").length >= maxInterruptedRecords) {
    const oldest = history.findIndex((entry) => entry.status === "interrupted");
    kept = history.toSpliced(oldest, 1);
  }
  const leavesFull = kept.length - fullAttemptRecords;
  const aged = leavesFull >= 0 ? kept[leavesFull] : undefined;
  if (aged?.error !== undefined) kept = kept.with(leavesFull, { ...aged, error: shortened(aged.error) });
  return [...kept, record];
}
