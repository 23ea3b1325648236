import type { MachineName, machineCpus, machineMemories } from "../contract/machine.ts";

/** A retry policy: how often and when another attempt follows a failed one. Missing members take these defaults. */
export interface RetryOptions {
  /** Attempts in total, the first one included, at most 250; 1 or less means a single attempt. @defaultValue 3 */
  readonly maxAttempts?: number;
  /** Growth of the delay with each retry, above 0. @defaultValue 2 */
  readonly factor?: number;
  /** Milliseconds before the second attempt. @defaultValue 1_000 */
  readonly minTimeoutInMs?: number;
  /** Longest delay in milliseconds. @defaultValue 60_000 */
  readonly maxTimeoutInMs?: number;
  /** Multiplies each delay by a random number in [1, 2). @defaultValue true */
  readonly randomize?: boolean;
  /** Machine of the attempts after one that ran out of memory. @defaultValue none: the run ends as `CRASHED` */
  readonly outOfMemory?: { readonly machine: MachinePreset };
}

/** A queue: runs that share a limit. */
export interface TaskQueue {
  /** Letters, digits and `_ / -`; other characters are removed, and the rest is cut at 128. @defaultValue a queue of the task's own */
  readonly name?: string;
  /** Limits how many of its runs execute at once, 0 to 100,000; with 0 none starts. @defaultValue `null`, no limit */
  readonly concurrencyLimit?: number | null;
}

/** Names a machine: the vCPU and memory of a worker thread. */
export type MachinePreset = MachineName;

/** A machine preset by name or, for older tasks, the smallest one with at least this many vCPU and GB. */
export type TaskMachine =
  | MachinePreset
  | { readonly preset: MachinePreset }
  | { readonly cpu?: (typeof machineCpus)[number]; readonly memory?: (typeof machineMemories)[number] };

/** The options of a task, without its functions. */
export interface TaskOptions<TId> {
  /** Unique in the project and the same in every version: letters, digits and `_ . : / -`, at most 128 characters. */
  readonly id: TId;
  /** Text for listings. @defaultValue none */
  readonly description?: string;
  /** Replaces the configured retry policy as a whole. @defaultValue the configured one, else 3 attempts */
  readonly retry?: RetryOptions;
  /** A queue of its own, or one that `queue()` declared for several tasks. @defaultValue its own queue, without a limit */
  readonly queue?: TaskQueue;
  /** @defaultValue the configured one, else `"small-1x"` */
  readonly machine?: TaskMachine;
  /**
   * Stops an attempt after this much active time, in seconds above 0; `timeout.None` means no limit.
   * @defaultValue the configured one, else no limit
   */
  readonly maxDuration?: number;
  /**
   * Limits how long a run stays queued before its first attempt: a duration such as `"10m"`, or seconds; 0 means no limit.
   * @defaultValue the configured one, else no limit
   */
  readonly ttl?: string | number;
  /** JSON Schema of the payload for listings; payloads are not checked with it. @defaultValue none */
  readonly jsonSchema?: object;
}
