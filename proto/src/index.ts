export type * from "./generated/messages.ts";
export { descriptorSet, messageType, packageDefinition, services } from "./load.ts";
export { durationFromWire, durationToWire, type SecondsAndNanos, timestampFromWire, timestampToWire } from "./time.ts";
