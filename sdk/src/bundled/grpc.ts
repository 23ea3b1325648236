// The build puts what stands here into one file of the package, so that nothing has to be installed beside the SDK.
export { CoordinatorChannel } from "@baton/proto/client/channel";
export { readStatusDetails } from "@baton/proto/client/status-details";
export { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
