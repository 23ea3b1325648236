// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export {
  type FailureStatus,
  isFinalName,
  parseRunStatusName,
  type RunStatusAlias,
  type RunStatusName,
  runStatusNameFromWire,
  runStatusNameToWire,
} from "@baton/proto/contract/run-status";
