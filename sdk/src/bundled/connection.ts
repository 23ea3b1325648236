// The build puts what stands here into one file of the package, so that nothing has to be installed beside the SDK.
export { requireToken, resolveConnection } from "@baton/proto/connection";
