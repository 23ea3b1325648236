import { parseDuration } from "@baton/proto/contract/duration-text";
import { noLimitSeconds } from "@baton/proto/contract/limits";
import { show } from "./retry-options.ts";

/** A value as it was read, or the reason why it is invalid. */
export type Reading<T> = { readonly value: T } | { readonly reason: string };

/** Reads `maxDuration`, in seconds above 0, as milliseconds. Returns `"none"` when it switches the limit off. */
export function readMaxDuration(value: unknown): Reading<number | "none"> {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    return { reason: `expected a number of seconds above 0, got ${show(value)}` };
  }
  return { value: value >= noLimitSeconds ? "none" : Math.max(1, Math.round(value * 1_000)) };
}

/** Reads `ttl`, a duration string or whole seconds, as milliseconds; 0 switches it off. */
export function readTtl(value: unknown): Reading<number> {
  if (typeof value === "number" && Number.isSafeInteger(value * 1_000) && Number.isInteger(value) && value >= 0) {
    return { value: value * 1_000 };
  }
  const duration = typeof value === "string" ? parseDuration(value) : undefined;
  if (duration !== undefined) return { value: duration };
  return { reason: `expected a duration such as "10m" or whole seconds, 0 or more, got ${show(value)}` };
}
