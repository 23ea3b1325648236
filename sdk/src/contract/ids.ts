// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { idRandomBytes, makeId } from "@baton/proto/contract/ids";
