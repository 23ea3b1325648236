import { durationFromWire, type TriggerItem__Output, type TriggerOptions__Output } from "@baton/proto";
import { parseDuration } from "@baton/proto/contract/duration-text";
import { type AttemptId, isId, isTaskId, type RunId } from "@baton/proto/contract/ids";
import { latestInstantMs, noLimitSeconds } from "@baton/proto/contract/limits";
import { isMachineName, type MachineName, machines } from "@baton/proto/contract/machine";
import type { Tasks } from "../../callers/tasks.ts";
import type { TriggerCommand } from "../../callers/trigger-command.ts";
import { InvalidRequestError, shortened, TaskNotRegisteredError } from "../../errors.ts";
import { byteLengthOf, exceedBytes, isJson } from "./json-text.ts";
import { nearestIds } from "./nearest-ids.ts";
import { newId } from "./new-id.ts";

/** The limits and tasks against which items are checked. */
export interface TriggerChecks {
  /** Bytes of UTF-8. */
  readonly maxPayloadBytes: number;
  /** Milliseconds since the epoch. */
  readonly wallNow: number;
  readonly tasks: Pick<Tasks, "isRegistered" | "list">;
}

/** The most characters in an idempotency key. */
export const maxKeyLength = 2_048;
/** The most tags on a run. */
export const maxTags = 10;
/** The most characters in a tag. */
export const maxTagLength = 128;
/** How long a key is valid when the trigger gives no time, in milliseconds. */
export const defaultKeyTtlMs = 30 * 86_400_000;
/** The most that a priority moves a run, in milliseconds. */
export const maxPriorityMs = 2_147_483_647;
/** The names of all machines, for messages. */
export const machineNames: string = Object.keys(machines).join(", ");

