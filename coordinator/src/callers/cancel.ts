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

  /** Resolves with the status that won, when that is durable; undefined: no run has the id. */
  async cancel(runId: RunId, reason: string): Promise<RunStatus | undefined> {
    this.#engine.assertRunning();
    return await this.#request(runId, await this.#find(runId), reason, false);
  }

  /** Cancels a run because the run that triggered it was canceled. */
  async cancelChild({ id, parentRunId }: ListedRun): Promise<void> {
    const reason = `The run ${parentRunId}, which triggered it, was canceled.`;
    await this.#request(id, await this.#find(id), reason, true);
  }

  /** Finds the run in memory, or else in the store. */
  async #find(runId: RunId): Promise<Run | undefined> {
    return this.#engine.find(runId) ?? (await this.#store.findRuns([runId], false))[0]?.run;
  }

  /** @param read the run as it was a moment ago; it may have changed, and left working memory again, since */
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
