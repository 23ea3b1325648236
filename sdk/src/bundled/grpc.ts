// The build puts what stands here into one file of the package, so that nothing has to be installed beside the SDK.
export { messageType, type RunServiceClient, services } from "@baton/proto";
export {
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
