import type { LogLevel } from "@baton/proto/contract/log-level";
import type { Failure } from "@baton/proto/contract/outcome";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import type { BuiltTask, ResolvedConfig } from "../build/manifest.ts";

/** A registered version, as a worker thread needs it. */
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

/** The coordinator's share of one attempt, all but the payload. Instants are milliseconds since the epoch. */
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
  /** The start of attempt 1; absent when this is it. */
  readonly startedAt?: number | undefined;
  readonly parentRunId: string;
  readonly rootRunId: string;
  readonly depth: number;
  readonly batchId: string;
  readonly isReplay: boolean;
  readonly isTest: boolean;
  /** Active time of earlier attempts. */
  readonly activeMs: number;
  /** The policy that an earlier attempt locked. */
  readonly retry?: RetryPolicy | undefined;
  /** The largest output, in bytes of UTF-8. */
  readonly maxOutputBytes: number;
  /** Characters of the payload's JSON, when its types follow it; absent: none do. */
  readonly payloadLength?: number | undefined;
}

/** What an attempt used so far, as its thread sees it. What this Node.js cannot measure is absent. */
export interface ThreadUsage {
  readonly heapBytes: number;
  /** Memory outside the heap, buffers included. */
  readonly externalBytes: number;
  /** Processor time of the thread. */
  readonly cpuMs?: number | undefined;
}

/** How the thread saw the attempt end. The output travels beside it. */
export interface ThreadEnd {
  readonly endedAt: number;
  readonly activeMs: number;
  /** Absent of attempts that were too short to measure. */
  readonly usage?: ThreadUsage | undefined;
  readonly end:
    | {
        readonly type: "succeeded";
        readonly hasOutput: boolean;
        /** Characters of the output's JSON, when its types follow it; absent: none do. */
        readonly outputLength?: number | undefined;
      }
    | Failure;
}

/** One line that a task wrote. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly properties?: string | undefined;
}

/**
 * How an attempt's lines go on after a batch: more may come; the first half is full and the last lines are kept back
 * until the end; no more will come.
 */
export type LogBatchState = "open" | "cut" | "last";

/**
 * What the host tells a worker thread. A string is an attempt to execute, in the form of `attempt-text.ts`.
 */
export type ToThread =
  | string
  /** `manifest`: JSON of a `ThreadVersion`. */
  | { readonly type: "version"; readonly manifest: string }
  | { readonly type: "cancel"; readonly attemptId: string; readonly reason: string }
  /** The attempt passed its `maxDuration`: its signal is aborted, its code is called no more, its thread ends soon. */
  | { readonly type: "timeUp"; readonly attemptId: string; readonly limitMs: number; readonly usedMs: number }
  /** Say what the attempt uses; a thread that does not answer is busy. */
  | { readonly type: "measure"; readonly attemptId: string }
  /** `body`: JSON of the response, or of the error. */
  | { readonly type: "callResult"; readonly callId: number; readonly isError: boolean; readonly body: string };

/**
 * What a worker thread tells its host. A string is the end of the attempt, in the form of `attempt-text.ts`.
 */
export type FromThread =
  | string
  | { readonly type: "hello"; readonly threadId: number }
  | { readonly type: "loading" }
  | { readonly type: "active" }
  /** The attempt was asked to stop and has `onCancel` hooks, so it may take the long grace. */
  | { readonly type: "canceling" }
  | { readonly type: "measured"; readonly attemptId: string; readonly usage: ThreadUsage }
  /** The attempt sent this signal to its own process, and its thread ends instead. */
  | { readonly type: "signaled"; readonly signal: string }
  /** Code changes flags that every thread of the process has. */
  | { readonly type: "flagsChanged" }
  /** The attempt's task cannot be imported, because the process cannot open any more files. */
  | { readonly type: "crowded" }
  /** Something of an attempt that ended went wrong; the thread must not be used again. */
  | { readonly type: "spoiled" }
  /** `body`: JSON of `LogLine[]`. */
  | { readonly type: "logs"; readonly attemptId: string; readonly state: LogBatchState; readonly body: string }
  /** Lines of an attempt that has ended. `body`: JSON of `LogLine[]`. */
  | { readonly type: "lateLogs"; readonly attemptId: string; readonly body: string }
  | {
      readonly type: "call";
      readonly attemptId: string;
      readonly callId: number;
      readonly method: string;
      readonly body: string;
    };
