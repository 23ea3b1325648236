import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { Store } from "../store/store.ts";
import { type Engine, inBackground } from "./engine.ts";
import type { Versions } from "./versions.ts";

/** How often expired documents are deleted, in milliseconds, and how many in one request. */
export const retentionPass = { intervalMs: 60_000, documents: 500 } as const;

/** The parts of the coordinator that retention works with. */
export interface RetentionDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly versions: Versions;
}

/** How long final runs and log lines are kept. */
export interface RetentionOptions {
  readonly runsMs: number;
  readonly logsMs: number;
  /** Returns whether documents may be deleted for their age now; called before each pass. Absent: always. */
  readonly mayDelete?: (() => boolean) | undefined;
}

/** Deletes runs, log lines and versions that are past their retention. */
export class Retention {
  readonly #deps: RetentionDeps;
  readonly #options: RetentionOptions;
  #passedAt = 0;

  constructor(deps: RetentionDeps, options: RetentionOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Starts a pass when it is time for one. */
  tick(now: number): void {
    if (now - this.#passedAt < retentionPass.intervalMs) return;
    this.#passedAt = now;
    this.#pass();
  }

  #pass(): void {
    if (this.#options.mayDelete?.() === false) return;
    void this.#deps.versions.pass();
    inBackground(this.#deleteExpired());
  }

  async #deleteExpired(): Promise<void> {
    const { clock, engine, log, store } = this.#deps;
    const now = clock.wallNow();
    const { logsMs, runsMs } = this.#options;
    const limits = { runsBefore: now - runsMs, logsBefore: now - logsMs, now, limit: retentionPass.documents };
    const startedAt = clock.monotonicNow();
    const { deleted, more } = await engine.read(() => store.deleteExpired(limits));
    if (deleted > 0) log.debug({ deleted }, "deleted what was past its retention");
    if (!more) return;
    // A pause as long as the pass leaves the store at least half of its time for runs.
    const tookMs = Math.ceil(clock.monotonicNow() - startedAt);
    clock.setTimer(tookMs, () => engine.isRunning && this.#pass());
  }
}
