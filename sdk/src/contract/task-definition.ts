// The build replaces this file with the module itself, so that the SDK has no dependencies.
export { ownQueueOf } from "@baton/proto/contract/task-definition";
