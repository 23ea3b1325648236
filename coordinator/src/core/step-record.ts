import type { RunId } from "@baton/proto/contract/ids";
import type { Change, Effect, Transition } from "./effect.ts";
import type { Texts } from "./event.ts";
import type { Run } from "./life/run.ts";

/** Collects the changed runs and the effects of one step. */
export class StepRecord {
  #changes = new Map<RunId, Change>();
  #effects: Effect[] = [];

  /** Records that `run` replaces `before` and is stored with these texts. `before` is absent for a new run. */
  change(before: Run | undefined, run: Run, texts: Texts | undefined): void {
    const earlier = this.#changes.get(run.id);
    const replaces = earlier?.replaces ?? before?.revision ?? 0;
    this.#changes.set(run.id, { run, replaces, texts: texts ?? earlier?.texts });
  }

  /** Drops the recorded change of a run. */
  forget(runId: RunId): void {
    this.#changes.delete(runId);
  }

  /** Records an effect. */
  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Returns the changes and effects since the last call. */
  take(): Transition {
    const transition = { changes: [...this.#changes.values()], effects: this.#effects };
    // The caller owns the returned lists: a step that did nothing must not share its lists with the next step.
    if (this.#changes.size > 0) this.#changes = new Map();
    this.#effects = [];
    return transition;
  }
}
