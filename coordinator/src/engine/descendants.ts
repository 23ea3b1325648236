import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { Run } from "../core/life/run.ts";
import type { ListCursor } from "../store/store.ts";

/** Children looked at together. */
export const childrenPerPage = 200;
/** The pause before a walk that the store broke off begins again, in milliseconds. */
export const restartPauseMs = 1_000;

/** What is needed of the coordinator. */
export interface DescendantAccess {
  readonly clock: Clock;
  isRunning(): boolean;
  /** A page of the durable children of a run, newest first, older than `before`. */
  readChildren(parentId: RunId, before: ListCursor | undefined): Promise<readonly Run[]>;
  /** Cancels a run; resolves when that, or the end that came before it, is durable. */
  cancel(run: Run): Promise<unknown>;
  /** Everything below the run is final, durably. */
  onDone(runId: RunId): void;
}

/**
 * Cancels what canceled runs have triggered, and what that has triggered, level by level. The children of a run are read
 * once its end is durable: none can be added then, because a trigger by a run that is not executing is refused, and none
 * is missed, because earlier ones are durable too. Runs that have ended are passed through, since what they triggered may
 * go on. A walk can be repeated from its start, which is what happens after a crash in the middle.
 */
export class Descendants {
  readonly #access: DescendantAccess;
  readonly #underWay = new Set<RunId>();

  constructor(access: DescendantAccess) {
    this.#access = access;
  }

  /** Begins below a run whose cancellation is durable, unless that is under way. */
  cancelBelow(runId: RunId): void {
    if (this.#underWay.has(runId)) return;
    this.#underWay.add(runId);
    this.#walk(runId);
  }

  #walk(runId: RunId): void {
    const { clock, isRunning, onDone } = this.#access;
    if (!isRunning()) return;
    this.#cancelAll(runId).then(
      () => {
        this.#underWay.delete(runId);
        if (isRunning()) onDone(runId);
      },
      () => isRunning() && clock.setTimer(restartPauseMs, () => this.#walk(runId)),
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
    let before: ListCursor | undefined;
    for (;;) {
      const children = await this.#access.readChildren(parentId, before);
      await Promise.all(children.filter(({ status }) => !isFinal(status)).map((child) => this.#access.cancel(child)));
      below.push(...children.map(({ id }) => id));
      const last = children.at(-1);
      if (last === undefined || children.length < childrenPerPage) return;
      before = { createdAt: last.createdAt, id: last.id };
    }
  }
}
