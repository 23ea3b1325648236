import {
  loadFileDescriptorSetFromBuffer,
  type MessageTypeDefinition,
  type PackageDefinition,
} from "@grpc/proto-loader";
import { withCamelCaseFields } from "./camel-case-fields.ts";
import { descriptorSetBase64 } from "./generated/descriptor-set.ts";
import type { LogServiceDefinition } from "./generated/types/baton/v1/LogService.ts";
import type { RunnerServiceDefinition } from "./generated/types/baton/v1/RunnerService.ts";
import type { RunServiceDefinition } from "./generated/types/baton/v1/RunService.ts";
import type { TaskServiceDefinition } from "./generated/types/baton/v1/TaskService.ts";
import type { HealthDefinition } from "./generated/types/grpc/health/v1/Health.ts";

/** The FileDescriptorSet from which services, message types and reflection are made. */
export const descriptorSet: Buffer = Buffer.from(descriptorSetBase64, "base64");

const definitions: PackageDefinition = loadFileDescriptorSetFromBuffer(withCamelCaseFields(descriptorSet), {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

function definitionOf(name: string): unknown {
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`The descriptor set has no "${name}"; run "npm run generate".`);
  return definition;
}

/** The gRPC service definitions, for a server's `addService` and for `makeGenericClientConstructor`. */
export const services = {
  run: definitionOf("baton.v1.RunService") as RunServiceDefinition,
  task: definitionOf("baton.v1.TaskService") as TaskServiceDefinition,
  runner: definitionOf("baton.v1.RunnerService") as RunnerServiceDefinition,
  log: definitionOf("baton.v1.LogService") as LogServiceDefinition,
  health: definitionOf("grpc.health.v1.Health") as HealthDefinition,
};

/** Every definition of the set by its full name, in the form that the reflection service takes. */
export const packageDefinition: PackageDefinition = definitions;

/** Returns the codec of one message type, for example `"google.rpc.Status"`. */
export function messageType(name: string): MessageTypeDefinition<object, object> {
  return definitionOf(name) as MessageTypeDefinition<object, object>;
}
