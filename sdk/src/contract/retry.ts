// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export { builtInRetryPolicy, type RetryPolicy, retryDelayMs } from "@baton/proto/contract/retry";
