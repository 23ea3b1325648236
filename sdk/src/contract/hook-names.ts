// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export { type HookName, objectHookNames, positionalHookNames } from "@baton/proto/contract/hook-names";
