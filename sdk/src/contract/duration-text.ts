// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { parseDuration } from "@baton/proto/contract/duration-text";
