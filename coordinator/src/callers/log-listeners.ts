import type { Clock } from "@baton/proto/clock";
import type { AttemptId, RunId } from "@baton/proto/contract/ids";
import type { RunLogs } from "../store/store.ts";

/** How long the notice of a final status waits for the lines of its attempt, in milliseconds. */
export const logWaitMs = 1_000;
/** How many attempts are remembered, at least, whose last lines came before their outcome. Others wait `logWaitMs`. */
const endedAhead = 5_000;

/** An attempt that has ended and whose last lines have not arrived. */
interface Awaited {
  readonly runId: RunId;
  readonly cancelTimer: () => void;
  /** Notices that wait for this attempt, the latest of its run when they came. */
  readonly callbacks: (() => void)[];
  isOver: boolean;
}

/** The followers of the logs of runs, and the notices of final statuses, which wait until the last lines are stored. */
export class LogListeners {
  readonly #clock: Clock;
  readonly #listeners = new Map<RunId, Set<() => void>>();
  readonly #listenersToAll = new Set<(logs: readonly RunLogs[]) => void>();
  readonly #awaited = new Map<AttemptId, Awaited>();
  /** Attempts whose lines were all stored before their outcome: the newest here, older ones in `#endedBefore`. */
  #ended = new Set<AttemptId>();
  #endedBefore = new Set<AttemptId>();
  /** The awaited attempts of each run, in order. An attempt that is over stays while an earlier one is awaited. */
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

  /** Tells listeners that these lines are stored. */
  stored(logs: readonly RunLogs[]): void {
    for (const callback of this.#listenersToAll) callback(logs);
    for (const { runId } of logs) this.changed(runId);
  }

  /** Tells the run's listeners that new lines are stored, or that the run became final. */
  changed(runId: RunId): void {
    for (const callback of this.#listeners.get(runId) ?? []) callback();
  }

  /** Waits for the last lines of an attempt whose outcome was sent before them, unless they overtook the outcome. */
  expect(runId: RunId, attemptId: AttemptId): void {
    if (this.#forgetEnd(attemptId) || this.#awaited.has(attemptId)) return;
    const cancelTimer = this.#clock.setTimer(logWaitMs, () => this.ended(attemptId));
    const awaited: Awaited = { runId, cancelTimer, callbacks: [], isOver: false };
    this.#awaited.set(attemptId, awaited);
    const waiting = this.#waiting.get(runId);
    if (waiting === undefined) this.#waiting.set(runId, [awaited]);
    else waiting.push(awaited);
  }

  /** Ends the wait for an attempt: no more of its lines will arrive. */
  ended(attemptId: AttemptId): void {
    const awaited = this.#awaited.get(attemptId);
    if (awaited === undefined) return this.#rememberEnd(attemptId);
    this.#awaited.delete(attemptId);
    awaited.cancelTimer();
    awaited.isOver = true;
    for (const callback of this.#takeReady(awaited.runId)) callback();
    this.changed(awaited.runId);
  }

  /** Removes and returns, in order, the notices that no longer wait for an attempt. */
  #takeReady(runId: RunId): readonly (() => void)[] {
    const waiting = this.#waiting.get(runId) ?? [];
    const firstAwaited = waiting.findIndex(({ isOver }) => !isOver);
    const over = waiting.splice(0, firstAwaited === -1 ? waiting.length : firstAwaited);
    if (waiting.length === 0) this.#waiting.delete(runId);
    return over.flatMap(({ callbacks }) => callbacks);
  }

  #rememberEnd(attemptId: AttemptId): void {
    // Drops a whole set at a time: a set that loses its oldest member again and again finds the next one ever slower.
    if (this.#ended.size >= endedAhead) {
      this.#endedBefore = this.#ended;
      this.#ended = new Set();
    }
    this.#ended.add(attemptId);
  }

  #forgetEnd(attemptId: AttemptId): boolean {
    return this.#ended.delete(attemptId) || this.#endedBefore.delete(attemptId);
  }

  /** Returns whether lines of the run may still arrive. */
  isAwaited(runId: RunId): boolean {
    return this.#waiting.has(runId);
  }

  /** Calls back when no lines of the run are awaited: at once, after the last ones, or after `logWaitMs`. */
  afterLogs(runId: RunId, callback: () => void): void {
    const latest = this.#waiting.get(runId)?.at(-1);
    if (latest === undefined) callback();
    else latest.callbacks.push(callback);
  }
}
