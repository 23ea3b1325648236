// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { builtInRetryPolicy, type RetryPolicy, retryDelayMs } from "@baton/proto/contract/retry";
