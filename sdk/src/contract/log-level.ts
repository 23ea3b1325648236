// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export { type LogLevel, logLevelFromWire, logLevelRank } from "@baton/proto/contract/log-level";
