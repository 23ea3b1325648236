// The build bundles this module into one file of the package, so that the SDK has no dependencies.
export { durationFromWire, durationToWire, timestampFromWire, timestampToWire } from "@baton/proto/time";
