import type { RetryPolicy } from "../contract/retry.ts";
import type { TaskDefinition } from "../contract/task-definition.ts";
import type { RetryPolicy as WireRetryPolicy, TaskDefinition as WireTaskDefinition } from "../generated/messages.ts";
import { durationToWire } from "../time.ts";

/** Converts a task's definition to its wire form. */
export function taskDefinitionToWire(task: TaskDefinition): WireTaskDefinition {
  const wire: WireTaskDefinition = {
    id: task.id,
    description: task.description ?? "",
    filePath: task.filePath,
    exportName: task.exportName,
    queue: task.queue,
    machine: task.machine,
    maxDuration: durationToWire(task.maxDurationMs),
    retry: retryPolicyToWire(task.retry),
    ttl: durationToWire(task.ttlMs),
    jsonSchema: task.jsonSchema ?? "",
    pinVersion: task.pinVersion ?? false,
  };
  if (task.concurrencyLimit !== undefined) wire.concurrencyLimit = task.concurrencyLimit;
  return wire;
}

/** Converts a retry policy to its wire form. */
export function retryPolicyToWire(retry: RetryPolicy): WireRetryPolicy {
  return {
    maxAttempts: retry.maxAttempts,
    factor: retry.factor,
    minTimeout: durationToWire(retry.minTimeoutMs),
    maxTimeout: durationToWire(retry.maxTimeoutMs),
    randomize: retry.randomize,
    outOfMemoryMachine: retry.outOfMemoryMachine ?? "",
  };
}
