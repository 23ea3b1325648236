import type { Clock } from "@baton/proto/clock";
import { backoffMs } from "@baton/proto/contract/backoff";
import type { RunId } from "@baton/proto/contract/ids";
import { OncePerTurn } from "@baton/proto/once-per-turn";
import type { Change, Effect, Transition } from "../core/effect.ts";
import type { Event } from "../core/event.ts";
import type { Run } from "../core/life/run.ts";
import { StoppingError } from "../errors.ts";
import { type Batch, type RunTexts, type RunWrite, type Store, type StoredRun, textLengthOf } from "../store/store.ts";

/** Unwritten changes at which new triggers are refused. */
export const maxUnwrittenChanges = 50_000;
/** Bytes of unwritten payload and output at which new triggers are refused. */
export const maxUnwrittenBytes = 64 * 1024 * 1024;
/** The most changes in one batch, so that a batch takes milliseconds even after an outage of the store. */
export const maxBatchChanges = 5_000;
/**
 * Bytes of payload and output after which a batch takes no further run. A batch is sent again after a time-out, and
 * must get through a slow connection before the next one.
 */
export const maxBatchBytes = 4 * 1024 * 1024;
/** First and longest pause before a failed batch is sent again, in milliseconds. */
export const retryPauseMs = { first: 20, longest: 1_000 } as const;

const noTexts: RunTexts = {};

/** An event, and the effects of it that are not released yet. */
interface Step {
  /** Absent for the load of the store and for a barrier. */
  readonly event: Event | undefined;
  effects: readonly Effect[];
}

/** A batch while it fills. Every step is released when its batch and all earlier ones are durable. */
interface Filling {
  readonly writes: Map<RunId, RunWrite>;
  readonly steps: Step[];
  bytes: number;
}

/** A run that another process wrote: its stored state, and the events that must be stepped again. */
export interface Conflict {
  readonly runId: RunId;
  readonly stored: StoredRun | undefined;
  /** The latest state, which will not be written. `isInsert`: the core took the run for a new one. */
  readonly refused: { readonly run: Run; readonly isInsert: boolean } | undefined;
  readonly again: readonly Event[];
}

/** The writes of one batch, by run. */
export type Writes = ReadonlyMap<RunId, RunWrite>;

/** Learns from the journal what is durable. */
export interface JournalListener {
  /** Performs effects whose changes are durable. `writes` are those of the batch that held the effects back. */
  perform(effects: readonly Effect[], writes: Writes): void;
  /** Called after the last effect of a batch. */
  released(): void;
  /** Takes the runs that a batch has made durable. */
  durable(writes: readonly RunWrite[]): void;
  /** Takes runs that another process wrote: steps the stored states of all of them, then the events of each again. */
  reload(conflicts: readonly Conflict[]): void;
  /** Called when a batch failed for the `attempt`-th time, after `waitedMs` in all. The batch is sent again. */
  failed(error: unknown, attempt: number, waitedMs: number): void;
}

const noWrites: Writes = new Map();

function emptyBatch(): Filling {
  return { writes: new Map(), steps: [], bytes: 0 };
}

/**
 * Group commit between core and store. Steps join the batch that fills while the one before is in the store. A step's
 * effects are performed once its batch and all earlier ones are durable. A batch that failed or got no answer is sent
 * again unchanged until its outcome is known.
 */
