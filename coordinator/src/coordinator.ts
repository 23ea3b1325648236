import { Cancel } from "./callers/cancel.ts";
import { Descendants } from "./callers/descendants.ts";
import { LogListeners } from "./callers/log-listeners.ts";
import { Logs } from "./callers/logs.ts";
import { RunChanges } from "./callers/run-changes.ts";
import { RunQueries } from "./callers/run-queries.ts";
import { Runs } from "./callers/runs.ts";
import { Tasks } from "./callers/tasks.ts";
import { Triggers } from "./callers/triggers.ts";
import { WatchHub } from "./callers/watch-hub.ts";
import type { SchedulingSettings } from "./core/scheduling/settings.ts";
import { BadEnds } from "./engine/bad-ends.ts";
import { Effects } from "./engine/effects.ts";
import { Engine, type EngineDeps, type EngineListeners } from "./engine/engine.ts";
import { LateWrites } from "./engine/late-writes.ts";
import { Retention } from "./engine/retention.ts";
import { RunReader } from "./engine/run-reader.ts";
import { Ticker } from "./engine/ticker.ts";
import { Versions } from "./engine/versions.ts";
import type { StoreLostError } from "./errors.ts";
import { RunnerEffects } from "./runners/runner-effects.ts";
import { RunnerSessions } from "./runners/runner-sessions.ts";
import { Runners } from "./runners/runners.ts";
import type { Store } from "./store/store.ts";

/** Settings of a coordinator. */
export interface CoordinatorOptions {
  readonly leaseMs: number;
  readonly heartbeatIntervalMs: number;
  /** Settings for the choice of queued runs; default: `defaultScheduling`. */
  readonly scheduling?: SchedulingSettings;
  /** Every smaller `maxDuration` is raised to this, in milliseconds; default: none is raised. */
  readonly minMaxDurationMs?: number;
  /** How long final runs and log lines are kept, in milliseconds. */
  readonly retention: { readonly runsMs: number; readonly logsMs: number };
  /** Returns whether documents may be deleted for their age now; called before each pass. Default: always. */
  readonly mayDeleteByAge?: () => boolean;
  /** Called once when another coordinator took the store, or its file was replaced; this one stops by itself. */
  readonly onStoreLost?: (error: StoreLostError) => void;
}

/** A coordinator without its network: connects the parts, starts them and stops them. */
export class Coordinator {
  readonly runs: Runs;
  readonly tasks: Tasks;
  readonly runners: Runners;
  readonly logs: Logs;
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #sessions: RunnerSessions;
  readonly #lateWrites: LateWrites;
  readonly #badEnds: BadEnds;
  readonly #ticker: Ticker;
  readonly #listeners: EngineListeners;
  #stopped: Promise<void> | undefined;

  constructor(deps: EngineDeps, options: CoordinatorOptions) {
    const { clock, log, store } = deps;
    const { leaseMs, scheduling } = options;
    const engine = new Engine(deps, { leaseMs, ...(scheduling !== undefined && { scheduling }) });
    // Callers may read a lot, and the reads of assignments and triggers must not queue behind theirs.
    const callersReader = new RunReader(store, clock);
    const ownReader = new RunReader(store, clock);
    const logListeners = new LogListeners(clock);
    const queries = new RunQueries(engine, store, callersReader);
    const hub = new WatchHub(engine, queries);
    const cancel = new Cancel(engine, store);
    const triggers = new Triggers({ engine, store, clock, reader: ownReader });
    const versions = new Versions({ engine, store, clock, log });
    const descendants = new Descendants({ engine, store, clock, cancel });
    const { logsMs, runsMs } = options.retention;
    const retention = new Retention(
      { engine, store, clock, log, versions },
      { runsMs, logsMs, mayDelete: options.mayDeleteByAge },
    );
    this.#store = store;
    this.#engine = engine;
    this.#sessions = new RunnerSessions({ engine, clock, log, logListeners });
    this.#lateWrites = new LateWrites(engine, store, log);
    this.#badEnds = new BadEnds(log);
    this.#ticker = new Ticker({ engine, clock, log, sessions: this.#sessions }, [
      this.#sessions,
      this.#lateWrites,
      this.#badEnds,
      retention,
    ]);
    const runnerEffects = new RunnerEffects({ engine, clock, sessions: this.#sessions, reader: ownReader }, options);
    const effects = new Effects({ engine, store, runners: runnerEffects, descendants });
    const changes = new RunChanges({ engine, clock, log, hub, logListeners, badEnds: this.#badEnds });
    const storeLost = (error: StoreLostError) => {
      options.onStoreLost?.(error);
      void this.stop();
    };
    this.#listeners = { effects, changes, ticker: this.#ticker, storeLost };
    this.runs = new Runs({ triggers, queries, cancel, hub, changes });
    this.tasks = new Tasks(engine);
    this.runners = new Runners(this.#sessions, versions);
    this.logs = new Logs(engine, store, logListeners);
  }

  /** Takes ownership of the store and loads it. @throws StoppingError when `stop` is called during the start */
  async start(): Promise<void> {
    const { hasLateWrites, loadedAt } = await this.#engine.start(this.#listeners);
    if (hasLateWrites) this.#lateWrites.loaded(loadedAt);
    this.#ticker.start(loadedAt);
  }

  /** Accepts nothing more, waits up to 5 s until all changes are durable, and closes the store. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#engine.close();
    this.#ticker.stop();
    this.#sessions.closeAll();
    await this.#engine.drain();
    this.#badEnds.tick(Number.POSITIVE_INFINITY);
    await this.#store.close();
  }
}
