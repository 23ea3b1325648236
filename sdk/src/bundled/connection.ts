// The build bundles this module into one file of the package, so that the SDK has no dependencies.
export { requireToken, resolveConnection } from "@baton/proto/connection";