export class Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listener: JournalListener;
  readonly #queue: Filling[] = [];
  #filling = emptyBatch();
  #inFlight: Filling | undefined;
  #batchNumber = 0;
  readonly #writing: OncePerTurn;
  #isStopped = false;
  #unwrittenChanges = 0;
  #unwrittenBytes = 0;
  #idle: (() => void)[] = [];
  #barriers: { batch: Filling; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #wakeRetry: (() => void) | undefined;

  constructor(store: Store, clock: Clock, listener: JournalListener) {
    this.#store = store;
    this.#clock = clock;
    this.#listener = listener;
    this.#writing = new OncePerTurn(() => void this.#writeAll(), clock);
  }

  /** Whether new triggers must be refused because too much waits to be written. */
  get isOverloaded(): boolean {
    return this.#unwrittenChanges >= maxUnwrittenChanges || this.#unwrittenBytes >= maxUnwrittenBytes;
  }

  /** Whether everything that was appended is durable. */
  get isIdle(): boolean {
    return this.#inFlight === undefined && this.#queue.length === 0 && this.#filling.steps.length === 0;
  }

  /** Returns the latest state of a run that is not durable yet. */
  findUnwritten(runId: RunId): RunWrite | undefined {
    const filling = this.#filling.writes.get(runId);
    if (filling !== undefined) return filling;
    for (let index = this.#queue.length - 1; index >= 0; index -= 1) {
      const write = this.#queue[index]?.writes.get(runId);
      if (write !== undefined) return write;
    }
    return this.#inFlight?.writes.get(runId);
  }

  /** Appends the transition of one event, or of loading the store. */
  append(event: Event | undefined, transition: Transition): void {
    const { changes, effects } = transition;
    if (changes.length === 0 && effects.length === 0) return;
    if (changes.length === 0 && this.isIdle) return this.#listener.perform(effects, noWrites);
    for (const change of changes) this.#add(change);
    this.#filling.steps.push({ event, effects });
    this.#schedule();
  }

  /** Resolves when everything that was appended so far is durable. @throws StoppingError when `stop` comes first */
  barrier(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    if (this.#isStopped) return Promise.reject(new StoppingError());
    const { promise, resolve, reject } = makeDeferred();
    this.#filling.steps.push({ event: undefined, effects: [] });
    this.#barriers.push({ batch: this.#filling, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Resolves when nothing waits to be written, or when the journal is stopped. */
  drained(): Promise<void> {
    if (this.isIdle || this.#isStopped) return Promise.resolve();
    const { promise, resolve } = makeDeferred();
    this.#idle.push(resolve);
    return promise;
  }

  /** Drops all changes that are not written, and performs no further effects. */
  stop(): void {
    this.#isStopped = true;
    this.#wakeRetry?.();
    for (const resolve of this.#idle.splice(0)) resolve();
    for (const { reject } of this.#barriers.splice(0)) reject(new StoppingError());
  }

  #add({ replaces, run, texts: carried }: Change): void {
    const texts: RunTexts = carried ?? noTexts;
    const isFull = this.#filling.writes.size >= maxBatchChanges || this.#filling.bytes >= maxBatchBytes;
    if (isFull && !this.#filling.writes.has(run.id)) {
      this.#queue.push(this.#filling);
      this.#filling = emptyBatch();
    }
    const earlier = this.#filling.writes.get(run.id);
    // A text and its types belong together.
    const { payload, payloadTypes } = (texts.payload === undefined ? earlier : texts) ?? noTexts;
    const { output, outputTypes } = (texts.output === undefined ? earlier : texts) ?? noTexts;
    const bytes = texts === noTexts ? 0 : textLengthOf(texts);
    this.#filling.bytes += bytes;
    this.#unwrittenBytes += bytes;
    if (earlier === undefined) this.#unwrittenChanges += 1;
    this.#filling.writes.set(run.id, {
      run,
      replaces: earlier?.replaces ?? replaces,
      ...(payload !== undefined && { payload }),
      ...(payloadTypes !== undefined && { payloadTypes }),
      ...(output !== undefined && { output }),
      ...(outputTypes !== undefined && { outputTypes }),
    });
  }

  #schedule(): void {
    if (this.#inFlight === undefined && !this.#isStopped) this.#writing.plan();
  }

  async #writeAll(): Promise<void> {
    while (!this.#isStopped && this.#inFlight === undefined && !this.isIdle) {
      this.#inFlight = this.#queue.shift() ?? this.#filling;
      if (this.#inFlight === this.#filling) this.#filling = emptyBatch();
      const batch = this.#inFlight;
      const conflicts = batch.writes.size === 0 ? [] : await this.#write(batch);
      if (this.#isStopped) return;
      const reloaded = conflicts.length === 0 ? [] : await this.#read(conflicts);
      if (this.#isStopped) return;
      this.#inFlight = undefined;
      this.#finish(batch, conflicts, reloaded);
    }
    if (this.isIdle) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #write(batch: Filling): Promise<readonly RunId[]> {
    this.#batchNumber += 1;
    const request: Batch = { number: this.#batchNumber, writes: [...batch.writes.values()] };
    const result = await this.#untilAnswered(() => this.#store.commitBatch(request));
    return result?.conflicts ?? [];
  }

  async #read(runIds: readonly RunId[]): Promise<readonly StoredRun[]> {
    return (await this.#untilAnswered(() => this.#store.findRuns(runIds, false))) ?? [];
  }

  /** Repeats a request until the store answers. Resolves with undefined only after a stop. */
  async #untilAnswered<T>(request: () => Promise<T>): Promise<T | undefined> {
    const sentAt = this.#clock.monotonicNow();
    for (let attempt = 1; !this.#isStopped; attempt += 1) {
      try {
        return await request();
      } catch (error) {
        this.#listener.failed(error, attempt, this.#clock.monotonicNow() - sentAt);
        await this.#pause(backoffMs(retryPauseMs, attempt));
      }
    }
    return undefined;
  }

  #pause(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    const { promise, resolve } = makeDeferred();
    const cancel = this.#clock.setTimer(ms, resolve);
    this.#wakeRetry = () => {
      cancel();
      resolve();
    };
    return promise;
  }

  #finish(batch: Filling, conflicts: readonly RunId[], reloaded: readonly StoredRun[]): void {
    this.#unwrittenChanges -= batch.writes.size;
    this.#unwrittenBytes -= batch.bytes;
    const undone = conflicts.map(
      (runId): Conflict => ({
        runId,
        stored: reloaded.find((stored) => stored.run.id === runId),
        refused: this.#refusedState(runId, batch),
        again: this.#withdraw(runId, batch),
      }),
    );
    const refused = new Set(conflicts);
    const writes = [...batch.writes.values()];
    // Before anything else: every further step would decide on a state that is not stored.
    if (undone.length > 0) this.#listener.reload(undone);
    this.#listener.durable(refused.size === 0 ? writes : writes.filter((write) => !refused.has(write.run.id)));
    for (const step of batch.steps) if (step.effects.length > 0) this.#listener.perform(step.effects, batch.writes);
    this.#listener.released();
    if (this.#barriers.length > 0) {
      const done = this.#barriers.filter((barrier) => barrier.batch === batch);
      this.#barriers = this.#barriers.filter((barrier) => barrier.batch !== batch);
      for (const { resolve } of done) resolve();
    }
  }

  #refusedState(runId: RunId, batch: Filling): Conflict["refused"] {
    const write = batch.writes.get(runId);
    if (write === undefined) return undefined;
    return { run: this.findUnwritten(runId)?.run ?? write.run, isInsert: write.replaces === 0 };
  }

  /** Removes every unreleased change and effect of a run. Returns the events that caused them, in order. */
  #withdraw(runId: RunId, batch: Filling): Event[] {
    const events: Event[] = [];
    for (const { steps } of [batch, ...this.#queue, this.#filling]) {
      for (const step of steps) {
        if (step.effects.some((effect) => effect.runId === runId)) {
          step.effects = step.effects.filter((effect) => effect.runId !== runId);
        }
        if (step.event?.runId === runId) events.push(step.event);
      }
    }
    for (const waiting of [...this.#queue, this.#filling]) {
      if (waiting.writes.delete(runId)) this.#unwrittenChanges -= 1;
    }
    return events;
  }
}

function makeDeferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((settle, refuse) => {
    resolve = settle;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
