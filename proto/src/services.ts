import {
  baton_v1_LogService,
  baton_v1_RunnerService,
  baton_v1_RunService,
  baton_v1_TaskService,
  codecs,
  grpc_health_v1_Health,
  grpc_reflection_v1_ServerReflection,
  grpc_reflection_v1alpha_ServerReflection,
} from "./generated/codecs.ts";
import { descriptorSetBase64 } from "./generated/descriptor-set.ts";

/** The gRPC service definitions, for a server's `addService` and for `makeGenericClientConstructor`. */
export const services = {
  run: baton_v1_RunService,
  task: baton_v1_TaskService,
  runner: baton_v1_RunnerService,
  log: baton_v1_LogService,
  health: grpc_health_v1_Health,
  reflection: grpc_reflection_v1_ServerReflection,
  /** The older version of reflection, which differs only in name. */
  reflectionAlpha: grpc_reflection_v1alpha_ServerReflection,
};

/** Returns the codec of one message type, for example `"google.rpc.Status"`. */
export function messageType<Name extends keyof typeof codecs>(name: Name): (typeof codecs)[Name] {
  return codecs[name];
}

/** Returns the serialised FileDescriptorSet of all services and messages. */
export function readDescriptorSet(): Buffer {
  return Buffer.from(descriptorSetBase64, "base64");
}
