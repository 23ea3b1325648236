import type { Context } from "../attempt/context.ts";
import { knownMachine, machines } from "../contract/machine.ts";
import { ownQueueOf } from "../contract/task-definition.ts";
import { timeout } from "../define/timeout.ts";

/** The values of `ctx` that belong to one attempt of a test. */
export interface ContextParts {
  readonly taskId: string;
  readonly runId: string;
  readonly attemptNumber: number;
  readonly runStartedAt: number;
  readonly startedAt: number;
  readonly maxAttempts: number;
  /** Seconds; undefined when there is no limit. */
  readonly maxDuration: number | undefined;
  readonly machine: string;
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  readonly tags: readonly string[];
  readonly earlierMs: number;
}

/** Makes `ctx` as a runner would, deeply frozen. Members that only a coordinator knows have the values of a first version. */
export function makeTestContext(parts: ContextParts): Context {
  const { environment, maxDuration, runId } = parts;
  const { cpu, memoryGb } = machines[knownMachine(parts.machine)];
  const slug = environment === "DEVELOPMENT" ? "dev" : "prod";
  return deepFreeze({
    task: { id: parts.taskId, filePath: "", exportName: "" },
    attempt: {
      id: `attempt_${runId.slice(4)}_${parts.attemptNumber}`,
      number: parts.attemptNumber,
      interruptions: 0,
      startedAt: new Date(parts.startedAt),
      status: "EXECUTING" as const,
    },
    run: {
      id: runId,
      createdAt: new Date(parts.runStartedAt),
      startedAt: new Date(parts.runStartedAt),
      tags: [...parts.tags],
      isTest: true,
      isReplay: false,
      maxAttempts: parts.maxAttempts,
      ...(maxDuration !== undefined && maxDuration < timeout.None && { maxDuration }),
      version: "20000101.1",
      depth: 0,
      durationMs: parts.earlierMs,
      costInCents: 0,
      baseCostInCents: 0,
    },
    queue: { id: `queue_${ownQueueOf(parts.taskId)}`, name: ownQueueOf(parts.taskId) },
    environment: { id: `env_${slug}`, slug, type: environment },
    organization: { id: "org_local", slug: "local", name: "Local" },
    project: { id: "project_test", ref: "proj_test", slug: "test", name: "test" },
    machine: { name: parts.machine, cpu, memory: memoryGb, centsPerMs: 0 },
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
