import type { RegisteredTask__Output } from "@baton/proto";
import { durationFromWire, timestampFromWire } from "../bundled/wire-time.ts";
import type { RetryOptions } from "../define/task-options.ts";

/** A task as the newest version that contains it defines it. Absent members do not apply. */
export interface RegisteredTask {
  readonly id: string;
  readonly description?: string;
  /** Path relative to the project, with forward slashes. */
  readonly filePath: string;
  readonly exportName: string;
  readonly version: string;
  readonly registeredAt: Date;
  /** Number of connected runners that have the task. */
  readonly runnerCount: number;
  readonly queue: { readonly name: string; readonly concurrencyLimit?: number };
  readonly machine: string;
  /** Seconds; absent when there is no limit. */
  readonly maxDuration?: number;
  /** Seconds; absent when a run may stay queued for ever. */
  readonly ttl?: number;
  readonly retry?: Required<Omit<RetryOptions, "outOfMemory">>;
  /** The task's `jsonSchema`. */
  readonly jsonSchema?: unknown;
}

/**
 * Converts a registered task to its public form; returns an empty array for one without a definition.
 * @internal
 */
export function toRegisteredTask(message: RegisteredTask__Output): readonly RegisteredTask[] {
  const { definition, registerTime, runnerCount, version } = message;
  if (definition === null) return [];
  const { concurrencyLimit, retry } = definition;
  const maxDurationMs = durationFromWire(definition.maxDuration);
  const ttlMs = durationFromWire(definition.ttl);
  return [
    {
      id: definition.id,
      ...(definition.description === "" ? {} : { description: definition.description }),
      filePath: definition.filePath,
      exportName: definition.exportName,
      version,
      registeredAt: new Date(timestampFromWire(registerTime) ?? 0),
      runnerCount,
      queue: { name: definition.queue, ...(concurrencyLimit === undefined ? {} : { concurrencyLimit }) },
      machine: definition.machine,
      ...(maxDurationMs === undefined ? {} : { maxDuration: maxDurationMs / 1000 }),
      ...(ttlMs === undefined ? {} : { ttl: ttlMs / 1000 }),
      ...(retry === null
        ? {}
        : {
            retry: {
              maxAttempts: retry.maxAttempts,
              factor: retry.factor,
              minTimeoutInMs: durationFromWire(retry.minTimeout) ?? 0,
              maxTimeoutInMs: durationFromWire(retry.maxTimeout) ?? 0,
              randomize: retry.randomize,
            },
          }),
      ...(definition.jsonSchema === "" ? {} : { jsonSchema: JSON.parse(definition.jsonSchema) as unknown }),
    },
  ];
}
