// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { type LogLevel, logLevelFromWire, logLevelRank } from "@baton/proto/contract/log-level";
