import type { TaskError } from "@baton/proto/contract/task-error";
import type { AttemptRecord } from "./attempt.ts";

/** Ended attempts that keep their errors in full. */
export const fullAttemptRecords = 10;
/** Interrupted executions that keep a record; of earlier ones only the count stays. */
export const maxInterruptedRecords = 250;
/** Attempts of one run that count, explicit retries included. */
export const maxAttemptsPerRun = 250;
/** Characters of an older attempt's message that are kept. */
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

/** The history with one more record, kept within its limits. */
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
