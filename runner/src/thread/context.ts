import { noLimitSeconds } from "@baton/proto/contract/limits";
import { knownMachine, machines } from "@baton/proto/contract/machine";
import type { BuiltTask } from "../build/manifest.ts";
import type { AttemptDetails, ThreadVersion } from "./thread-protocol.ts";

/** Returns the `ctx` of an attempt (docs/tasks.md 11), deeply frozen. */
export function makeContext(
  details: AttemptDetails,
  version: ThreadVersion,
  task: BuiltTask,
  startedAt: number,
): Readonly<Record<string, unknown>> {
  const { project } = version.config;
  const isDevelopment = version.environment === "DEVELOPMENT";
  const slug = isDevelopment ? "dev" : "prod";
  return Object.freeze({
    task: Object.freeze({
      id: details.taskId,
      filePath: task.definition.filePath,
      exportName: task.definition.exportName,
    }),
    attempt: Object.freeze({
      id: details.attemptId,
      number: details.attemptNumber,
      interruptions: details.interruptionCount,
      startedAt: Object.freeze(new Date(startedAt)),
      status: "EXECUTING",
    }),
    run: makeRun(details, startedAt),
    queue: Object.freeze({ id: `queue_${details.queue}`, name: details.queue }),
    environment: Object.freeze({ id: `env_${slug}`, slug, type: version.environment }),
    organization: Object.freeze({ id: "org_local", slug: "local", name: "Local" }),
    project: Object.freeze({ id: `project_${project}`, ref: `proj_${project}`, slug: project, name: project }),
    ...(details.batchId === "" ? undefined : { batch: Object.freeze({ id: details.batchId }) }),
    machine: makeMachine(details.machine),
  });
}

function makeRun(details: AttemptDetails, startedAt: number): Readonly<Record<string, unknown>> {
  const { maxDurationMs } = details;
  const run: Record<string, unknown> = {
    id: details.runId,
    createdAt: Object.freeze(new Date(details.createdAt)),
    startedAt: Object.freeze(new Date(details.startedAt ?? startedAt)),
    tags: Object.freeze([...details.tags]),
    isTest: details.isTest,
    isReplay: details.isReplay,
    maxAttempts: details.maxAttempts,
    version: details.version,
    depth: details.depth,
    durationMs: details.activeMs,
    costInCents: 0,
    baseCostInCents: 0,
  };
  if (details.idempotencyKey !== "") {
    run.idempotencyKey = details.idempotencyKey;
    run.idempotencyKeyScope = "global";
  }
  if (maxDurationMs !== undefined && maxDurationMs < noLimitSeconds * 1_000) run.maxDuration = maxDurationMs / 1000;
  if (details.priority !== 0) run.priority = details.priority;
  if (details.parentRunId !== "") run.parentTaskRunId = details.parentRunId;
  if (details.rootRunId !== "" && details.rootRunId !== details.runId) run.rootTaskRunId = details.rootRunId;
  return Object.freeze(run);
}

const shownMachines = new Map<string, Readonly<Record<string, unknown>>>();

function makeMachine(name: string): Readonly<Record<string, unknown>> {
  const known = shownMachines.get(name);
  if (known !== undefined) return known;
  const preset = machines[knownMachine(name)];
  const machine = Object.freeze({ name, cpu: preset.cpu, memory: preset.memoryGb, centsPerMs: 0 });
  shownMachines.set(name, machine);
  return machine;
}
