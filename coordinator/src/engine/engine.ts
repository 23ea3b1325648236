import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import type { Logger } from "pino";
import type { PartitionOptions } from "../core/core-state.ts";
import type { Effect, Reply } from "../core/effect.ts";
import type { Event } from "../core/event.ts";
import type { Instant } from "../core/instant.ts";
import type { Run } from "../core/life/run.ts";
import { Partition } from "../core/partition.ts";
import {
  type CoordinatorError,
  mayHaveHappened,
  StoppingError,
  StoreError,
  StoreLockedError,
  type StoreLostError,
} from "../errors.ts";
import type { RunWrite, Store } from "../store/store.ts";
import { type Conflict, Journal, type JournalListener, type Writes } from "./journal.ts";

/** How long callers wait for a store that refuses to write before they get the reason, in milliseconds. */
export const storePatienceMs = 5_000;
/** How long a stop waits for everything to be durable, in milliseconds. */
const drainMs = 5_000;
/** The pause before a failed read is repeated, in milliseconds. */
const readPauseMs = 500;

/** The parts of the coordinator that an engine works with. */
export interface EngineDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Replacements of both classes, for the simulation's broken variants. */
  readonly makePartition?: (options: PartitionOptions) => Partition;
  readonly makeJournal?: (store: Store, clock: Clock, listener: JournalListener) => Journal;
}

/** An effect that leaves the engine. */
export type OutgoingEffect = Exclude<Effect, { type: "reply" }>;

/** The parts of a coordinator that act on what the engine has made durable. */
export interface EngineListeners {
  readonly effects: {
    /** Performs an effect whose changes are durable. `writes` are those of the batch that held the effect back. */
    perform(effect: OutgoingEffect, writes: Writes): void;
    /** Called after the last effect of a batch. */
    released(): void;
    /** Takes the runs that a batch has made durable, before the effects of the batch. */
    durable(writes: readonly RunWrite[]): void;
  };
  readonly changes: {
    /** Takes the runs that a batch has made durable. */
    durable(writes: readonly RunWrite[]): void;
    /** Called when another process wrote a run. */
    reloaded(runId: RunId): void;
  };
  readonly ticker: {
    /** Called after each step with the time of the earliest due run, in milliseconds since the epoch. */
    planDue(dueAt: number): void;
  };
  /** Called when the store is lost. The engine then writes nothing more and must be stopped. */
  storeLost(error: StoreLostError): void;
}

/** The questions that a partition answers without a step. */
export type PartitionQueries = Omit<Partition, "load" | "step">;

/** What a start learned from the store. */
export interface Started {
  /** When the runs in the store were loaded, in monotonic milliseconds. */
  readonly loadedAt: number;
  /** Whether an earlier owner's writes may still be applied. */
  readonly hasLateWrites: boolean;
}

/** Steps events, has their changes written, and releases their effects once the changes are durable. */
export class Engine {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #partition: Partition;
  readonly #journal: Journal;
  readonly #hasLengthLimit: boolean;
  readonly #replies = new Map<number, { resolve: (reply: Reply) => void; reject: (error: unknown) => void }>();
  #listeners!: EngineListeners;
  #lastRequestId = 0;
  #state: "new" | "running" | "stopping" = "new";

