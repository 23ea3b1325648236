import type { Failure, Success } from "../contract/outcome.ts";

/** How the life of an attempt ended, as the code saw it that executes it. */
export type LifeEnd =
  | Success
  | Failure
  /** Nobody wants an outcome: the run is canceled already. */
  | { readonly type: "canceled"; readonly reason: string };
