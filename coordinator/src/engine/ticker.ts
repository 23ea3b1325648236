import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { Engine } from "./engine.ts";

/** How often leases, deliveries and pauses of the process are checked, in milliseconds. */
export const tickMs = 250;
/** A tick that is later than this means that the process was paused, in milliseconds. */
export const pauseThresholdMs = 1_000;

/** Work for every tick. */
export interface Ticking {
  tick(now: number): void;
  /** Adds a pause of this process to the times that the work has noted. */
  paused?(pausedMs: number): void;
}

/** The parts of the coordinator that a ticker works with. */
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

  /** @param others called after the core, in this order */
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

  /** Sets one timer for the earliest due run. The next tick handles a run that is due after it. */
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
      // A busy start pauses the process, which matters to no one while no runner is connected.
      const level = sessions.isEmpty ? "debug" : "warn";
      log[level]({ pausedMs: Math.round(lateMs) }, "coordinator was paused, leases are extended");
      engine.step({ type: "clockPaused", pausedMs: lateMs });
      for (const other of this.#others) other.paused?.(lateMs);
    }
    engine.step({ type: "timerFired" });
    for (const other of this.#others) other.tick(now);
  }
}
