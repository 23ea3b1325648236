import type { RunId } from "@baton/proto/contract/ids";
import type { Event, LoadedPage } from "../core/event.ts";
import type { Run } from "../core/life/run.ts";
import type { BacklogRead, RunWrite, Store } from "../store/store.ts";
import { type Engine, inBackground, type OutgoingEffect } from "./engine.ts";
import type { Writes } from "./journal.ts";
import { LaneReads } from "./lane-reads.ts";

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
  readonly #laneReads = new LaneReads((reads, onRead) => this.#loadLanes(reads, onRead));

  constructor(deps: EffectsDeps) {
    this.#deps = deps;
  }

  perform(effect: OutgoingEffect, writes: Writes): void {
    const { descendants, runners, store } = this.#deps;
    switch (effect.type) {
      case "cancelDescendants":
        return descendants.cancelBelow(effect.runId);
      case "loadLane":
        return this.#laneReads.add({ lane: effect.lane, after: effect.after, limit: effect.limit });
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

  #loadLanes(reads: readonly BacklogRead[], onRead: () => void): void {
    const { engine, store } = this.#deps;
    inBackground(
      engine
        .read(() => store.readBacklog(reads))
        .then((pages) => {
          onRead();
          for (const [index, page] of pages.entries()) {
            const lane = reads[index]?.lane;
            if (lane !== undefined) engine.step({ type: "laneLoaded", lane, page: this.#currentOf(page) });
          }
        }),
    );
  }

  #loadPage(read: () => Promise<LoadedPage>, toEvent: (page: LoadedPage) => Event): void {
    const { engine } = this.#deps;
    inBackground(engine.read(read).then((page) => engine.step(toEvent(this.#currentOf(page)))));
  }

  /** Drops old states: the read may have begun before a run was canceled or triggered again. */
  #currentOf(page: LoadedPage): LoadedPage {
    const { engine } = this.#deps;
    const isCurrent = ({ id, revision }: Run) => (engine.findUnwritten(id)?.revision ?? revision) === revision;
    return { ...page, runs: page.runs.filter(isCurrent) };
  }
}
