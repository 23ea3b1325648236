import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { RetryPolicy } from "@baton/proto/contract/retry";
import { ownQueueOf, type TaskDefinition, type TaskVersion } from "@baton/proto/contract/task-definition";
import type { NewRun } from "./new-run.ts";

/** Returns a run's id; ids sort by number. */
export function runId(number: number): RunId {
  return `run_${String(number).padStart(4, "0")}` as RunId;
}

/** Returns a runner's id. */
export function runnerId(name: string): RunnerId {
  return `runner_${name}` as RunnerId;
}

/** Returns an attempt's id. */
export function attemptId(name: string): AttemptId {
  return `attempt_${name}` as AttemptId;
}

/** Three attempts, 1 s and then 2 s apart. */
export const steadyPolicy: RetryPolicy = {
  maxAttempts: 3,
  factor: 2,
  minTimeoutMs: 1_000,
  maxTimeoutMs: 60_000,
  randomize: false,
};

/** A trigger request for the task "mail". */
export function newRun(number: number, more: Partial<NewRun> = {}): NewRun {
  return {
    id: runId(number),
    taskId: "mail",
    priorityMs: 0,
    tags: [],
    triggerFunction: "trigger",
    isReplay: false,
    isTest: false,
    ...more,
  };
}

/** The definition of the task "mail", or of another one. */
export function definition(more: Partial<TaskDefinition> = {}): TaskDefinition {
  const id = more.id ?? "mail";
  return {
    id,
    filePath: `tasks/${id}.ts`,
    exportName: id,
    queue: ownQueueOf(id),
    machine: "small-1x",
    retry: steadyPolicy,
    ...more,
  };
}

/** A version with these tasks. */
export function version(name: string, tasks: readonly TaskDefinition[]): TaskVersion {
  return { version: name, hash: `hash of ${name}`, registeredAt: 0, tasks };
}
