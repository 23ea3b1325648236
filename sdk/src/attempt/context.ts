/** Describes the attempt that executes: `ctx`. Deeply frozen, with the values of the attempt's start. */
export interface Context {
  readonly task: { readonly id: string; readonly filePath: string; readonly exportName: string };
  readonly attempt: {
    readonly id: string;
    /** Counts from 1. */
    readonly number: number;
    /** Number of uncharged interruptions of this run. */
    readonly interruptions: number;
    readonly startedAt: Date;
    readonly status: "EXECUTING";
  };
  readonly run: {
    readonly id: string;
    readonly createdAt: Date;
    /** The start of attempt 1. */
    readonly startedAt: Date;
    readonly tags: readonly string[];
    readonly isTest: boolean;
    readonly isReplay: boolean;
    readonly idempotencyKey?: string;
    readonly idempotencyKeyScope?: "run" | "attempt" | "global";
    /** Attempts in total, the first one included. */
    readonly maxAttempts: number;
    /** Seconds; absent when there is no limit. */
    readonly maxDuration?: number;
    /** Seconds; absent when 0. */
    readonly priority?: number;
    readonly version: string;
    readonly parentTaskRunId?: string;
    readonly rootTaskRunId?: string;
    readonly depth: number;
    /** Active time of earlier attempts in milliseconds. */
    readonly durationMs: number;
    readonly costInCents: number;
    readonly baseCostInCents: number;
  };
  readonly queue: { readonly id: string; readonly name: string };
  readonly environment: {
    readonly id: string;
    readonly slug: string;
    readonly type: "PRODUCTION" | "STAGING" | "DEVELOPMENT" | "PREVIEW";
  };
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string };
  readonly project: { readonly id: string; readonly ref: string; readonly slug: string; readonly name: string };
  readonly batch?: { readonly id: string };
  /** `cpu` in vCPU, `memory` in GB. */
  readonly machine: {
    readonly name: string;
    readonly cpu: number;
    readonly memory: number;
    readonly centsPerMs: number;
  };
}
