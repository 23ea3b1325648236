import type { Failure, Success } from "../contract/outcome.ts";

/** How the life of an attempt ended. */
export type LifeEnd =
  | Success
  | Failure
  /** The run is canceled already, so there is no outcome to report. */
  | { readonly type: "canceled"; readonly reason: string };
