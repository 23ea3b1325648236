// The build replaces this file with the module itself, so that the SDK has no dependencies.
export {
  type FailureStatus,
  isFinalName,
  parseRunStatusName,
  type RunStatusAlias,
  type RunStatusName,
  runStatusNameFromWire,
  runStatusNameToWire,
} from "@baton/proto/contract/run-status";
