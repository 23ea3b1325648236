import type { Clock } from "@baton/proto/clock";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { RunLogs } from "../store/store.ts";

/** How long a final status waits for the lines of its attempt, in milliseconds. */
export const logWaitMs = 1_000;
/** Attempts whose last lines came before their outcome, at least; of one that is forgotten the end is told late. */
const endedAhead = 5_000;

/** An attempt that has ended and whose last lines have not come. */
interface Awaited {
  readonly runId: RunId;
  readonly cancelTimer: () => void;
  /** What was to be told while it was the latest one of its run. */
  readonly callbacks: (() => void)[];
  isOver: boolean;
}

/** Who follows the logs of which run, and which final states wait until the last lines are stored. */
export class LogListeners {
  readonly #clock: Clock;
  readonly #listeners = new Map<RunId, Set<() => void>>();
  readonly #listenersToAll = new Set<(logs: readonly RunLogs[]) => void>();
  readonly #awaited = new Map<AttemptId, Awaited>();
  /** Attempts whose lines were all there before their outcome was: the latest, and those before them. */
  #ended = new Set<AttemptId>();
  #endedBefore = new Set<AttemptId>();
  /** Runs with awaited attempts, and those in their order; one that is over stays while an earlier one is awaited. */
  readonly #waiting = new Map<RunId, Awaited[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  listen(runId: RunId, callback: () => void): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set();
    this.#listeners.set(runId, listeners.add(callback));
    return () => {
      listeners.delete(callback);
      if (listeners.size === 0 && this.#listeners.get(runId) === listeners) this.#listeners.delete(runId);
    };
  }

  /** Calls back with the lines of all runs. */
  listenToAll(callback: (logs: readonly RunLogs[]) => void): () => void {
    this.#listenersToAll.add(callback);
    return () => void this.#listenersToAll.delete(callback);
  }

  isFollowed(runId: RunId): boolean {
    return this.#listeners.has(runId);
  }

  /** These lines are stored. */
  stored(logs: readonly RunLogs[]): void {
    for (const callback of this.#listenersToAll) callback(logs);
    for (const { runId } of logs) this.changed(runId);
  }

  /** New lines are stored, or the run became final. */
  changed(runId: RunId): void {
    for (const callback of this.#listeners.get(runId) ?? []) callback();
  }

  /** The lines of this attempt were still on their way when its outcome was sent; they may have overtaken it. */
  expect(runId: RunId, attemptId: AttemptId): void {
    if (this.#forgetEnd(attemptId) || this.#awaited.has(attemptId)) return;
    const cancelTimer = this.#clock.setTimer(logWaitMs, () => this.ended(attemptId));
    const awaited: Awaited = { runId, cancelTimer, callbacks: [], isOver: false };
    this.#awaited.set(attemptId, awaited);
    const waiting = this.#waiting.get(runId);
    if (waiting === undefined) this.#waiting.set(runId, [awaited]);
    else waiting.push(awaited);
  }

  /** No more lines of this attempt will come. */
  ended(attemptId: AttemptId): void {
    const awaited = this.#awaited.get(attemptId);
    if (awaited === undefined) return this.#rememberEnd(attemptId);
    this.#awaited.delete(attemptId);
    awaited.cancelTimer();
    awaited.isOver = true;
    for (const callback of this.#takeReady(awaited.runId)) callback();
    this.changed(awaited.runId);
  }

  /** What waits for no attempt any more, in order. */
  #takeReady(runId: RunId): readonly (() => void)[] {
    const waiting = this.#waiting.get(runId) ?? [];
    const firstAwaited = waiting.findIndex(({ isOver }) => !isOver);
    const over = waiting.splice(0, firstAwaited === -1 ? waiting.length : firstAwaited);
    if (waiting.length === 0) this.#waiting.delete(runId);
    return over.flatMap(({ callbacks }) => callbacks);
  }

  #rememberEnd(attemptId: AttemptId): void {
    // Forgotten many at a time: a set from which the oldest is taken each time has to look for it behind all that went.
    if (this.#ended.size >= endedAhead) {
      this.#endedBefore = this.#ended;
      this.#ended = new Set();
    }
    this.#ended.add(attemptId);
  }

  #forgetEnd(attemptId: AttemptId): boolean {
    return this.#ended.delete(attemptId) || this.#endedBefore.delete(attemptId);
  }

  /** Are lines of the run still on their way? */
  isAwaited(runId: RunId): boolean {
    return this.#waiting.has(runId);
  }

  /** Calls back when no lines of the run are awaited: at once, or after the last ones or their time. */
  afterLogs(runId: RunId, callback: () => void): void {
    const latest = this.#waiting.get(runId)?.at(-1);
    if (latest === undefined) callback();
    else latest.callbacks.push(callback);
  }
}
