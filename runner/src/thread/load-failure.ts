import { describeThrown, type LifeEnd } from "@baton/sdk/lifecycle";

/** Returns the end of an attempt whose task cannot be loaded (docs/tasks.md 4.2, rows 25 to 27). */
export function loadFailure(
  code: "COULD_NOT_FIND_TASK" | "COULD_NOT_IMPORT_TASK" | "COULD_NOT_FIND_EXECUTOR",
  message: string,
  stackTrace?: string,
): LifeEnd {
  return {
    type: "failed",
    error: { type: "internal", code, message, ...(stackTrace === undefined ? undefined : { stackTrace }) },
    decision: { type: "final", status: "systemFailure" },
  };
}

/** Returns the end of an attempt for which an imported file threw. */
export function importFailure(file: string, thrown: unknown): LifeEnd {
  const { message, stackTrace } = describeThrown(thrown);
  return loadFailure("COULD_NOT_IMPORT_TASK", `${file} could not be imported. ${message}`, stackTrace);
}
