import type { TriggerOptions as WireOptions } from "@baton/proto";
import { durationToWire } from "../bundled/wire-time.ts";
import { type ApiError, apiError } from "../client/errors.ts";
import { timeout } from "../define/timeout.ts";
import { refuseBrokenText } from "../values/well-formed.ts";

/** Options of a trigger. */
export interface TriggerOptions {
  /**
   * When the run may start: a duration such as `"1h30m"`, a date as text, or a `Date`. A moment in the past means now.
   * @defaultValue now
   */
  readonly delay?: string | Date;
  /** A later trigger of the task with this key gets the first run. At most 2,048 characters; an array is joined by `-`. */
  readonly idempotencyKey?: string | readonly string[];
  /** How long the key is kept: a number and `s`, `m`, `h` or `d`, for example `"24h"`. @defaultValue 30 days */
  readonly idempotencyKeyTTL?: string;
  /** At most 10 tags of at most 128 characters; blank ones are dropped. @defaultValue none */
  readonly tags?: string | readonly string[];
  /** Seconds by which the run goes ahead of its queue; may be negative. @defaultValue 0 */
  readonly priority?: number;
  /** A machine preset, for example `"small-2x"`. @defaultValue the task's */
  readonly machine?: string;
  /**
   * Stops an attempt after this much active time, in seconds; 0 means the task's limit, `timeout.None` none.
   * @defaultValue the task's
   */
  readonly maxDuration?: number;
  /** Attempts in total, the first one included; below 1 counts as 1. @defaultValue the task's */
  readonly maxAttempts?: number;
  /**
   * Refuses the trigger with `TASK_NOT_REGISTERED` when no version contains the task, instead of keeping the run as
   * `PENDING_VERSION` until one does.
   * @defaultValue false
   */
  readonly requireRegistered?: boolean;
}

/** Options that the task model has and this version does not have yet. */
const notSupported: readonly string[] = [
  "ttl",
  "queue",
  "concurrencyKey",
  "metadata",
  "debounce",
  "version",
  "region",
  "externalDeploymentId",
  "lockToVersion",
  "triggerSequentially",
];

/**
 * Checks the options and converts them to the wire form.
 * @throws BadRequestError with `OPTION_NOT_SUPPORTED` or `OPTION_INVALID`, `field` naming the option
 * @internal
 */
export function triggerOptionsToWire(options: TriggerOptions = {}): WireOptions {
  if (typeof options !== "object" || options === null) throw invalid("options", "an object", options);
  const wire: WireOptions = {};
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) translate(name, value, wire);
  }
  return wire;
}

/**
 * Refuses every option that is set, because `callName` accepts none yet. @throws BadRequestError with
 * `OPTION_NOT_SUPPORTED`
 */
export function refuseOptions(options: object | undefined, callName: string): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value !== undefined) {
      throw apiError("OPTION_NOT_SUPPORTED", `${callName} does not support the option "${name}".`, `options.${name}`);
    }
  }
}

function translate(name: string, value: unknown, wire: WireOptions): void {
  for (const text of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (typeof text === "string") refuseBrokenText(text, `options.${name}`);
  }
  switch (name) {
    case "delay":
      wire.delay = delayToWire(value);
      return;
    case "idempotencyKey":
      wire.idempotencyKey = keyToWire(value);
      return;
    case "idempotencyKeyTTL":
      if (typeof value !== "string" || value === "") throw invalid(name, 'a text such as "24h"', value);
      wire.idempotencyKeyTtl = value;
      return;
    case "tags":
      wire.tags = tagsToWire(value);
      return;
    case "priority":
      if (!Number.isFinite(value)) throw invalid(name, "a finite number of seconds", value);
      wire.priority = value as number;
      return;
    case "machine":
      if (typeof value !== "string" || value === "") throw invalid(name, "the name of a machine preset", value);
      wire.machine = value;
      return;
    case "maxDuration":
      if (!Number.isFinite(value) || (value as number) < 0) throw invalid(name, "seconds, 0 or more", value);
      wire.maxDuration = durationToWire(Math.min(value as number, timeout.None) * 1000);
      return;
    case "maxAttempts":
      if (!Number.isSafeInteger(value)) throw invalid(name, "a whole number", value);
      wire.maxAttempts = Math.min(Math.max(value as number, 1), 2_147_483_647);
      return;
    case "requireRegistered":
      if (typeof value !== "boolean") throw invalid(name, "true or false", value);
      wire.requireRegistered = value;
      return;
    default:
      throw unknown(name);
  }
}

function delayToWire(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw invalid("delay", 'a duration such as "1h30m", a date as text, or a valid Date', value);
}

function keyToWire(value: unknown): string {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const key = parts.every((part) => typeof part === "string") ? parts.join("-") : "";
  if (key === "") throw invalid("idempotencyKey", "a text or an array of texts that is not empty", value);
  if (key.length > 2048) throw invalid("idempotencyKey", "at most 2,048 characters", `${key.length} of them`);
  return key;
}

function tagsToWire(value: unknown): string[] {
  const tags: readonly unknown[] = Array.isArray(value) ? value : [value];
  const kept = new Set<string>();
  for (const tag of tags) {
    if (typeof tag !== "string") throw invalid("tags", "a text or an array of texts", value);
    if (tag.trim() !== "") kept.add(tag);
  }
  return [...kept];
}

function unknown(name: string): ApiError {
  return notSupported.includes(name)
    ? apiError("OPTION_NOT_SUPPORTED", `This version does not support the option "${name}".`, `options.${name}`)
    : apiError("OPTION_INVALID", `There is no option "${name}"; check its spelling.`, `options.${name}`);
}

function invalid(name: string, expected: string, value: unknown): ApiError {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value);
  const field = name === "options" ? name : `options.${name}`;
  return apiError("OPTION_INVALID", `Expected ${expected} for "${name}", got ${shown}.`, field);
}
