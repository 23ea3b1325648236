import type { FailureStatus } from "../contract/run-status.ts";
import type { TaskError } from "./task-error.ts";

/** What decides what follows a failure. */
export type FailureDecision =
  | { readonly type: "retry"; readonly delayMs: number }
  | { readonly type: "final"; readonly status: FailureStatus }
  /** The thread could not decide: the coordinator applies the stored policy, or ends the run with `status`. */
  | { readonly type: "policy"; readonly status: FailureStatus };

/** How the life of an attempt ended, as the code saw it that executes it. */
export type LifeEnd =
  /** `output` is JSON text; absent: no output. `outputTypes` is what its JSON cannot say. */
  | {
      readonly type: "succeeded";
      readonly output?: string | undefined;
      readonly outputTypes?: string | undefined;
    }
  | { readonly type: "failed"; readonly error: TaskError; readonly decision: FailureDecision }
  /** Nobody wants an outcome: the run is canceled already. */
  | { readonly type: "canceled"; readonly reason: string };
