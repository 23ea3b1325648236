import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run } from "../core/life/run.ts";
import type { ListedRun } from "../store/store.ts";
import type { Cancel } from "./cancel.ts";
import type { RunChanges } from "./run-changes.ts";
import type { RunQueries, RunView } from "./run-queries.ts";
import type { TriggerCommand, TriggerOutcome } from "./trigger-command.ts";
import type { Triggers } from "./triggers.ts";
import type { RunWatch, WatchHub, WatchPace, WatchSink } from "./watch-hub.ts";

/** The parts of the coordinator that serve callers' requests about runs. */
export interface RunsDeps {
  readonly triggers: Triggers;
  readonly queries: RunQueries;
  readonly cancel: Cancel;
  readonly hub: WatchHub;
  readonly changes: RunChanges;
}

/** Callers' requests about runs. Every promise may reject with a StoppingError or StoreError. */
export class Runs {
  readonly #deps: RunsDeps;

  constructor(deps: RunsDeps) {
    this.#deps = deps;
  }

  /** Creates runs. Resolves when all are durable or refused, with their outcomes in order. @throws OverloadedError */
  trigger(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    return this.#deps.triggers.trigger(commands);
  }

  /** Creates all runs of a batch, or none. @throws RunIdTakenError, QueueFullError, OverloadedError */
  triggerBatch(commands: readonly TriggerCommand[]): Promise<readonly TriggerOutcome[]> {
    return this.#deps.triggers.triggerBatch(commands);
  }

  /** Resolves with the run's final status once that is durable; undefined: no run has the id. */
  cancel(runId: RunId, reason: string): Promise<RunStatus | undefined> {
    return this.#deps.cancel.cancel(runId, reason);
  }

  find(runId: RunId): Promise<RunView | undefined> {
    return this.#deps.queries.find(runId);
  }

  /** Finds the run without its texts. */
  findState(runId: RunId): Promise<Run | undefined> {
    return this.#deps.queries.findState(runId);
  }

  /** Lists stored runs whose id begins with `idPrefix`, in the order of their ids, at most `limit`. */
  findByPrefix(idPrefix: string, limit: number): Promise<readonly Run[]> {
    return this.#deps.queries.findByPrefix(idPrefix, limit);
  }

  /** Lists stored runs as `Store.listRuns` does. */
  list(...query: Parameters<RunQueries["list"]>): Promise<readonly ListedRun[]> {
    return this.#deps.queries.list(...query);
  }

  /** @param pace limits the reads for this watcher; absent: no limit */
  watch(sink: WatchSink, pace?: WatchPace): RunWatch {
    return this.#deps.hub.watch(sink, pace);
  }

  /**
   * Calls back with every durable new state of a run, after the lines that its attempt printed before, unless those
   * take longer than a second. Returns a function that stops it.
   */
  onChanged(callback: (run: Run) => void): () => void {
    return this.#deps.changes.listen(callback);
  }
}