const keyTtlForm = /^(\d{1,15})([smhd])$/;
const keyTtlUnitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const isoDateForm = /^[+-]?\d{4,6}-\d\d(?:-\d\d)?(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
const noTags: readonly string[] = [];

/**
 * Checks one item and turns it into a command. Creates a run id if the item has none.
 * @param path of the item in its request, ending in a point; `""` names fields relative to the item
 * @throws InvalidRequestError naming the field; TaskNotRegisteredError
 */
export function parseTriggerItem(
  item: TriggerItem__Output,
  path: string,
  checks: TriggerChecks,
  batchId?: string,
): TriggerCommand {
  const { options } = item;
  if (!isTaskId(item.taskId)) throw badTaskId(item.taskId, `${path}task_id`);
  if (options?.requireRegistered && !checks.tasks.isRegistered(item.taskId)) {
    const knownIds = checks.tasks.list().map(({ definition }) => definition.id);
    throw new TaskNotRegisteredError(item.taskId, nearestIds(item.taskId, knownIds));
  }
  checkPayload(item, path, checks.maxPayloadBytes);
  const command: Writable<TriggerCommand> = {
    runId: parseRunId(item.runId, `${path}run_id`, checks.wallNow),
    taskId: item.taskId,
    idempotencyKeyTtlMs: defaultKeyTtlMs,
    tags: noTags,
    priorityMs: 0,
    isTest: options?.isTest ?? false,
    isReplay: false,
    triggerFunction: batchId === undefined ? "trigger" : "batchTrigger",
  };
  if (batchId !== undefined) command.batchId = batchId;
  if (item.payload !== "") command.payload = item.payload;
  if (item.payloadTypes !== "") command.payloadTypes = item.payloadTypes;
  if (item.parentRunId !== "" || item.parentAttemptId !== "") command.parent = parseParent(item, path);
  if (options !== null) addOptions(command, options, `${path}options.`, checks.wallNow);
  return command;
}

/** Reads the run id of a request, or creates one if it is empty. @throws InvalidRequestError */
export function parseRunId(id: string, field: string, wallNow: number): RunId {
  if (id === "") return newId("run_", wallNow) as RunId;
  if (isId("run_", id)) return id as RunId;
  throw invalid(field, `"${shortened(id)}" is no run id: expected "run_" and 8 to 64 letters or digits.`);
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function addOptions(
  command: Writable<TriggerCommand>,
  options: TriggerOptions__Output,
  path: string,
  wallNow: number,
): void {
  if (options.delay !== "") command.delayUntil = parseDelay(options.delay, `${path}delay`, wallNow);
  if (options.idempotencyKey !== "") {
    command.idempotencyKey = parseKey(options.idempotencyKey, `${path}idempotency_key`);
  }
  if (options.idempotencyKeyTtl !== "") {
    command.idempotencyKeyTtlMs = parseKeyTtl(options.idempotencyKeyTtl, `${path}idempotency_key_ttl`);
  }
  if (options.tags.length > 0) command.tags = parseTags(options.tags, `${path}tags`);
  command.priorityMs = parsePriority(options.priority, `${path}priority`);
  if (options.machine !== "") command.machine = parseMachine(options.machine, `${path}machine`);
  const maxDurationMs = parseMaxDuration(durationFromWire(options.maxDuration), `${path}max_duration`);
  if (maxDurationMs !== undefined) command.maxDurationMs = maxDurationMs;
  if (options.maxAttempts !== undefined) command.maxAttempts = Math.max(1, options.maxAttempts);
}

function checkPayload({ payload, payloadTypes }: TriggerItem__Output, path: string, maxBytes: number): void {
  if (payload === "" && payloadTypes === "") return;
  if (exceedBytes([payload, payloadTypes], maxBytes)) {
    const bytes = byteLengthOf([payload, payloadTypes]);
    const message = `The payload has ${bytes} bytes, types included; at most ${maxBytes} are allowed.`;
    throw new InvalidRequestError("PAYLOAD_TOO_LARGE", `${path}payload`, message);
  }
  if (payload !== "" && !isJson(payload)) {
    const message = `The payload must be JSON text, but "${shortened(payload)}" is not. A string needs its quotes.`;
    throw new InvalidRequestError("PAYLOAD_NOT_JSON", `${path}payload`, message);
  }
  if (payloadTypes !== "") checkPayloadTypes(payload, payloadTypes, `${path}payload_types`);
}

/** Checks that the types are JSON. Only the decoder sees whether they fit: the coordinator knows no types. */
function checkPayloadTypes(payload: string, types: string, field: string): void {
  const expected = "Leave payload_types empty for plain JSON, or send what docs/values.md describes.";
  if (payload === "") {
    throw new InvalidRequestError("PAYLOAD_TYPES_INVALID", field, `There are types, but no payload. ${expected}`);
  }
  if (!/^\s*["[{]/.test(types) || !isJson(types)) {
    const message = `The payload's types must be a JSON string, array or object, but "${shortened(types)}" is not.`;
    throw new InvalidRequestError("PAYLOAD_TYPES_INVALID", field, `${message} ${expected}`);
  }
}

function parseParent(item: TriggerItem__Output, path: string): NonNullable<TriggerCommand["parent"]> {
  if (!isId("run_", item.parentRunId)) {
    throw invalid(`${path}parent_run_id`, `"${shortened(item.parentRunId)}" is no run id.`);
  }
  if (item.parentAttemptId === "") throw invalid(`${path}parent_attempt_id`, "A parent run needs its attempt too.");
  return { runId: item.parentRunId as RunId, attemptId: item.parentAttemptId as AttemptId };
}

function parseDelay(text: string, field: string, wallNow: number): number {
  const at = isoDateForm.test(text) ? Date.parse(text) : wallNow + (parseDuration(text) ?? Number.NaN);
  if (Math.abs(at) <= latestInstantMs) return at;
  throw invalid(field, `"${shortened(text)}" is neither a duration such as "1h30m" nor an ISO 8601 date.`);
}

function parseKey(key: string, field: string): string {
  refuseReplaced(key, field);
  if (key.length <= maxKeyLength) return key;
  throw invalid(field, `The key has ${key.length} characters; at most ${maxKeyLength} are allowed.`);
}

/** Refuses text with U+FFFD, which decoding puts in place of broken UTF-8: two keys could have become one. */
function refuseReplaced(text: string, field: string): void {
  if (!text.includes("\ufffd")) return;
  throw invalid(field, `"${shortened(text)}" holds U+FFFD, which replaces text that was not valid Unicode.`);
}

function parseKeyTtl(text: string, field: string): number {
  const match = keyTtlForm.exec(text);
  if (match === null) throw invalid(field, `"${shortened(text)}" is not a number and s, m, h or d, such as "7d".`);
  return Math.min(latestInstantMs, Number(match[1]) * (keyTtlUnitMs[match[2] ?? ""] ?? 0));
}

function parseTags(tags: readonly string[], field: string): readonly string[] {
  const kept = [...new Set(tags.filter((tag) => tag.trim() !== ""))];
  if (kept.length > maxTags) throw invalid(field, `${kept.length} tags are given; at most ${maxTags} are allowed.`);
  for (const tag of kept) refuseReplaced(tag, field);
  const long = kept.find((tag) => tag.length > maxTagLength);
  if (long === undefined) return kept;
  throw invalid(
    field,
    `The tag "${shortened(long)}" has ${long.length} characters; at most ${maxTagLength} are allowed.`,
  );
}

function parsePriority(seconds: number, field: string): number {
  if (!Number.isFinite(seconds))
    throw invalid(field, `The priority must be a finite number of seconds, not ${seconds}.`);
  return Math.max(-maxPriorityMs, Math.min(maxPriorityMs, Math.round(seconds * 1000)));
}

function parseMachine(name: string, field: string): MachineName {
  if (isMachineName(name)) return name;
  const message = `"${shortened(name)}" is no machine; it must be one of ${machineNames}.`;
  throw new InvalidRequestError("MACHINE_UNKNOWN", field, message);
}

function parseMaxDuration(ms: number | undefined, field: string): number | undefined {
  if (ms === undefined || ms === 0) return undefined;
  if (!Number.isFinite(ms) || ms < 0) throw invalid(field, `maxDuration must be above 0 seconds, not ${ms / 1000}.`);
  return ms >= noLimitSeconds * 1000 ? 0 : ms;
}

function badTaskId(id: string, field: string): InvalidRequestError {
  if (id === "") return invalid(field, "The id of the task is missing.");
  return invalid(
    field,
    `"${shortened(id)}" is no task id: a letter or digit, then at most 127 of A-Z a-z 0-9 _ . : / -`,
  );
}

function invalid(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError("OPTION_INVALID", field, message);
}
