import type { RunId } from "@baton/proto/contract/ids";
import type { Event, LoadedPage } from "../core/event.ts";
import type { Run } from "../core/life/run.ts";
import type { RunWrite, Store } from "../store/store.ts";
import { BoundedWork } from "./bounded-work.ts";
import { type Engine, inBackground, type OutgoingEffect } from "./engine.ts";
import type { Writes } from "./journal.ts";

/** Lanes that are read at once. After a start all of them are read, and other reads must not wait behind them. */
const laneReadsAtOnce = 64;

/** An effect that is about one runner. */
export type RunnerEffect = Exclude<
  OutgoingEffect,
  { type: "cancelDescendants" | "loadLane" | "loadDue" | "loadPending" }
>;

/** What effects are performed with. */
export interface EffectsDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly runners: {
    /** @param write the run as the batch that held the effect back wrote it */
    perform(effect: RunnerEffect, write: RunWrite | undefined): void;
    /** Sends what is gathered for runners. */
    flush(): void;
    /** Takes the runs that a batch has made durable, before the effects of the batch. */
    durable(writes: readonly RunWrite[]): void;
  };
  readonly descendants: { cancelBelow(runId: RunId): void };
}

/** Performs what the core has decided, once it is durable: loads pages, and hands on what is for runners and descendants. */
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

  /** Sends what is gathered for runners. Callers are answered in the same turn, and a run must not wait for that. */
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
        // The page may have a run as it was before it was canceled or triggered again while the store answered.
        const isCurrent = ({ id, revision }: Run) => (engine.findUnwritten(id)?.revision ?? revision) === revision;
        engine.step(toEvent({ ...page, runs: page.runs.filter(isCurrent) }));
      }),
    );
  }
}
