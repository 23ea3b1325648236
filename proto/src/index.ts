export type { MessageOutline } from "./codec.ts";
export { outlines } from "./generated/codecs.ts";
export type * from "./generated/messages.ts";
export { messageType, readDescriptorSet, services } from "./services.ts";
export { durationFromWire, durationToWire, type SecondsAndNanos, timestampFromWire, timestampToWire } from "./time.ts";
