import type { MachineName } from "../contract/machine.ts";

/** When and how often a failed attempt is followed by another. Members that are missing take these defaults. */
export interface RetryOptions {
  /** Attempts in total, the first included; 1 or less: a single attempt. @defaultValue 3 */
  readonly maxAttempts?: number;
  /** Growth of the delay per retry, above 0. @defaultValue 2 */
  readonly factor?: number;
  /** Milliseconds before the second attempt. @defaultValue 1_000 */
  readonly minTimeoutInMs?: number;
  /** Upper bound of a delay in milliseconds. @defaultValue 60_000 */
  readonly maxTimeoutInMs?: number;
  /** Multiplies each delay by a random number in [1, 2). @defaultValue true */
  readonly randomize?: boolean;
  /** The preset for attempts after one that ran out of memory; none by default. */
  readonly outOfMemory?: { readonly machine: MachinePreset };
}

/** Runs that share a limit. */
export interface TaskQueue {
  /** Letters, digits and `_ / -`; others are removed, and it is cut at 128. @defaultValue a queue of the task's own */
  readonly name?: string;
  /** How many of its runs may execute at once, 0 to 100,000; 0: none starts. @defaultValue `null`, no limit */
  readonly concurrencyLimit?: number | null;
}

/** A named size of the worker thread: vCPU and memory. */
export type MachinePreset = MachineName;

/** A machine preset by name or, for older tasks, by the vCPU and GB that it has at least. */
export type TaskMachine =
  | MachinePreset
  | { readonly preset: MachinePreset }
  | { readonly cpu?: 0.25 | 0.5 | 1 | 2 | 4; readonly memory?: 0.25 | 0.5 | 1 | 2 | 4 | 8 };

/** What a task says about itself besides its functions. */
export interface TaskOptions<TId> {
  /** Unique in the project, the same in every version: letters, digits and `_ . : / -`, at most 128 characters. */
  readonly id: TId;
  /** Shown in listings. */
  readonly description?: string;
  /** Replaces the configured default as a whole. */
  readonly retry?: RetryOptions;
  /** Of its own, or one that `queue()` made for several tasks. */
  readonly queue?: TaskQueue;
  /** @defaultValue the configured one, else `"small-1x"` */
  readonly machine?: TaskMachine;
  /** Seconds of active time after which an attempt is stopped, above 0; `timeout.None`: no limit. */
  readonly maxDuration?: number;
  /** How long a run may stay queued before its first attempt: a duration such as `"10m"`, or seconds; 0: for ever. */
  readonly ttl?: string | number;
  /** JSON Schema of the payload, for listings; payloads are not checked with it. */
  readonly jsonSchema?: object;
}
