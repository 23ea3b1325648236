import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { TriggerItem } from "@baton/proto";
import { withoutByteOrderMark } from "@baton/proto/byte-order-mark";
import { durationToWire } from "@baton/proto/time";
import { InvalidArgumentError } from "commander";
import type { CommandContext } from "../command-context.ts";
import { CliError } from "../show/failure.ts";

/** The flags of `baton trigger` for trigger options. */
export interface TriggerFlags {
  readonly payload?: string;
  readonly delay?: string;
  readonly idempotencyKey?: string;
  readonly idempotencyKeyTtl?: string;
  readonly tag?: readonly string[];
  readonly priority?: number;
  readonly machine?: string;
  readonly maxDuration?: number;
  readonly maxAttempts?: number;
  readonly runId?: string;
  readonly allowUnregistered?: boolean;
}

/** Converts flags to a trigger as it is sent. */
export function triggerItem(taskId: string, payload: string, flags: TriggerFlags): TriggerItem {
  return {
    taskId,
    payload,
    runId: flags.runId ?? "",
    options: {
      delay: flags.delay ?? "",
      idempotencyKey: flags.idempotencyKey ?? "",
      idempotencyKeyTtl: flags.idempotencyKeyTtl ?? "",
      tags: [...(flags.tag ?? [])],
      priority: flags.priority ?? 0,
      machine: flags.machine ?? "",
      requireRegistered: flags.allowUnregistered !== true,
      ...(flags.maxDuration === undefined ? {} : { maxDuration: durationToWire(flags.maxDuration * 1_000) }),
      ...(flags.maxAttempts === undefined ? {} : { maxAttempts: flags.maxAttempts }),
    },
  };
}

/**
 * Returns the payload's JSON text: the flag's own text, that of a file (`@path`) or of standard input (`-`). Without the flag
 * there is no payload.
 *
 * @throws CliError `PAYLOAD_NOT_JSON`, `PAYLOAD_UNREADABLE`
 */
export async function readPayload(word: string | undefined, context: CommandContext): Promise<string> {
  if (word === undefined) return "";
  const source = word === "-" ? "standard input" : word.startsWith("@") ? `the file "${word.slice(1)}"` : "--payload";
  const text = withoutByteOrderMark(await readSource(word, context));
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("PAYLOAD_NOT_JSON", `The payload must be JSON, and ${source} is not: ${reason}.`);
  }
}

async function readSource(word: string, context: CommandContext): Promise<string> {
  if (word === "-") return context.readStdin();
  if (!word.startsWith("@")) return word;
  try {
    return readFileSync(resolve(context.cwd, word.slice(1)), "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("PAYLOAD_UNREADABLE", `The payload's file cannot be read: ${reason}.`, { cause: error });
  }
}

/** Parses a flag's number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** Parses a flag's whole number. */
export function parseInteger(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** Parses a flag's count. It is 1 or more, because 0 on the wire means that the field is not set. */
export function parseCount(text: string): number {
  const value = parseInteger(text);
  if (value < 1) throw new InvalidArgumentError("It must be 1 or more.");
  return value;
}

/** Parses a flag's seconds. */
export function parseSeconds(text: string): number {
  const value = parseNumber(text);
  if (value <= 0) throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return value;
}
