import { type Clock, systemClock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { type Logger, pino } from "pino";
import { Cancel } from "../callers/cancel.ts";
import { Descendants } from "../callers/descendants.ts";
import { LogListeners } from "../callers/log-listeners.ts";
import { Partition } from "../core/partition.ts";
import type { SchedulingSettings } from "../core/scheduling/settings.ts";
import { RunnerEffects } from "../runners/runner-effects.ts";
import { RunnerSessions } from "../runners/runner-sessions.ts";
import type { MemoryStore } from "../store/memory/memory-store.ts";
import { Effects } from "./effects.ts";
import { Engine } from "./engine.ts";
import { RunReader } from "./run-reader.ts";

/** Settings of an engine in a test. */
export interface TestEngineOptions {
  readonly store: MemoryStore;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly backlogBudget?: number;
  readonly scheduling?: SchedulingSettings;
}

/** Starts an engine with all its effects, over a memory store. `reloaded` lists the runs that another process wrote. */
export async function startEngine(options: TestEngineOptions) {
  const { backlogBudget, clock = systemClock, log = pino({ level: "silent" }), scheduling, store } = options;
  const makePartition = (given: ConstructorParameters<typeof Partition>[0]) =>
    new Partition({ ...given, ...(backlogBudget !== undefined && { backlogBudget }) });
  const deps = { store, clock, log };
  const engine = new Engine({ ...deps, makePartition }, { leaseMs: 10_000, ...(scheduling && { scheduling }) });
  const sessions = new RunnerSessions({ ...deps, engine, logListeners: new LogListeners(clock) });
  const descendants = new Descendants({ ...deps, engine, cancel: new Cancel(engine, store) });
  const reader = new RunReader(store, clock);
  const runners = new RunnerEffects({ clock, engine, sessions, reader }, { heartbeatIntervalMs: 2_000 });
  const effects = new Effects({ engine, store, runners, descendants });
  const reloaded: RunId[] = [];
  await engine.start({
    effects,
    changes: { durable: () => undefined, reloaded: (runId) => void reloaded.push(runId) },
    ticker: { planDue: () => undefined },
    storeLost: () => undefined,
  });
  return { engine, descendants, reloaded };
}
