import { OncePerTurn } from "@baton/proto/once-per-turn";
import {
  addOccupancy,
  type Capacity,
  hasRoom,
  noOccupancy,
  type Occupancy,
  occupancyOf,
  subtractOccupancy,
} from "../capacity.ts";
import type { EndOfThread } from "../thread/attempt-text.ts";
import { attemptsPerMessage } from "../thread/claims.ts";
import { addFollowing, type HandOver, type QueuedAttempt } from "./hand-over.ts";
import type { TakenAttempt } from "./host-protocol.ts";
import { Leftovers } from "./leftovers.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import { TaskLengths } from "./task-lengths.ts";
import { ThreadLimit } from "./thread-limit.ts";
import type { ThreadMessage } from "./thread-message.ts";
import { ThreadSupply } from "./thread-supply.ts";
import { ThreadWatch } from "./thread-watch.ts";
import { Upkeep } from "./upkeep.ts";
import type { ThreadExitReport, WorkerThread } from "./worker-thread.ts";

interface KnownVersion {
  readonly manifest: string;
  readonly maxAttemptsPerThread: number;
}

/** Limits the concurrently starting threads of a machine; more would slow each other down. */
const threadsStartingAtOnce = 8;
/** Limits how long short attempts wait behind one that takes longer than expected, in milliseconds. */
const patienceMs = 3;

/**
 * Gives attempts to free threads of their machine, oldest first, while threads, memory and vCPU are free. A thread
 * executes one attempt at a time. Attempts are admitted once per event-loop turn, for everything that arrived in it.
 *
 * While more attempts wait than threads are free, a thread gets up to sixteen short ones in one message: a message each
 * way and a turn of the host and the runner for every attempt cost more than the attempt. Those that a thread does not
 * begin soon are taken back, for another thread.
 */
