import {
  durationFromWire,
  type TaskDefinition__Output,
  timestampToWire,
  type RegisteredTask as WireRegisteredTask,
} from "@baton/proto";
import { isTaskId } from "@baton/proto/contract/ids";
import { latestInstantMs, longestRetryDelayMs } from "@baton/proto/contract/limits";
import { isMachineName, type MachineName } from "@baton/proto/contract/machine";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { taskDefinitionToWire } from "@baton/proto/wire/task-definition";
import type { RegisteredTask } from "../../callers/tasks.ts";
import { InvalidRequestError, shortened } from "../../errors.ts";
import { isJson } from "../requests/json-text.ts";
import { checkLength } from "../requests/text-limits.ts";
import { machineNames } from "../requests/trigger-request.ts";

/** The most characters in the name of a queue. */
export const maxQueueNameLength = 256;

/** The most characters in the path of a task's file. */
const maxFilePathLength = 4_096;
/** The most characters in the description of a task, and in its schema. */
export const maxDescriptionLength = 16 * 1024;
export const maxJsonSchemaLength = 256 * 1024;
/** The most characters of descriptions and schemas in a list of tasks. A list with more leaves all of them out. */
export const maxListedTextLength = 8 * 1024 * 1024;
/** Converts registered tasks, without their long texts if the answer could not hold them. */
export function registeredTasksToWire(tasks: readonly RegisteredTask[]): WireRegisteredTask[] {
  const length = tasks.reduce((sum, { definition }) => sum + textLengthOf(definition), 0);
  return tasks.map((task) => registeredTaskToWire(task, length <= maxListedTextLength));
}

/** Returns the number of characters of a task's description and schema. */
export function textLengthOf({ description = "", jsonSchema = "" }: TaskDefinition): number {
  return description.length + jsonSchema.length;
}

function registeredTaskToWire(task: RegisteredTask, hasTexts: boolean): WireRegisteredTask {
  const definition = taskDefinitionToWire(task.definition);
  return {
    definition: hasTexts ? definition : { ...definition, description: "", jsonSchema: "" },
    version: task.version,
    registerTime: timestampToWire(task.registeredAt),
    runnerCount: task.runnerCount,
  };
}

/**
 * Reads a task as a runner defines it.
 * @param field path of the definition in its request
 * @throws InvalidRequestError
 */
export function taskDefinitionFromWire(wire: TaskDefinition__Output, field: string): TaskDefinition {
  if (!isTaskId(wire.id)) throw invalid(`${field}.id`, `"${shortened(wire.id)}" is not a task id.`);
  if (wire.queue === "" || wire.queue.length > maxQueueNameLength || wire.queue.includes("\u001f")) {
    throw invalid(`${field}.queue`, `The queue's name must have 1 to ${maxQueueNameLength} characters.`);
  }
  const limit = wire.concurrencyLimit;
  if (limit !== undefined && limit < 0) {
    throw invalid(`${field}.concurrency_limit`, `It must not be negative, and is ${limit}; leave it out for no limit.`);
  }
  checkLength(wire.filePath, `${field}.file_path`, maxFilePathLength);
  checkLength(wire.exportName, `${field}.export_name`);
  checkLength(wire.description, `${field}.description`, maxDescriptionLength);
  checkLength(wire.jsonSchema, `${field}.json_schema`, maxJsonSchemaLength);
  const maxDurationMs = positiveMs(wire.maxDuration, `${field}.max_duration`);
  const ttlMs = positiveMs(wire.ttl, `${field}.ttl`);
  if (wire.jsonSchema !== "" && !isJson(wire.jsonSchema)) {
    throw invalid(`${field}.json_schema`, "The schema must be JSON text.");
  }
  return {
    id: wire.id,
    ...(wire.description !== "" && { description: wire.description }),
    filePath: wire.filePath,
    exportName: wire.exportName,
    queue: wire.queue,
    ...(limit !== undefined && { concurrencyLimit: limit }),
    machine: machineFromWire(wire.machine, `${field}.machine`),
    ...(maxDurationMs !== undefined && { maxDurationMs }),
    retry: retryPolicyFromWire(wire.retry, `${field}.retry`),
    ...(ttlMs !== undefined && { ttlMs }),
    ...(wire.jsonSchema !== "" && { jsonSchema: wire.jsonSchema }),
    ...(wire.pinVersion && { pinVersion: true }),
  };
}

function retryPolicyFromWire(wire: TaskDefinition__Output["retry"], field: string): RetryPolicy {
  if (wire === null) throw invalid(field, "A task needs its retry policy, with every default filled in.");
  if (!(Number.isFinite(wire.factor) && wire.factor > 0)) throw invalid(`${field}.factor`, "It must be above 0.");
  const minTimeoutMs = durationFromWire(wire.minTimeout) ?? 0;
  const maxTimeoutMs = durationFromWire(wire.maxTimeout) ?? 0;
  if (minTimeoutMs < 0) throw invalid(`${field}.min_timeout`, "It must not be negative.");
  if (maxTimeoutMs < 0) throw invalid(`${field}.max_timeout`, "It must not be negative.");
  if (wire.maxAttempts < 0) throw invalid(`${field}.max_attempts`, "It must not be negative.");
  return {
    maxAttempts: wire.maxAttempts,
    factor: wire.factor,
    minTimeoutMs: Math.min(minTimeoutMs, longestRetryDelayMs),
    maxTimeoutMs: Math.min(maxTimeoutMs, longestRetryDelayMs),
    randomize: wire.randomize,
    ...(wire.outOfMemoryMachine !== "" && {
      outOfMemoryMachine: machineFromWire(wire.outOfMemoryMachine, `${field}.out_of_memory_machine`),
    }),
  };
}

function machineFromWire(name: string, field: string): MachineName {
  if (isMachineName(name)) return name;
  throw new InvalidRequestError(
    "MACHINE_UNKNOWN",
    field,
    `"${shortened(name)}" is no machine; it must be one of ${machineNames}.`,
  );
}

function positiveMs(wire: TaskDefinition__Output["ttl"], field: string): number | undefined {
  const ms = durationFromWire(wire);
  if (ms !== undefined && ms <= 0) throw invalid(field, "It must be above 0; leave it out for no limit.");
  if (ms !== undefined && ms > latestInstantMs) throw invalid(field, "It is too long; leave it out for no limit.");
  return ms;
}

function invalid(field: string, message: string): InvalidRequestError {
  return new InvalidRequestError("OPTION_INVALID", field, message);
}
