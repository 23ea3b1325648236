import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { Logger } from "pino";
import type { Run } from "../core/life/run.ts";
import { type BadEnds, isBadEnd } from "../engine/bad-ends.ts";
import type { Engine } from "../engine/engine.ts";
import type { RunWrite } from "../store/store.ts";
import type { LogListeners } from "./log-listeners.ts";
import { viewOf } from "./run-queries.ts";
import type { WatchHub } from "./watch-hub.ts";

/** The parts of the coordinator that learn about changes of runs. */
export interface RunChangesDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hub: WatchHub;
  readonly logListeners: LogListeners;
  readonly badEnds: BadEnds;
}

/** Tells watchers, log followers, listeners and the log about every durable change of a run. */
export class RunChanges {
  readonly #deps: RunChangesDeps;
  readonly #listeners = new Set<(run: Run) => void>();

  constructor(deps: RunChangesDeps) {
    this.#deps = deps;
  }

  /** Calls back as `Runs.onChanged` describes. */
  listen(callback: (run: Run) => void): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  durable(writes: readonly RunWrite[]): void {
    const { badEnds, clock, log, logListeners } = this.#deps;
    for (const write of writes) {
      const { run } = write;
      if (this.#listeners.size > 0) logListeners.afterLogs(run.id, () => this.#tellListeners(run));
      if (isBadEnd(run.status)) badEnds.written(run, clock.monotonicNow());
      else if (isFinal(run.status)) log.debug({ runId: run.id, taskId: run.taskId, status: run.status }, "run ended");
      this.#tellWatchers(write);
    }
  }

  reloaded(runId: RunId): void {
    this.#deps.hub.refresh(runId);
  }

  #tellListeners(run: Run): void {
    for (const listener of this.#listeners) listener(run);
  }

  #tellWatchers({ output, outputTypes, run }: RunWrite): void {
    const { engine, hub, logListeners } = this.#deps;
    if (!hub.isWatched(run.id) && !logListeners.isFollowed(run.id)) return;
    const texts = { ...(output !== undefined && { output }), ...(outputTypes !== undefined && { outputTypes }) };
    const view = viewOf({ run, ...texts }, engine);
    if (!isFinal(run.status)) return hub.notify(run.id, view);
    logListeners.afterLogs(run.id, () => {
      hub.notify(run.id, view);
      logListeners.changed(run.id);
    });
  }
}
