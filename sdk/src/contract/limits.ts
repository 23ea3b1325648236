// The build replaces this file with the module itself, so that the SDK has no dependencies.
export {
  cancelGraceMs,
  defaultMaxOutputBytes,
  latestInstantMs,
  longCancelGraceMs,
  longestTimerMs,
  maxAttemptsPerRun,
  noLimitSeconds,
} from "@baton/proto/contract/limits";
