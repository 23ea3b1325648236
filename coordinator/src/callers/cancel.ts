import type { RunId } from "@baton/proto/contract/ids";
import type { RunStatus } from "@baton/proto/contract/run-status";
import type { Run } from "../core/life/run.ts";
import type { Engine } from "../engine/engine.ts";
import type { ListedRun, Store } from "../store/store.ts";

/** Cancels runs. */
export class Cancel {
  readonly #engine: Engine;
  readonly #store: Store;

  constructor(engine: Engine, store: Store) {
    this.#engine = engine;
    this.#store = store;
  }

  /** Resolves with the run's final status once that is durable; undefined: no run has the id. */
  async cancel(runId: RunId, reason: string): Promise<RunStatus | undefined> {
    this.#engine.assertRunning();
    const found = await this.#find([runId]);
    return await this.#request(runId, found.get(runId), reason, false);
  }

  /** Cancels runs because the run that triggered them was canceled. */
  async cancelChildren(children: readonly ListedRun[]): Promise<void> {
    const found = await this.#find(children.map(({ id }) => id));
    const requests = children.map(({ id, parentRunId }) => {
      const reason = `The run ${parentRunId}, which triggered it, was canceled.`;
      return this.#request(id, found.get(id), reason, true);
    });
    await Promise.all(requests);
  }

  /** Finds runs in memory, and all others with one read of the store. */
  async #find(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, Run>> {
    const found = new Map<RunId, Run>();
    const others: RunId[] = [];
    for (const runId of runIds) {
      const known = this.#engine.find(runId);
      if (known === undefined) others.push(runId);
      else found.set(runId, known);
    }
    if (others.length === 0) return found;
    for (const { run } of await this.#store.findRuns(others, false)) found.set(run.id, run);
    return found;
  }

  /** @param read the run as it was read; it may have changed and left working memory since */
  async #request(
    runId: RunId,
    read: Run | undefined,
    reason: string,
    isWithAncestor: boolean,
  ): Promise<RunStatus | undefined> {
    const stored = this.#engine.findUnwritten(runId) ?? read;
    const reply = await this.#engine.request((requestId) => ({
      type: "cancelRequested",
      runId,
      requestId,
      reason,
      isWithAncestor,
      ...(stored !== undefined && { stored }),
    }));
    return reply.type === "run" ? reply.run.status : undefined;
  }
}
