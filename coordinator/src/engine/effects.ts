import type { RunId } from "@baton/proto/contract/ids";
import type { Event, LoadedPage } from "../core/event.ts";
import type { Run } from "../core/life/run.ts";
import type { RunWrite, Store } from "../store/store.ts";
import { BoundedWork } from "./bounded-work.ts";
import { type Engine, inBackground, type OutgoingEffect } from "./engine.ts";
import type { Writes } from "./journal.ts";

/** The most lanes that are read at once. A start reads all lanes, and other reads must not wait behind them. */
const laneReadsAtOnce = 64;

/** An effect that concerns one runner. */
export type RunnerEffect = Exclude<
  OutgoingEffect,
  { type: "cancelDescendants" | "loadLane" | "loadDue" | "loadPending" }
>;

/** The parts of the coordinator that perform effects. */
export interface EffectsDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly runners: {
    /** @param write the run's write in the batch that held the effect back */
    perform(effect: RunnerEffect, write: RunWrite | undefined): void;
    /** Sends the messages gathered for runners. */
    flush(): void;
    /** Takes the runs that a batch has made durable, before the effects of the batch. */
    durable(writes: readonly RunWrite[]): void;
  };
  readonly descendants: { cancelBelow(runId: RunId): void };
}

/** Performs the core's decisions once they are durable: loads pages, and passes on the other effects. */
export class Effects {
  readonly #deps: EffectsDeps;
  readonly #laneReads = new BoundedWork(laneReadsAtOnce);

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
  }

  perform(effect: OutgoingEffect, writes: Writes): void {
    const { descendants, runners, store } = this.#deps;
    switch (effect.type) {
      case "cancelDescendants":
        return descendants.cancelBelow(effect.runId);
      case "loadLane":
        return this.#laneReads.add((onDone) =>
          this.#loadPage(
            () => store.readBacklog(effect.lane, effect.after, effect.limit),
            (page) => ({ type: "laneLoaded", lane: effect.lane, page }),
            onDone,
          ),
        );
      case "loadDue":
        return this.#loadPage(
          () => store.readDue(effect.after, effect.until, effect.limit),
          (page) => ({ type: "dueLoaded", until: effect.until, page }),
        );
      case "loadPending":
        return this.#loadPage(
          () => store.readPending(effect.taskId, effect.after, effect.limit),
          (page) => ({ type: "pendingLoaded", taskId: effect.taskId, page }),
        );
      default:
        return runners.perform(effect, effect.runId === undefined ? undefined : writes.get(effect.runId));
    }
  }

  /** Sends the messages gathered for runners now, so that no run waits for this turn's answers to callers. */
  released(): void {
    this.#deps.runners.flush();
  }

  durable(writes: readonly RunWrite[]): void {
    this.#deps.runners.durable(writes);
  }

  #loadPage(read: () => Promise<LoadedPage>, toEvent: (page: LoadedPage) => Event, onRead?: () => void): void {
    const { engine } = this.#deps;
    inBackground(
      engine.read(read).then((page) => {
        onRead?.();
        // The read may have begun before the run was canceled or triggered again; then the page has an old state.
        const isCurrent = ({ id, revision }: Run) => (engine.findUnwritten(id)?.revision ?? revision) === revision;
        engine.step(toEvent({ ...page, runs: page.runs.filter(isCurrent) }));
      }),
    );
  }
}
