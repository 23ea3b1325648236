// The build puts the module itself into this place, so that nothing has to be installed beside the SDK.
export { ownQueueOf } from "@baton/proto/contract/task-definition";
