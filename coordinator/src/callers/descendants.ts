import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { Engine } from "../engine/engine.ts";
import type { ListCursor, Store } from "../store/store.ts";
import type { Cancel } from "./cancel.ts";

/** The most children in one read of the store. */
export const childrenPerPage = 200;
/** The pause before a failed walk starts again, in milliseconds. */
export const restartPauseMs = 1_000;

/** The parts of the coordinator that cancel descendants. */
export interface DescendantsDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly cancel: Cancel;
}

/**
 * Cancels the descendants of canceled runs, level by level. The children of a run are read once its end is durable. No
 * child can be added then, because a trigger by a run that is not executing is refused, and none is missed, because
 * earlier ones are durable too. The walk continues below runs that have ended, because their children may still run.
 * After a crash it starts again.
 */
export class Descendants {
  readonly #deps: DescendantsDeps;
  readonly #underWay = new Set<RunId>();

  constructor(deps: DescendantsDeps) {
    this.#deps = deps;
  }

  /** Starts a walk below a run whose cancellation is durable, unless that walk is under way. */
  cancelBelow(runId: RunId): void {
    if (this.#underWay.has(runId)) return;
    this.#underWay.add(runId);
    this.#walk(runId);
  }

  #walk(runId: RunId): void {
    const { clock, engine } = this.#deps;
    if (!engine.isRunning) return;
    this.#cancelAll(runId).then(
      () => {
        this.#underWay.delete(runId);
        engine.step({ type: "descendantsCanceled", runId });
      },
      () => engine.isRunning && clock.setTimer(restartPauseMs, () => this.#walk(runId)),
    );
  }

  async #cancelAll(runId: RunId): Promise<void> {
    let level: RunId[] = [runId];
    while (level.length > 0) {
      const below: RunId[] = [];
      for (const parentId of level) await this.#cancelChildren(parentId, below);
      level = below;
    }
  }

  async #cancelChildren(parentId: RunId, below: RunId[]): Promise<void> {
    const { cancel, store } = this.#deps;
    let cursor: { readonly before?: ListCursor } = {};
    for (;;) {
      const children = await store.listRuns({ parentRunId: parentId }, cursor, childrenPerPage);
      await cancel.cancelChildren(children.filter(({ status }) => !isFinal(status)));
      below.push(...children.map(({ id }) => id));
      const last = children.at(-1);
      if (last === undefined || children.length < childrenPerPage) return;
      cursor = { before: { createdAt: last.createdAt, id: last.id } };
    }
  }
}
