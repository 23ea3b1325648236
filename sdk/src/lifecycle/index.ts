// For programs that execute attempts: the runner and `@baton/sdk/testing`. Not for applications: any release may change it.

export type { FailureDecision } from "../contract/outcome.ts";
export { type RetryPolicy, retryDelayMs } from "../contract/retry.ts";
export { type ErrorDetails, type InternalCode, internalCodes, type TaskError } from "../contract/task-error.ts";
export type { LifeEnd } from "./attempt-end.ts";
export { AttemptLife } from "./attempt-life.ts";
export type { FailureCircumstances } from "./error-decision.ts";
export { type Hook, type HookParams, HookTable, readHooks, withRegistered } from "./hook-table.ts";
export { type LifeClock, systemClock } from "./life-clock.ts";
export type { LifeHost, LifeParts } from "./life-parts.ts";
export { addOwnFolder, withoutOwnFramesIn } from "./own-frames.ts";
export { cutText, describeThrown } from "./task-error.ts";
export { TaskRunExceededMaxDuration } from "./time-exceeded.ts";
