// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export {
  cancelGraceMs,
  defaultMaxOutputBytes,
  longCancelGraceMs,
  longestTimerMs,
  maxAttemptsPerRun,
  noLimitSeconds,
} from "@baton/proto/contract/limits";
