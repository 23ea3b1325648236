// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { type HookName, objectHookNames, positionalHookNames } from "@baton/proto/contract/hook-names";
