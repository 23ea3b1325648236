import type { FailureDecision } from "../contract/outcome.ts";
import type { TaskError } from "../contract/task-error.ts";
import type { EncodedValue } from "../values/encode-value.ts";

/** The result of an attempt, with the values that its hooks get. */
export type Verdict =
  /** `encoded` is the stored form of `value`. */
  | { readonly type: "succeeded"; readonly value: unknown; readonly encoded: EncodedValue }
  | {
      readonly type: "failed";
      /** The thrown value, or the error that `handleError` returned. */
      readonly thrown: unknown;
      readonly error: TaskError;
      readonly decision: FailureDecision;
      /** Whether the run ends as `FAILED`, so that `onFailure` and `onComplete` are called. */
      readonly isFailedRun: boolean;
    };

/** Makes the verdict of a failed attempt. */
export function failedVerdict(thrown: unknown, error: TaskError, decision: FailureDecision): Verdict {
  const isFailedRun = decision.type === "final" && decision.status === "failed";
  return { type: "failed", thrown, error, decision, isFailedRun };
}