export class Pool {
  readonly #capacity: Capacity;
  readonly #outbox: PoolOutbox;
  readonly #supply: ThreadSupply;
  readonly #limit: ThreadLimit;
  readonly #lengths = new TaskLengths();
  readonly #watch: ThreadWatch;
  readonly #upkeep: Upkeep;
  readonly #leftovers: Leftovers;
  readonly #versions = new Map<string, KnownVersion>();
  /** Threads by the attempts that they were given. */
  readonly #running = new Map<string, WorkerThread>();
  /** Threads that were given several attempts, until the last one has ended or is known to take longer. */
  readonly #several = new Set<WorkerThread>();
  /** Free threads of each machine; the most recently used is last. */
  readonly #idle = new Map<string, WorkerThread[]>();
  /** Terminating threads whose attempt has ended, and which still occupy their machine. */
  readonly #vacating = new Set<WorkerThread>();
  readonly #overdue = new Set<string>();
  #queue: QueuedAttempt[] = [];
  #occupied = noOccupancy;
  #occupiedElsewhere = noOccupancy;
  readonly #admission = new OncePerTurn(() => {
    this.#admit();
    this.#outbox.flush();
  });
  #limitTimer: NodeJS.Timeout | undefined;
  #patienceTimer: NodeJS.Timeout | undefined;

  constructor(capacity: Capacity, stallTimeoutMs: number | undefined, outbox: PoolOutbox) {
    this.#capacity = capacity;
    this.#outbox = outbox;
    this.#leftovers = new Leftovers(outbox);
    this.#limit = new ThreadLimit(capacity.concurrency);
    this.#supply = new ThreadSupply(capacity.concurrency, {
      onReady: (thread) => this.#release(thread),
      onMessage: (thread, message) => this.#onMessage(thread, message),
      onBroken: (thread) => this.#onBroken(thread),
      onStuck: (thread) => this.#onStuck(thread),
      onNoThreads: (message) => {
        if (!this.#upkeep.look()) throw new Error(message);
      },
      onExit: (thread) => this.#onExit(thread),
    });
    this.#upkeep = new Upkeep(capacity, () => [...this.#idle.values()].flat(), {
      onRestless: (thread) => this.#onRestless(thread),
      onTooLarge: () => this.#endIdleThreads(),
      onWorn: (reason) => this.#leftovers.wearOut(reason),
    });
    this.#watch = new ThreadWatch(this.#running, () => this.#supply.size, stallTimeoutMs, {
      onTooMuchMemory: (thread, message) => this.#endFor(thread, () => thread.endForMemory(true, message)),
      onSuspectMemory: (thread, message) => this.#endFor(thread, () => thread.endForMemory(false, message)),
      onBlocked: (thread) => this.#endFor(thread, () => thread.endBlocked()),
      onTick: (thread) => this.#sendUnsentLines(thread, false),
      onStalled: ({ attempt }) => {
        if (attempt !== undefined) this.#outbox.send({ type: "stalled", attemptId: attempt.attemptId });
      },
    });
  }

  #onRestless(thread: WorkerThread): void {
    this.#leftovers.warnLate(
      thread,
      "Code of the run kept its thread busy after the run had ended, and the thread was ended.",
    );
    this.#spoil(thread);
  }

  #endIdleThreads(): void {
    for (const thread of [...this.#idle.values()].flat()) this.#spoil(thread);
  }

  /** Adds a version. Threads get its manifest before their first attempt of it. */
  addVersion(version: string, manifest: string, maxAttemptsPerThread: number): void {
    this.#versions.set(version, { manifest, maxAttemptsPerThread });
  }

  /** Removes a version that gets no more attempts. Threads that loaded it end when they are free. */
  forgetVersion(version: string): void {
    this.#versions.delete(version);
    for (const thread of [...this.#running.values(), ...[...this.#idle.values()].flat()]) {
      if (thread.hasVersion(version)) this.#spoil(thread);
    }
  }

  /** Sets the capacity that other hosts of this runner use. */
  setOccupiedElsewhere(occupancy: Occupancy): void {
    this.#occupiedElsewhere = occupancy;
    this.#admission.plan();
  }

  /** Queues an attempt. */
  execute(attempt: QueuedAttempt): void {
    this.#queue.push(attempt);
    this.#admission.plan();
  }

  /** Withdraws those of the attempts that no thread has begun. */
  withdraw(attemptIds: readonly string[]): void {
    for (const attemptId of attemptIds) this.#executing(attemptId);
    this.#withdrawWaiting(attemptIds);
  }

  #withdrawWaiting(attemptIds: readonly string[]): void {
    const wanted = new Set(attemptIds);
    const withdrawn = this.#queue.filter((attempt) => wanted.has(attempt.attemptId)).map(({ attemptId }) => attemptId);
    if (withdrawn.length === 0) return;
    this.#queue = this.#queue.filter((attempt) => !wanted.has(attempt.attemptId));
    this.#outbox.send({ type: "withdrawn", attemptIds: withdrawn });
  }

  /** Withdraws those of the attempts that no thread has and for which none is starting. */
  withdrawOverdue(attemptIds: readonly string[]): void {
    for (const attemptId of attemptIds) this.#overdue.add(attemptId);
    this.#admission.plan();
  }

  /** Asks the attempt to stop; withdraws it when it waits. */
  cancel(attemptId: string, reason: string): void {
    const thread = this.#executing(attemptId);
    if (thread === undefined) this.withdraw([attemptId]);
    else thread.post({ type: "cancel", attemptId, reason });
  }

  /** Tells the attempt that it exceeded its `maxDuration`. */
  tellTimeUp(attemptId: string, limitMs: number, usedMs: number): void {
    this.#running.get(attemptId)?.post({ type: "timeUp", attemptId, limitMs, usedMs });
  }

  /** Terminates the attempt's thread; withdraws the attempt when it waits. */
  terminate(attemptId: string): void {
    const thread = this.#executing(attemptId);
    if (thread === undefined) this.withdraw([attemptId]);
    else this.#endFor(thread, () => thread.terminate());
  }

  /** Passes the answer to a call to the thread that made it, if it still executes that attempt. */
  answerCall(attemptId: string, callId: number, isError: boolean, body: string): void {
    this.#running.get(attemptId)?.post({ type: "callResult", callId, isError, body });
  }

  /** Returns the thread that executes the attempt. One that follows others waits again, unless it has begun. */
  #executing(attemptId: string): WorkerThread | undefined {
    const thread = this.#running.get(attemptId);
    if (thread === undefined || thread.attempt?.attemptId === attemptId) return thread;
    this.#settle(thread);
    return this.#running.get(attemptId);
  }

  /** Finds out which attempt a thread executes, by taking back the others. */
  #settle(thread: WorkerThread): void {
    if (!this.#several.has(thread)) return;
    this.#takeBack(thread);
    // Every attempt that remains has begun, so the ends of those before the last one have arrived.
    thread.readPort();
    this.#tellBegun(thread);
  }

  /** Ends a thread because of its attempt, unless that has ended meanwhile. */
  #endFor(thread: WorkerThread, end: () => void): void {
    const { attempt } = thread;
    this.#settle(thread);
    if (thread.attempt === attempt) end();
  }

  /** Lets attempts that the thread has not begun wait for any thread again, before those that came later. */
  #takeBack(thread: WorkerThread): void {
    const wasBusy = thread.attempt !== undefined;
    this.#requeue(thread.takeBack());
    if (wasBusy && thread.attempt === undefined) this.#vacate(thread);
  }

  #requeue(returned: readonly QueuedAttempt[]): void {
    if (returned.length === 0) return;
    const attemptIds = returned.map(({ attemptId }) => attemptId);
    for (const attemptId of attemptIds) this.#running.delete(attemptId);
    this.#queue = [...returned, ...this.#queue];
    this.#outbox.send({ type: "takenBack", attemptIds });
    this.#admission.plan();
  }

  /** Tells the runner that a following attempt has begun. */
  #tellBegun({ attempt, hasBegun, threadId }: WorkerThread): void {
    if (attempt === undefined || attempt.isTold || !hasBegun) return;
    attempt.isTold = true;
    this.#outbox.send({ type: "taken", attempts: [[attempt.attemptId, attempt.startedAt, threadId]] });
  }

  #watchPatience(): void {
    if (this.#patienceTimer !== undefined) return;
    this.#patienceTimer = setTimeout(() => {
      this.#patienceTimer = undefined;
      for (const thread of this.#several) {
        thread.readPort();
        const { attempt, following } = thread;
        if (attempt !== undefined && performance.now() - attempt.beganAt >= patienceMs) this.#settle(thread);
        else if (following.length > 0 || attempt?.isTold === false) continue;
        this.#several.delete(thread);
      }
      if (this.#several.size > 0) this.#watchPatience();
    }, patienceMs);
  }

  #admit(): void {
    const admitted: HandOver<WorkerThread>[] = [];
    const waiting: QueuedAttempt[] = [];
    const wantedThreads = new Map<string, number>();
    const { concurrency } = this.#capacity;
    const limit = this.#limit.current(this.#starts(), performance.now());
    let planned = addOccupancy(this.#occupied, this.#occupiedElsewhere);
    let at = 0;
    for (; at < this.#queue.length && planned.threads < limit; at += 1) {
      const attempt = this.#queue[at] as QueuedAttempt;
      const needs = occupancyOf(attempt.machine);
      if (!hasRoom(this.#capacity, planned, needs)) {
        waiting.push(attempt);
        continue;
      }
      planned = addOccupancy(planned, needs);
      const thread = this.#idle.get(attempt.machine)?.pop();
      if (thread !== undefined) {
        this.#occupied = addOccupancy(this.#occupied, needs);
        admitted.push({ attempts: [attempt], thread, most: 1 });
      } else {
        wantedThreads.set(attempt.machine, (wantedThreads.get(attempt.machine) ?? 0) + 1);
        this.#overdue.delete(attempt.attemptId);
        waiting.push(attempt);
      }
    }
    const isLimited = at < this.#queue.length && limit < concurrency;
    this.#queue = waiting.concat(this.#queue.slice(at));
    if (admitted.length > 0) this.#begin(this.#queue.length > 0 ? this.#withFollowing(admitted, limit) : admitted);
    for (const [machine, count] of wantedThreads) this.#startThreads(machine, count);
    if (isLimited) this.#admitLater();
    else if (this.#overdue.size > 0) this.#withdrawWaiting([...this.#overdue]);
    this.#overdue.clear();
  }

  /** Adds short attempts that wait, as many for each thread as there would be if all threads shared them. */
  #withFollowing(admitted: readonly HandOver<WorkerThread>[], threads: number): readonly HandOver<WorkerThread>[] {
    const share = Math.min(attemptsPerMessage, 1 + Math.ceil(this.#queue.length / threads));
    const handOvers = admitted.map((handOver) => ({ ...handOver, most: Math.min(share, this.#roomFor(handOver)) }));
    this.#queue = addFollowing(handOvers, this.#queue, (taskId) => this.#lengths.isShort(taskId));
    return handOvers;
  }

  /** Returns how many attempts the thread may still execute. */
  #roomFor({ attempts: [first], thread: { attemptCount } }: HandOver<WorkerThread>): number {
    return (this.#versions.get(first?.version ?? "")?.maxAttemptsPerThread ?? attemptCount) - attemptCount;
  }

  /** Plans another admission: the limit rises when an attempt turns out to be longer, which no event reports. */
  #admitLater(): void {
    if (this.#limitTimer !== undefined) return;
    this.#limitTimer = setTimeout(() => {
      this.#limitTimer = undefined;
      this.#admit();
      this.#outbox.flush();
    }, this.#limit.patienceMs);
  }

  *#starts(): Iterable<number> {
    for (const [attemptId, { attempt }] of this.#running) if (attempt?.attemptId === attemptId) yield attempt.beganAt;
  }

  #begin(handOvers: readonly HandOver<WorkerThread>[]): void {
    const startedAt = Date.now();
    const taken: TakenAttempt[] = [];
    const following: TakenAttempt[] = [];
    for (const { attempts, thread } of handOvers) {
      for (const [at, { attemptId }] of attempts.entries()) {
        (at === 0 ? taken : following).push([attemptId, startedAt, thread.threadId]);
      }
    }
    this.#outbox.send({ type: "taken", attempts: taken, following: following.length > 0 ? following : undefined });
    this.#outbox.flush();
    this.#watch.start();
    for (const { attempts, thread } of handOvers) {
      for (const { attemptId, version } of attempts) {
        this.#running.set(attemptId, thread);
        const known = this.#versions.get(version);
        if (known === undefined) continue;
        thread.tellVersion(version, known.manifest);
        if (thread.attemptCount + attempts.length >= known.maxAttemptsPerThread) thread.spoil();
      }
      thread.give(attempts, startedAt);
      if (attempts.length === 1) continue;
      this.#several.add(thread);
      this.#watchPatience();
    }
  }

  #startThreads(machine: string, wanted: number): void {
    const missing = wanted - this.#supply.startingOf(machine);
    for (let count = 0; count < missing; count += 1) {
      if (this.#supply.startingOf(machine) >= threadsStartingAtOnce) return;
      if (this.#supply.size >= this.#capacity.concurrency && !this.#endIdleThreadOfAnotherMachine(machine)) return;
      this.#supply.start(machine);
    }
  }

  #endIdleThreadOfAnotherMachine(machine: string): boolean {
    for (const [other, threads] of this.#idle) {
      const thread = other === machine ? undefined : threads.shift();
      if (thread === undefined) continue;
      thread.terminate();
      return true;
    }
    return false;
  }

  #onMessage(thread: WorkerThread, message: ThreadMessage): void {
    const attemptId = thread.attempt?.attemptId;
    switch (message.type) {
      case "ended":
        this.#onEnd(thread, message);
        break;
      case "loading":
      case "active":
      case "canceling":
        // An import takes long, so nothing waits behind it.
        if (message.type === "loading") this.#takeBack(thread);
        this.#tellBegun(thread);
        if (attemptId !== undefined) this.#outbox.send({ type: message.type, attemptId });
        break;
      case "logs": {
        const body = thread.unsentLines.received(message.body);
        if (message.attemptId !== attemptId) break;
        this.#outbox.send({ type: "logs", attemptId, state: message.state }, body);
        break;
      }
      case "lateLogs":
        this.#outbox.send({ type: "lateLogs", attemptId: message.attemptId }, message.body);
        break;
      case "call":
        if (message.attemptId !== attemptId) break;
        this.#tellBegun(thread);
        this.#outbox.send({ type: "call", attemptId, callId: message.callId, method: message.method }, message.body);
        break;
      case "measured":
        this.#watch.measured(message.attemptId, message.usage.heapBytes, message.usage.externalBytes);
        break;
      case "flagsChanged":
        this.#leftovers.wearOut("code changed V8's flags");
        break;
      case "signaled":
        thread.noteSignal(message.signal);
        break;
      case "crowded":
        this.#takeBack(thread);
        thread.endBlocked();
        this.#upkeep.look();
        break;
      case "spoiled":
        this.#spoil(thread);
        break;
    }
  }

  /**
   * Sends the unsent lines of a thread whose event-loop turn takes long or never ends: the process may abort in that
   * turn, or the thread is gone.
   */
  #sendUnsentLines(thread: WorkerThread, isGone: boolean): void {
    const body = thread.unsentLines.take(isGone);
    if (body === undefined || thread.attempt === undefined) return;
    this.#outbox.send({ type: "logs", attemptId: thread.attempt.attemptId, state: "open" }, body);
    this.#outbox.flush();
  }

  #onEnd(thread: WorkerThread, { activeMs, end, isReusable }: EndOfThread): void {
    const { attempt } = thread;
    // A result after the decision to terminate is dropped; only the thread's exit counts then.
    if (attempt === undefined || thread.isTerminating) return;
    if (!thread.hasBegun) {
      this.#onBroken(thread);
      return;
    }
    const { attemptId, taskId } = attempt;
    this.#limit.observe(activeMs);
    this.#lengths.observe(taskId, activeMs);
    const usage = this.#watch.take(attemptId);
    this.#outbox.send({ type: "ended", attemptId, usage }, end);
    this.#running.delete(attemptId);
    if (!isReusable) {
      thread.spoil();
      this.#takeBack(thread);
    }
    thread.next();
    if (thread.attempt === undefined) this.#vacate(thread);
  }

  /** Handles that a thread has no attempt any more. */
  #vacate(thread: WorkerThread): void {
    if (thread.isSpoiled) {
      // Its memory is free only when the thread is gone.
      thread.terminate();
      this.#vacating.add(thread);
      return;
    }
    this.#occupied = subtractOccupancy(this.#occupied, occupancyOf(thread.machine));
    this.#release(thread);
  }

  /** Ends a thread whose attempt posted on its port: the host cannot tell such a thread from a broken one. */
  #onBroken(thread: WorkerThread): void {
    const message = "Code of the task posted something of its own on the thread's port.";
    this.#spoil(thread);
    thread.endBroken(message);
  }

  /** Handles a thread that native code keeps alive. Task code prints nothing more there. */
  #onStuck(thread: WorkerThread): void {
    this.#sendUnsentLines(thread, true);
    this.#outbox.send({ type: "stuck", attemptId: thread.attempt?.attemptId });
    this.#leftovers.probeFiles();
  }

  #onExit(thread: WorkerThread): void {
    const isOccupying = this.#vacating.delete(thread) || thread.attempt !== undefined;
    if (isOccupying) this.#occupied = subtractOccupancy(this.#occupied, occupancyOf(thread.machine));
    const idle = this.#idle.get(thread.machine);
    if (idle?.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    this.#several.delete(thread);
    this.#requeue(thread.takeBack());
    if (thread.attempt !== undefined) this.#sendUnsentLines(thread, true);
    this.#tellExit(thread, thread.end);
    // Only code of the attempt before can have kept its end back.
    while (thread.attempt !== undefined) this.#tellExit(thread, { cause: "blocked", message: "" });
    this.#leftovers.endChildren(thread);
    this.#admission.plan();
  }

  #tellExit(thread: WorkerThread, end: ThreadExitReport): void {
    if (thread.attempt === undefined) return;
    const { attemptId } = thread.attempt;
    this.#tellBegun(thread);
    this.#running.delete(attemptId);
    const usage = this.#watch.take(attemptId);
    this.#outbox.send({ type: "exited", attemptId, ...end, usage });
    thread.next();
  }

  #release(thread: WorkerThread): void {
    const idle = this.#idle.get(thread.machine);
    if (idle === undefined) this.#idle.set(thread.machine, [thread]);
    else idle.push(thread);
    this.#admission.plan();
  }

  #spoil(thread: WorkerThread): void {
    thread.spoil();
    this.#takeBack(thread);
    if (thread.attempt === undefined) {
      const idle = this.#idle.get(thread.machine);
      if (idle?.includes(thread)) idle.splice(idle.indexOf(thread), 1);
      thread.terminate();
    }
  }
}
