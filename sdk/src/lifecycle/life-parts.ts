import type { TaskRecord } from "../attempt/runtime.ts";
import type { LifeEnd } from "./attempt-end.ts";
import type { FailureCircumstances } from "./error-decision.ts";
import type { HookTable } from "./hook-table.ts";
import type { LifeClock } from "./life-clock.ts";

/** The operations of the executing program that the life of an attempt uses. */
export interface LifeHost {
  /** Deeply frozen, docs/tasks.md 11. */
  readonly ctx: unknown;
  readonly clock: LifeClock;
  /** Stores a line with level `warn`. */
  warn(message: string): void;
  /** Reports that a canceled attempt has `onCancel` hooks and so gets the long grace. */
  canceling(): void;
  /** Reports the end, once. A thread that is not clean must not be used again. */
  ended(end: LifeEnd, isClean: boolean): void;
}

/** The attempt to execute. */
export interface LifeParts {
  readonly task: {
    readonly id: string;
    readonly run: TaskRecord["run"];
    /** Parses the payload for `run` and the hooks. Throws or rejects when the schema refuses it. */
    readonly parsePayload?: ((payload: unknown) => unknown) | undefined;
  };
  readonly hooks: HookTable;
  /** The payload as JSON text; empty for `undefined`. */
  readonly payloadText: string;
  /** The payload's types, which JSON cannot say. */
  readonly payloadTypes?: string | undefined;
  /**
   * Largest output in bytes of UTF-8.
   * @defaultValue 10 MiB
   */
  readonly maxOutputBytes?: number | undefined;
  readonly circumstances: FailureCircumstances;
  readonly host: LifeHost;
}
