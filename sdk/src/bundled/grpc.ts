// The build bundles this module into one file of the package, so that the SDK has no dependencies.
export { CoordinatorChannel } from "@baton/proto/client/channel";
export { readStatusDetails } from "@baton/proto/client/status-details";
export { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
