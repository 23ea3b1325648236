import type { LogLevel } from "@baton/proto/contract/log-level";
import type { Failure } from "@baton/proto/contract/outcome";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import type { BuiltTask, ResolvedConfig } from "../build/manifest.ts";

/** The data of a registered version that a worker thread needs. */
export interface ThreadVersion {
  /** "YYYYMMDD.N" */
  readonly version: string;
  /** Absolute folder of the version. */
  readonly dir: string;
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  readonly config: ResolvedConfig;
  readonly configBundleFile?: string;
  readonly initBundleFile?: string;
  readonly tasks: readonly BuiltTask[];
}

/** What the coordinator sends about one attempt, except the payload. Instants are milliseconds since the epoch. */
export interface AttemptDetails {
  readonly runId: string;
  readonly attemptId: string;
  readonly attemptNumber: number;
  readonly interruptionCount: number;
  readonly taskId: string;
  readonly version: string;
  readonly machine: string;
  readonly maxDurationMs?: number | undefined;
  readonly maxAttempts: number;
  readonly queue: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly idempotencyKey: string;
  readonly createdAt: number;
  /** The start of attempt 1; absent in attempt 1 itself. */
  readonly startedAt?: number | undefined;
  readonly parentRunId: string;
  readonly rootRunId: string;
  readonly depth: number;
  readonly batchId: string;
  readonly isReplay: boolean;
  readonly isTest: boolean;
  /** Active time of earlier attempts, in milliseconds. */
  readonly activeMs: number;
  /** The retry policy that an earlier attempt locked. */
  readonly retry?: RetryPolicy | undefined;
  /** The largest output, in bytes of UTF-8. */
  readonly maxOutputBytes: number;
  /** Characters of the payload's JSON; absent when no types follow it. */
  readonly payloadLength?: number | undefined;
}

/** An attempt's usage so far, as its thread measures it. Values that this Node.js cannot measure are absent. */
export interface ThreadUsage {
  readonly heapBytes: number;
  /** Memory outside the heap, buffers included. */
  readonly externalBytes: number;
  /** Processor time of the thread. */
  readonly cpuMs?: number | undefined;
}

/** The end of an attempt as its thread reports it. The output is sent beside it. */
export interface ThreadEnd {
  /** The start of an attempt that followed others in its message; the host knows that of the others. */
  readonly startedAt?: number | undefined;
  readonly endedAt: number;
  readonly activeMs: number;
  /** Absent for attempts that were too short to measure. */
  readonly usage?: ThreadUsage | undefined;
  readonly end:
    | {
        readonly type: "succeeded";
        readonly hasOutput: boolean;
        /** Characters of the output's JSON; absent when no types follow it. */
        readonly outputLength?: number | undefined;
      }
    | Failure;
}

/** One line that a task printed or logged. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly properties?: string | undefined;
}

/**
 * What follows a batch of an attempt's lines. `open`: more may come. `cut`: the first half of the limit is full, and
 * later lines are kept back until the end. `last`: no more come.
 */
export type LogBatchState = "open" | "cut" | "last";

/**
 * A message of the host to a worker thread. A string is an attempt to execute, in the form of `attempt-text.ts`; an
 * array contains several, which are executed one after another. The thread must claim each one (`claims.ts`).
 */
export type ToThread =
  | string
  | readonly string[]
  /** `manifest`: JSON of a `ThreadVersion`. */
  | { readonly type: "version"; readonly manifest: string }
  | { readonly type: "cancel"; readonly attemptId: string; readonly reason: string }
  /**
   * The attempt exceeded its `maxDuration`: its signal is aborted, its code is not called again, its thread ends soon.
   */
  | { readonly type: "timeUp"; readonly attemptId: string; readonly limitMs: number; readonly usedMs: number }
  /** Asks for the attempt's usage. A busy thread does not answer. */
  | { readonly type: "measure"; readonly attemptId: string }
  /** `body`: JSON of the response or of the error. */
  | { readonly type: "callResult"; readonly callId: number; readonly isError: boolean; readonly body: string };

/**
 * A message of a worker thread to its host. A string is the end of the attempt, in the form of `attempt-text.ts`.
 */
export type FromThread =
  | string
  | { readonly type: "hello"; readonly threadId: number }
  | { readonly type: "loading" }
  | { readonly type: "active" }
  /** The attempt was asked to stop and has `onCancel` hooks, so it gets the longer grace. */
  | { readonly type: "canceling" }
  | { readonly type: "measured"; readonly attemptId: string; readonly usage: ThreadUsage }
  /** The attempt sent this signal to its own process, and its thread ends instead. */
  | { readonly type: "signaled"; readonly signal: string }
  /** Code changes V8 flags, which all threads of the process share. */
  | { readonly type: "flagsChanged" }
  /** The attempt's task cannot be imported, because the process has too many open files. */
  | { readonly type: "crowded" }
  /** Code of an ended attempt failed; the thread must not be used again. */
  | { readonly type: "spoiled" }
  /** `body`: JSON of `LogLine[]`. */
  | { readonly type: "logs"; readonly attemptId: string; readonly state: LogBatchState; readonly body: string }
  /** Late lines. `body`: JSON of `LogLine[]`. */
  | { readonly type: "lateLogs"; readonly attemptId: string; readonly body: string }
  | {
      readonly type: "call";
      readonly attemptId: string;
      readonly callId: number;
      readonly method: string;
      readonly body: string;
    };