  constructor(deps: EngineDeps, options: Pick<PartitionOptions, "leaseMs" | "scheduling">) {
    const { clock, log, makeJournal, makePartition, store } = deps;
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#hasLengthLimit = options.scheduling?.maxQueueLength !== undefined;
    const partitionOptions = { ...options, random: () => clock.random() };
    this.#partition = makePartition?.(partitionOptions) ?? new Partition(partitionOptions);
    const listener: JournalListener = {
      perform: (effects, writes) => this.#perform(effects, writes),
      released: () => this.#listeners.effects.released(),
      durable: (writes) => {
        this.#listeners.effects.durable(writes);
        this.#listeners.changes.durable(writes);
      },
      reload: (conflicts) => this.#reload(conflicts),
      failed: (error, attempt, waitedMs) => this.#onWriteFailed(error, attempt, waitedMs),
    };
    this.#journal = makeJournal?.(store, clock, listener) ?? new Journal(store, clock, listener);
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  /** Whether new triggers must be refused because too much waits to be written. */
  get isOverloaded(): boolean {
    return this.#journal.isOverloaded;
  }

  get partition(): PartitionQueries {
    return this.#partition;
  }

  /**
   * Opens and loads the store, and starts to run.
   *
   * @throws StoppingError when `close` is called during the start, and what `Store.open` throws
   */
  async start(listeners: EngineListeners): Promise<Started> {
    if (this.#state !== "new") throw new Error("An engine starts once.");
    this.#listeners = listeners;
    const startedAt = this.#clock.monotonicNow();
    const { epoch, hasLateWrites = false, lost } = await this.#store.open();
    void lost?.then((error) => this.#loseStore(error));
    // Counted before the lanes are read: a run that is written in between is counted when it is found.
    const queueLengths = this.#hasLengthLimit ? await this.#store.countQueued() : [];
    const [versions, active, lanes, pendingTasks] = await Promise.all([
      this.#store.loadVersions(),
      this.#store.loadActive(),
      this.#store.listLanes(),
      this.#store.listPendingTasks(),
    ]);
    this.#run();
    const now = this.now;
    const transition = this.#partition.load({ versions, active, lanes, pendingTasks, queueLengths }, now);
    this.#journal.append(undefined, transition);
    const loadMs = Math.round(this.#clock.monotonicNow() - startedAt);
    this.#log.info({ epoch, activeRuns: active.length, lanes: lanes.length, loadMs }, "coordinator started");
    return { loadedAt: now.monotonic, hasLateWrites };
  }

  #run(): void {
    if (this.#state !== "new") throw new StoppingError();
    this.#state = "running";
  }

  /** Ignores events and refuses requests from now on. */
  close(): void {
    this.#state = "stopping";
  }

  /** Waits at most 5 s until every change is durable, then refuses the callers that still wait. */
  async drain(): Promise<void> {
    const cancel = this.#clock.setTimer(drainMs, () => this.#journal.stop());
    await this.#journal.drained();
    cancel();
    this.#journal.stop();
    this.#refuseWaiting(new StoppingError());
  }

  /** @throws StoppingError unless the engine runs */
  assertRunning(): void {
    if (!this.isRunning) throw new StoppingError();
  }

  /** Steps an event and appends its changes to the journal. Ignores the event unless the engine runs. */
  step(event: Event): void {
    if (!this.isRunning) return;
    const transition = this.#partition.step(event, this.now);
    this.#journal.append(event, transition);
    const dueAt = this.#partition.nextDueAt;
    if (dueAt !== undefined) this.#listeners.ticker.planDue(dueAt);
  }

  /**
   * Steps the event that `makeEvent` returns. Resolves with its reply once that is durable.
   *
   * @throws StoppingError; StoreError when the store takes too long
   */
  request(makeEvent: (requestId: number) => Event): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.assertRunning();
      this.#lastRequestId += 1;
      const requestId = this.#lastRequestId;
      this.#replies.set(requestId, { resolve, reject });
      this.step(makeEvent(requestId));
    });
  }

  /** Returns the run from working memory, or the state of it that is about to be written. */
  find(runId: RunId): Run | undefined {
    return this.#partition.find(runId) ?? this.#journal.findUnwritten(runId)?.run;
  }

  /** Returns the run's latest state that is not durable yet. */
  findUnwritten(runId: RunId): Run | undefined {
    return this.#journal.findUnwritten(runId)?.run;
  }

  /** Resolves when all decisions so far are durable. @throws StoppingError */
  whenDurable(): Promise<void> {
    return this.#journal.barrier();
  }

  /** Repeats a read until the store answers. @throws StoppingError once the engine is stopped */
  async read<T>(ask: () => Promise<T>): Promise<T> {
    while (this.isRunning) {
      try {
        const answer = await ask();
        if (this.isRunning) return answer;
      } catch (error) {
        if (!this.isRunning) break;
        this.#log.warn({ err: error }, "store did not answer a read, trying again");
        await new Promise<void>((resolve) => this.#clock.setTimer(readPauseMs, resolve));
      }
    }
    throw new StoppingError();
  }

  /** Takes in runs that an earlier owner wrote late. */
  adopt(runs: readonly Run[]): void {
    this.step({ type: "runsReloaded", reloaded: runs.map((run) => ({ runId: run.id, stored: run })) });
    for (const { id } of runs) this.#listeners.changes.reloaded(id);
  }

  /** The current time, in the form that the core uses. */
  get now(): Instant {
    return { wall: this.#clock.wallNow(), monotonic: this.#clock.monotonicNow() };
  }

  #perform(effects: readonly Effect[], writes: Writes): void {
    for (const effect of effects) {
      if (effect.type !== "reply") this.#listeners.effects.perform(effect, writes);
      else {
        const waiting = this.#replies.get(effect.requestId);
        this.#replies.delete(effect.requestId);
        waiting?.resolve(effect.reply);
      }
    }
  }

  #reload(conflicts: readonly Conflict[]): void {
    if (!this.isRunning) return;
    const reloaded = conflicts.map(({ refused, runId, stored }) => ({
      runId,
      stored: stored?.run,
      ...(refused !== undefined && { refused }),
    }));
    this.#log.warn({ runIds: conflicts.map(({ runId }) => runId) }, "runs were written by somebody else, reloaded");
    this.step({ type: "runsReloaded", reloaded });
    for (const { again, runId, stored } of conflicts) {
      this.#listeners.changes.reloaded(runId);
      for (const event of again) {
        const isStored = stored !== undefined && this.#partition.find(runId) === undefined;
        const carriesStored = event.type === "runTriggered" || event.type === "cancelRequested";
        this.step(isStored && carriesStored ? { ...event, stored: stored.run } : event);
      }
    }
  }

  #onWriteFailed(error: unknown, attempt: number, waitedMs: number): void {
    if (error instanceof StoreLockedError) return this.#loseStore(error);
    this.#log.warn({ err: error, attempt }, "store did not take a batch, sending it again");
    if (waitedMs < storePatienceMs) return;
    // The changes stay in the journal and are written when the store is back.
    const reason = error instanceof StoreError ? error.message : "The store fails.";
    this.#refuseWaiting(new StoreError(`${reason} ${mayHaveHappened}`, { cause: error }));
  }

  #refuseWaiting(error: CoordinatorError): void {
    const waiting = [...this.#replies.values()];
    this.#replies.clear();
    for (const { reject } of waiting) reject(error);
  }

  /** Another coordinator owns the store now, or its file is gone: what this one acknowledges could be wrong. */
  #loseStore(error: StoreLostError): void {
    if (!this.isRunning) return;
    this.#log.fatal({ err: error }, "the store is lost to this coordinator, stopping");
    this.#journal.stop();
    this.#refuseWaiting(new StoreError(`${error.message} ${mayHaveHappened}`, { cause: error }));
    this.#listeners.storeLost(error);
  }
}

/** Lets work run that no code waits for. A StoppingError is ignored; any other failure stays an unhandled rejection. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof StoppingError)) throw error;
  });
}
