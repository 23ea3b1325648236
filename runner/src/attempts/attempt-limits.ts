import { Deadlines } from "./deadline.ts";

/** Why the runner ends an attempt's thread. */
export type StopReason = "maxDuration" | "loadTimeout" | "stall" | "drain";

/** The decision to end an attempt's thread. */
export interface Stop {
  readonly reason: StopReason;
  /** When its thread should end: now, or after the grace. By `performance.now()`. */
  readonly dueAt: number;
}

/** What happens when time is up. */
export interface LimitsListener {
  /** The attempt passed its maximum duration and has a grace to settle. */
  onTimeUp(attemptId: string): void;
  /** End the attempt's thread now. */
  onStop(attemptId: string): void;
  /** The thread should be gone by now and is not. */
  onLinger(attemptId: string): void;
}

/** A canceled attempt may settle by itself for so long, without and with `onCancel` hooks. */
const cancelGraceMs = 5_000;
const longCancelGraceMs = 30_000;
/** A thread that is not gone so long after the decision is reported as lingering. */
const lingerMs = 50;

/** All that time does to attempts: maximum duration, load timeout, grace of a cancel, threads that do not go. */
export class AttemptLimits {
  readonly #listener: LimitsListener;
  readonly #maxDurationGraceMs: number;
  readonly #activeSince = new Map<string, number>();
  readonly #stops = new Map<string, Stop>();
  readonly #canceledAt = new Map<string, number>();
  readonly #durations = new Deadlines((attemptId, at) => this.#onDurationPassed(attemptId, at));
  readonly #loads = new Deadlines((attemptId, at) => this.#decide(attemptId, { reason: "loadTimeout", dueAt: at }));
  readonly #graces = new Deadlines((attemptId) => this.#listener.onStop(attemptId));
  readonly #lingerers = new Deadlines((attemptId) => this.#listener.onLinger(attemptId));

  constructor(maxDurationGraceMs: number, listener: LimitsListener) {
    this.#maxDurationGraceMs = maxDurationGraceMs;
    this.#listener = listener;
  }

  /**
   * A thread was given the attempt. The maximum duration counts from here, whatever the thread says or does not say, but
   * for the time that it may take to import the task's file.
   */
  taken(attemptId: string, maxDurationMs: number | undefined): void {
    if (maxDurationMs !== undefined) this.#durations.set(attemptId, performance.now() + maxDurationMs);
  }

  /** The thread imports the task's file. */
  loading(attemptId: string, limitMs: number): void {
    if (this.#activeSince.has(attemptId) || this.#loads.has(attemptId)) return;
    this.#loads.set(attemptId, performance.now() + limitMs);
    const deadlineAt = this.#durations.get(attemptId);
    if (deadlineAt !== undefined) this.#durations.set(attemptId, deadlineAt + limitMs);
  }

  /** Active time begins, once: an attempt does not get more of it by saying so again. */
  active(attemptId: string, maxDurationMs: number | undefined): void {
    if (this.#activeSince.has(attemptId)) return;
    const now = performance.now();
    this.#loads.clear(attemptId);
    this.#activeSince.set(attemptId, now);
    if (maxDurationMs === undefined) return;
    const latestAt = this.#durations.get(attemptId) ?? Number.POSITIVE_INFINITY;
    this.#durations.set(attemptId, Math.min(now + maxDurationMs, latestAt));
  }

  /** The attempt was asked to stop; its thread is ended after the grace. */
  canceled(attemptId: string): void {
    this.#loads.clear(attemptId);
    this.#durations.clear(attemptId);
    const now = performance.now();
    this.#canceledAt.set(attemptId, now);
    this.#graces.set(attemptId, now + cancelGraceMs);
  }

  /** Ends the attempt's thread now, because it was silent for too long. */
  stopForStall(attemptId: string): void {
    this.#decide(attemptId, { reason: "stall", dueAt: performance.now() });
  }

  /** The canceled attempt has `onCancel` hooks and is given more time. */
  canceling(attemptId: string): void {
    const canceledAt = this.#canceledAt.get(attemptId);
    if (canceledAt !== undefined && this.#graces.has(attemptId)) {
      this.#graces.set(attemptId, canceledAt + longCancelGraceMs);
    }
  }

  /** Ends the attempt's thread now, because the runner drains. */
  stopForDrain(attemptId: string): void {
    this.#decide(attemptId, { reason: "drain", dueAt: performance.now() });
  }

  /** Why the attempt's thread is being ended, if it is. */
  stopOf(attemptId: string): Stop | undefined {
    return this.#stops.get(attemptId);
  }

  /** Active time so far, in milliseconds; undefined before it began or when nobody said that it did. */
  activeMs(attemptId: string): number | undefined {
    const since = this.#activeSince.get(attemptId);
    return since === undefined ? undefined : performance.now() - since;
  }

  /** The attempt's thread is gone or has another attempt. */
  forget(attemptId: string): void {
    this.#activeSince.delete(attemptId);
    this.#stops.delete(attemptId);
    this.#canceledAt.delete(attemptId);
    for (const deadlines of [this.#durations, this.#loads, this.#graces, this.#lingerers]) deadlines.clear(attemptId);
  }

  /** Ends every timer. */
  stop(): void {
    for (const deadlines of [this.#durations, this.#loads, this.#graces, this.#lingerers]) deadlines.stop();
  }

  #onDurationPassed(attemptId: string, at: number): void {
    const dueAt = at + this.#maxDurationGraceMs;
    this.#decide(attemptId, { reason: "maxDuration", dueAt });
  }

  #decide(attemptId: string, stop: Stop): void {
    if (this.#stops.has(attemptId)) return;
    this.#stops.set(attemptId, stop);
    this.#lingerers.set(attemptId, stop.dueAt + lingerMs);
    if (stop.dueAt <= performance.now()) {
      this.#listener.onStop(attemptId);
    } else {
      this.#graces.set(attemptId, stop.dueAt);
      this.#listener.onTimeUp(attemptId);
    }
  }
}
