import { hookOptions } from "@baton/proto/contract/hook-names";
import { isTaskId, taskIdRule } from "@baton/proto/contract/ids";
import { defaultMachine, type MachineName } from "@baton/proto/contract/machine";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import { ownQueueOf, type TaskDefinition } from "@baton/proto/contract/task-definition";
import type { DefinitionIssue } from "../build-error.ts";
import type { TaskDefaults } from "../project-config.ts";
import { isDescribed } from "./describe-value.ts";
import { findHookProblems } from "./hook-options.ts";
import { readMachine } from "./machine-option.ts";
import { isRecord, readRetry, show } from "./retry-options.ts";
import { readMaxDuration, readTtl } from "./time-options.ts";

/** A task that a file exports. */
export interface ExportedTask {
  readonly id: string;
  /** Relative to the project, with forward slashes. */
  readonly filePath: string;
  readonly exportName: string;
  /** The options as written, described by `describeValue`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether `schemaTask` made the task, which has checked its schema. */
  readonly hasParser: boolean;
}

/** Options as they were read; `definition` may only be used without issues. */
export interface DefinitionReading {
  readonly definition: TaskDefinition;
  readonly issues: readonly DefinitionIssue[];
  readonly warnings: readonly string[];
}

/** Values that are the same for all tasks of a version. */
export interface DefinitionContext {
  readonly defaults: TaskDefaults;
  /** In `DEVELOPMENT`, a run that stays queued for ten minutes expires unless its task says otherwise. */
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  readonly retriesEnabledInDev: boolean;
}

const developmentTtlMs = 600_000;
const maxConcurrencyLimit = 100_000;
const customQueueNameLength = 128;

const readOptions: ReadonlySet<string> = new Set([
  "id",
  "description",
  "run",
  "retry",
  "queue",
  "machine",
  "maxDuration",
  "ttl",
  "jsonSchema",
  "schema",
  ...hookOptions,
]);
const unsupportedOptions: ReadonlySet<string> = new Set(["cron"]);

/** Checks every option of a task (docs/tasks.md 2.3, 2.4) and fills in defaults. Returns all problems at once. */
export function readDefinition(task: ExportedTask, context: DefinitionContext): DefinitionReading {
  const { id, filePath, exportName, options } = task;
  const issues: DefinitionIssue[] = [];
  const warnings: string[] = [];
  const refuse = (path: string, reason: string, code: DefinitionIssue["code"] = "TASK_METADATA_INVALID") =>
    issues.push({ code, file: filePath, taskId: id, path, reason });
  const warn = (path: string) =>
    warnings.push(`${filePath}: task "${id}" has the unknown option ${path}; it is ignored.`);

  if (!isTaskId(id)) {
    refuse("id", `expected ${taskIdRule}`);
  }
  for (const name of Object.keys(options)) {
    if (options[name] === undefined || readOptions.has(name)) continue;
    if (unsupportedOptions.has(name))
      refuse(name, "is not supported in this release; remove it", "OPTION_NOT_SUPPORTED");
    else warn(name);
  }
  for (const { path, reason } of findHookProblems(options)) refuse(path, reason);
  if (options.schema !== undefined && !task.hasParser) {
    refuse("schema", "task() checks no payloads; define the task with schemaTask()");
  }
  const { description } = options;
  if (description !== undefined && typeof description !== "string") {
    refuse("description", `expected a text, got ${show(description)}`);
  }
  const queue = readQueue(options.queue, id, refuse, warn);
  const maxDurationMs = readLimit(options.maxDuration, context, refuse);
  const ttlMs = readTaskTtl(options.ttl, context, refuse);
  const jsonSchema = readJsonSchema(options.jsonSchema, refuse);
  const definition: TaskDefinition = {
    id,
    ...(typeof description === "string" ? { description } : {}),
    filePath,
    exportName,
    ...queue,
    machine: readTaskMachine(options.machine, context.defaults, refuse),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
    retry: readTaskRetry(options.retry, context, refuse, warn),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(context.defaults.pinVersions ? { pinVersion: true } : {}),
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
  };
  return { definition, issues, warnings };
}

type Refuse = (path: string, reason: string) => void;

function readQueue(
  value: unknown,
  id: string,
  refuse: Refuse,
  warn: (path: string) => void,
): { readonly queue: string; readonly concurrencyLimit?: number } {
  const own = ownQueueOf(id);
  if (value === undefined) return { queue: own };
  if (!isRecord(value) || isDescribed(value)) {
    refuse("queue", `expected an object with name or concurrencyLimit, got ${show(value)}`);
    return { queue: own };
  }
  for (const name of Object.keys(value)) {
    if (name !== "name" && name !== "concurrencyLimit") warn(`queue.${name}`);
  }
  const { name, concurrencyLimit: limit } = value;
  if (name !== undefined && typeof name !== "string") refuse("queue.name", `expected a text, got ${show(name)}`);
  const cleaned = typeof name === "string" ? cleanQueueName(name) : "";
  const queue = cleaned === "" ? own : cleaned;
  if (limit === undefined || limit === null) return { queue };
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 0 || limit > maxConcurrencyLimit) {
    refuse("queue.concurrencyLimit", `expected a whole number from 0 to ${maxConcurrencyLimit}, got ${show(limit)}`);
    return { queue };
  }
  return { queue, concurrencyLimit: limit };
}

/** Returns a custom queue's name without invalid characters (docs/tasks.md 8.1); empty when none is valid. */
function cleanQueueName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_/-]/g, "").slice(0, customQueueNameLength);
}

function readTaskMachine(value: unknown, defaults: TaskDefaults, refuse: Refuse): MachineName {
  if (value === undefined) return defaults.machine ?? defaultMachine;
  const { preset, problems } = readMachine(value);
  for (const { path, reason } of problems) refuse(path === "" ? "machine" : `machine.${path}`, reason);
  return preset;
}

function readLimit(value: unknown, { defaults }: DefinitionContext, refuse: Refuse): number | undefined {
  const reading = value === undefined ? { value: defaults.maxDuration } : readMaxDuration(value);
  if ("reason" in reading) {
    refuse("maxDuration", reading.reason);
    return undefined;
  }
  return reading.value === "none" ? undefined : reading.value;
}

function readTaskTtl(value: unknown, context: DefinitionContext, refuse: Refuse): number | undefined {
  const reading = value === undefined ? { value: context.defaults.ttlMs } : readTtl(value);
  if ("reason" in reading) {
    refuse("ttl", reading.reason);
    return undefined;
  }
  const ttlMs = reading.value ?? (context.environment === "DEVELOPMENT" ? developmentTtlMs : 0);
  return ttlMs === 0 ? undefined : ttlMs;
}

function readTaskRetry(
  value: unknown,
  context: DefinitionContext,
  refuse: Refuse,
  warn: (path: string) => void,
): RetryPolicy {
  let retry = context.defaults.retry;
  if (value !== undefined) {
    const reading = readRetry(value, "retry");
    for (const { path, reason } of reading.problems) refuse(path, reason);
    for (const path of reading.unknown) warn(path);
    retry = reading.retry;
  }
  const isOff = context.environment === "DEVELOPMENT" && !context.retriesEnabledInDev;
  return isOff ? { ...retry, maxAttempts: 1 } : retry;
}

function readJsonSchema(value: unknown, refuse: Refuse): string | undefined {
  if (value === undefined) return undefined;
  if (isRecord(value) && !isDescribed(value)) return JSON.stringify(value);
  refuse("jsonSchema", `expected a JSON Schema object, got ${show(value)}`);
  return undefined;
}
