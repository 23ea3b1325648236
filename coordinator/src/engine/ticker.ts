import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { Engine } from "./engine.ts";

/** How often leases, deliveries and pauses of the process are checked, in milliseconds. */
export const tickMs = 250;
/** A tick this late means that the process was paused, in milliseconds. */
export const pauseThresholdMs = 1_000;

/** Work that is done at every tick; it gets the monotonic time. */
export interface Ticking {
  tick(now: number): void;
}

/** What a ticker works with. */
export interface TickerDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  /** The open streams of runners. */
  readonly sessions: { readonly isEmpty: boolean };
}

/** Tells the core that time has passed: four times a second, and when the next run is due. */
export class Ticker {
  readonly #deps: TickerDeps;
  readonly #others: readonly Ticking[];
  #cancelTick: (() => void) | undefined;
  #cancelDue: (() => void) | undefined;
  #dueTimerAt = Number.POSITIVE_INFINITY;
  #lastTickAt = 0;

  /** @param others tick after the core, in this order */
  constructor(deps: TickerDeps, others: readonly Ticking[]) {
    this.#deps = deps;
    this.#others = others;
  }

  start(now: number): void {
    this.#lastTickAt = now;
    this.#planTick();
  }

  stop(): void {
    this.#cancelTick?.();
    this.#cancelDue?.();
  }

  /** Plans one timer for the earliest due run. A run that is due after the next tick waits for that. */
  planDue(dueAt: number): void {
    if (dueAt >= this.#dueTimerAt) return;
    const { clock, engine } = this.#deps;
    const inMs = dueAt - clock.wallNow();
    if (inMs > tickMs) return;
    this.#cancelDue?.();
    this.#dueTimerAt = dueAt;
    this.#cancelDue = clock.setTimer(Math.max(0, Math.ceil(inMs)), () => {
      this.#dueTimerAt = Number.POSITIVE_INFINITY;
      if (engine.isRunning) this.#tick();
    });
  }

  #planTick(): void {
    this.#cancelTick = this.#deps.clock.setTimer(tickMs, () => {
      if (!this.#deps.engine.isRunning) return;
      this.#tick();
      this.#planTick();
    });
  }

  #tick(): void {
    const { clock, engine, log, sessions } = this.#deps;
    const now = clock.monotonicNow();
    const lateMs = now - this.#lastTickAt - tickMs;
    this.#lastTickAt = now;
    if (lateMs > pauseThresholdMs) {
      // A busy start pauses the process and concerns nobody while no runner is connected.
      const level = sessions.isEmpty ? "debug" : "warn";
      log[level]({ pausedMs: Math.round(lateMs) }, "coordinator was paused, leases are extended");
      engine.step({ type: "clockPaused", pausedMs: lateMs });
    }
    engine.step({ type: "timerFired" });
    for (const other of this.#others) other.tick(now);
  }
}
