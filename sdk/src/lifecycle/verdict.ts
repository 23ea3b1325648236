import type { FailureDecision } from "../contract/outcome.ts";
import type { TaskError } from "../contract/task-error.ts";
import type { EncodedValue } from "../values/encode-value.ts";

/** What an attempt came to, with what hooks are shown of it. */
export type Verdict =
  /** `encoded` is `value` as it is stored. */
  | { readonly type: "succeeded"; readonly value: unknown; readonly encoded: EncodedValue }
  | {
      readonly type: "failed";
      /** The original, or what `handleError` gave in its place. */
      readonly thrown: unknown;
      readonly error: TaskError;
      readonly decision: FailureDecision;
      /** The run ends as `FAILED`, so `onFailure` and `onComplete` are called. */
      readonly isFailedRun: boolean;
    };

/** The verdict on an attempt that failed. */
export function failedVerdict(thrown: unknown, error: TaskError, decision: FailureDecision): Verdict {
  const isFailedRun = decision.type === "final" && decision.status === "failed";
  return { type: "failed", thrown, error, decision, isFailedRun };
}
