import { systemClock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { pino } from "pino";
import type { TriggerCommand } from "./callers/trigger-command.ts";
import { Coordinator, type CoordinatorOptions } from "./coordinator.ts";
import type { EngineDeps } from "./engine/engine.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";

const dayMs = 86_400_000;

/** Creates a coordinator over an empty memory store, unless a test passes another one. */
export function makeCoordinator(
  deps: Partial<EngineDeps> = {},
  options: Partial<CoordinatorOptions> = {},
): Coordinator {
  return new Coordinator(
    { store: new MemoryStore(), clock: systemClock, log: pino({ level: "silent" }), ...deps },
    {
      leaseMs: 10_000,
      heartbeatIntervalMs: 2_000,
      retention: { runsMs: 30 * dayMs, logsMs: 7 * dayMs },
      ...options,
    },
  );
}

/** Creates and starts a coordinator; see {@link makeCoordinator}. */
export async function startCoordinator(...parts: Parameters<typeof makeCoordinator>): Promise<Coordinator> {
  const coordinator = makeCoordinator(...parts);
  await coordinator.start();
  return coordinator;
}

/** A trigger of the task "echo". */
export function commandOf(runId: string, payload: string, more: Partial<TriggerCommand> = {}): TriggerCommand {
  return {
    runId: runId as RunId,
    taskId: "echo",
    payload,
    idempotencyKeyTtlMs: dayMs,
    tags: [],
    priorityMs: 0,
    isTest: false,
    isReplay: false,
    triggerFunction: "trigger",
    ...more,
  };
}
