import type { TaskRecord } from "../attempt/runtime.ts";
import type { LifeEnd } from "./attempt-end.ts";
import type { FailureCircumstances } from "./error-decision.ts";
import type { HookTable } from "./hook-table.ts";
import type { LifeClock } from "./life-clock.ts";

/** What the life of an attempt needs of whoever executes it. */
export interface LifeHost {
  /** Deeply frozen, docs/tasks.md 11. */
  readonly ctx: unknown;
  readonly clock: LifeClock;
  /** Stores a line at level `warn`. */
  warn(message: string): void;
  /** A cancel arrived and there are `onCancel` hooks, so the attempt may take the long grace. */
  canceling(): void;
  /** Told once. A thread that is not clean must not be used again. */
  ended(end: LifeEnd, isClean: boolean): void;
}

/** What is executed. */
export interface LifeParts {
  readonly task: {
    readonly id: string;
    readonly run: TaskRecord["run"];
    /** Gives what `run` and the hooks get for a payload. Throws, or rejects, when its schema refuses it. */
    readonly parsePayload?: ((payload: unknown) => unknown) | undefined;
  };
  readonly hooks: HookTable;
  /** JSON; empty: `undefined`. */
  readonly payloadText: string;
  /** What the payload's JSON cannot say. */
  readonly payloadTypes?: string | undefined;
  /**
   * The largest output, in bytes of UTF-8.
   * @defaultValue 10 MiB
   */
  readonly maxOutputBytes?: number | undefined;
  readonly circumstances: FailureCircumstances;
  readonly host: LifeHost;
}
