import { stat } from "node:fs";
import { devNull } from "node:os";
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
import { commandOf, endTrees } from "../hosts/process-tree.ts";
import { type EndOfThread, encodeExecute } from "../thread/attempt-text.ts";
import type { LogLine } from "../thread/thread-protocol.ts";
import type { FromHost } from "./host-protocol.ts";
import { ThreadLimit } from "./thread-limit.ts";
import type { ThreadMessage } from "./thread-message.ts";
import { ThreadSupply } from "./thread-supply.ts";
import { ThreadWatch } from "./thread-watch.ts";
import { Upkeep } from "./upkeep.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** An attempt that waits for a thread. `body` is passed to the thread unchanged. */
export interface QueuedAttempt {
  readonly attemptId: string;
  readonly version: string;
  readonly machine: string;
  readonly body: string;
}

/** Sends messages to the runner process. `flush` writes all earlier messages. */
export interface PoolOutbox {
  send(message: FromHost, body?: string): void;
  flush(): void;
}

interface KnownVersion {
  readonly manifest: string;
  readonly maxAttemptsPerThread: number;
}

/** Limits the leftover child processes that a run's log names; the others are only counted. */
const namedChildren = 10;
const longestCommand = 200;
/** A host is replaced after it ended this many child processes of gone threads. */
const endedChildrenAtMost = 256;
/** A file operation that takes longer counts as stuck, in milliseconds. Even under load it takes far less. */
const cloggedMs = 3_000;

/** Limits the concurrently starting threads of a machine; more would slow each other down. */
const threadsStartingAtOnce = 8;

/**
 * Gives attempts to free threads of their machine, oldest first, while threads, memory and vCPU are free. A thread
 * executes one attempt at a time. Attempts are admitted once per event-loop turn, for everything that arrived in it.
 */
export class Pool {
  readonly #capacity: Capacity;
  readonly #outbox: PoolOutbox;
  readonly #supply: ThreadSupply;
  readonly #limit: ThreadLimit;
  readonly #watch: ThreadWatch;
  readonly #upkeep: Upkeep;
  readonly #versions = new Map<string, KnownVersion>();
  readonly #running = new Map<string, WorkerThread>();
  /** Free threads of each machine; the most recently used is last. */
  readonly #idle = new Map<string, WorkerThread[]>();
  /** Terminating threads whose attempt has ended, with the machine that they still occupy. */
  readonly #vacating = new Map<WorkerThread, string>();
  readonly #overdue = new Set<string>();
  #queue: QueuedAttempt[] = [];
  #occupied = noOccupancy;
  #occupiedElsewhere = noOccupancy;
  readonly #admission = new OncePerTurn(() => {
    this.#admit();
    this.#outbox.flush();
  });
  #endedChildren = 0;
  /** Whether `worn` was sent. */
  #isWorn = false;
  #limitTimer: NodeJS.Timeout | undefined;

  constructor(capacity: Capacity, stallTimeoutMs: number | undefined, outbox: PoolOutbox) {
    this.#capacity = capacity;
    this.#outbox = outbox;
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
      onWorn: (reason) => this.#wearOut(reason),
    });
    this.#watch = new ThreadWatch(this.#running, () => this.#supply.size, stallTimeoutMs, {
      onTooMuchMemory: (thread, message) => thread.endForMemory(true, message),
      onSuspectMemory: (thread, message) => thread.endForMemory(false, message),
      onBlocked: (thread) => thread.endBlocked(),
      onTick: (thread) => this.#sendUnsentLines(thread, false),
      onStalled: ({ attempt }) => {
        if (attempt !== undefined) this.#outbox.send({ type: "stalled", attemptId: attempt.attemptId });
      },
    });
  }

  #onRestless(thread: WorkerThread): void {
    this.#warnLate(thread, "Code of the run kept its thread busy after the run had ended, and the thread was ended.");
    this.#spoil(thread);
  }

  /** Adds a line to the log of the thread's last attempt, if it had one. */
  #warnLate({ lastAttemptId }: WorkerThread, message: string): void {
    if (lastAttemptId === undefined) return;
    const lines: readonly LogLine[] = [{ time: Date.now(), level: "warn", message }];
    this.#outbox.send({ type: "lateLogs", attemptId: lastAttemptId }, JSON.stringify(lines));
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

  /** Withdraws those of the attempts that no thread has. */
  withdraw(attemptIds: readonly string[]): void {
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
    const thread = this.#running.get(attemptId);
    if (thread === undefined) this.withdraw([attemptId]);
    else thread.post({ type: "cancel", attemptId, reason });
  }

  /** Tells the attempt that it exceeded its `maxDuration`. */
  tellTimeUp(attemptId: string, limitMs: number, usedMs: number): void {
    this.#running.get(attemptId)?.post({ type: "timeUp", attemptId, limitMs, usedMs });
  }

  /** Terminates the attempt's thread; withdraws the attempt when it waits. */
  terminate(attemptId: string): void {
    const thread = this.#running.get(attemptId);
    if (thread === undefined) this.withdraw([attemptId]);
    else thread.terminate();
  }

  /** Passes the answer to a call to the thread that made it, if it still executes that attempt. */
  answerCall(attemptId: string, callId: number, isError: boolean, body: string): void {
    this.#running.get(attemptId)?.post({ type: "callResult", callId, isError, body });
  }

  #admit(): void {
    const admitted: { readonly attempt: QueuedAttempt; readonly thread: WorkerThread }[] = [];
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
        admitted.push({ attempt, thread });
      } else {
        wantedThreads.set(attempt.machine, (wantedThreads.get(attempt.machine) ?? 0) + 1);
        this.#overdue.delete(attempt.attemptId);
        waiting.push(attempt);
      }
    }
    const isLimited = at < this.#queue.length && limit < concurrency;
    this.#queue = waiting.concat(this.#queue.slice(at));
    if (admitted.length > 0) this.#begin(admitted);
    for (const [machine, count] of wantedThreads) this.#startThreads(machine, count);
    if (isLimited) this.#admitLater();
    else if (this.#overdue.size > 0) this.withdraw([...this.#overdue]);
    this.#overdue.clear();
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
    for (const { attempt } of this.#running.values()) if (attempt !== undefined) yield attempt.beganAt;
  }

  #begin(admitted: readonly { readonly attempt: QueuedAttempt; readonly thread: WorkerThread }[]): void {
    const startedAt = Date.now();
    this.#outbox.send({
      type: "taken",
      attempts: admitted.map(({ attempt, thread }) => [attempt.attemptId, startedAt, thread.threadId] as const),
    });
    this.#outbox.flush();
    this.#watch.start();
    const beganAt = performance.now();
    for (const { attempt, thread } of admitted) {
      const { attemptId, body, machine } = attempt;
      this.#running.set(attemptId, thread);
      const version = this.#versions.get(attempt.version);
      if (version !== undefined) {
        thread.tellVersion(attempt.version, version.manifest);
        if (thread.attemptCount + 1 >= version.maxAttemptsPerThread) thread.spoil();
      }
      thread.give({ attemptId, machine, beganAt }, encodeExecute(startedAt, body));
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
        this.#outbox.send({ type: "call", attemptId, callId: message.callId, method: message.method }, message.body);
        break;
      case "measured":
        this.#watch.measured(message.attemptId, message.usage.heapBytes, message.usage.externalBytes);
        break;
      case "flagsChanged":
        this.#wearOut("code changed V8's flags");
        break;
      case "signaled":
        thread.noteSignal(message.signal);
        break;
      case "crowded":
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
    this.#limit.observe(activeMs);
    const usage = this.#watch.take(attempt.attemptId);
    this.#outbox.send({ type: "ended", attemptId: attempt.attemptId, usage }, end);
    thread.free();
    this.#running.delete(attempt.attemptId);
    if (!isReusable) thread.spoil();
    if (thread.isSpoiled) {
      // Its memory is free only when the thread is gone.
      thread.terminate();
      this.#vacating.set(thread, attempt.machine);
      return;
    }
    this.#occupied = subtractOccupancy(this.#occupied, occupancyOf(attempt.machine));
    this.#release(thread);
  }

  /** Ends a thread whose attempt posted on its port: the host cannot tell such a thread from a broken one. */
  #onBroken(thread: WorkerThread): void {
    const message = "Code of the task posted something of its own on the thread's port.";
    thread.endBroken(message);
    this.#spoil(thread);
  }

  /** Handles a thread that native code keeps alive. Task code prints nothing more there. */
  #onStuck(thread: WorkerThread): void {
    this.#sendUnsentLines(thread, true);
    this.#outbox.send({ type: "stuck", attemptId: thread.attempt?.attemptId });
    this.#probeFiles();
  }

  /** Checks that file operations still work: what keeps the thread alive may occupy the process's threads for files. */
  #probeFiles(): void {
    const timer = setTimeout(() => {
      this.#outbox.send({ type: "clogged" });
      this.#outbox.flush();
    }, cloggedMs);
    stat(devNull, () => clearTimeout(timer));
  }

  #onExit(thread: WorkerThread): void {
    const machine = thread.attempt?.machine ?? this.#vacating.get(thread);
    this.#vacating.delete(thread);
    if (machine !== undefined) this.#occupied = subtractOccupancy(this.#occupied, occupancyOf(machine));
    const idle = this.#idle.get(thread.machine);
    if (idle?.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    if (thread.attempt !== undefined) {
      const { attemptId } = thread.attempt;
      this.#sendUnsentLines(thread, true);
      this.#running.delete(attemptId);
      thread.free();
      const usage = this.#watch.take(attemptId);
      this.#outbox.send({ type: "exited", attemptId, ...thread.end, usage });
    }
    this.#endChildren(thread);
    this.#admission.plan();
  }

  /** Ends the child processes that the thread's code started, and names those of the last attempt in its run's log. */
  #endChildren(thread: WorkerThread): void {
    const { attemptCount, children } = thread;
    if (children.length === 0) return;
    const left = children.filter(({ ordinal }) => ordinal === attemptCount);
    const named = left.slice(0, namedChildren).map(({ pid }) => `${pid} (${commandOf(pid).slice(0, longestCommand)})`);
    endTrees(children);
    this.#endedChildren += children.length;
    if (named.length > 0) {
      const rest = left.length > named.length ? ` and ${left.length - named.length} more` : "";
      this.#warnLate(
        thread,
        `Child processes that the run left behind were ended with it: ${named.join(", ")}${rest}.`,
      );
    }
    // Nobody reads their exit status, so the system keeps their entries as long as this process lives.
    if (this.#endedChildren >= endedChildrenAtMost) this.#wearOut("its threads left too many child processes");
  }

  #wearOut(reason: string): void {
    if (this.#isWorn) return;
    this.#isWorn = true;
    this.#outbox.send({ type: "worn", reason });
    this.#outbox.flush();
  }

  #release(thread: WorkerThread): void {
    const idle = this.#idle.get(thread.machine);
    if (idle === undefined) this.#idle.set(thread.machine, [thread]);
    else idle.push(thread);
    this.#admission.plan();
  }

  #spoil(thread: WorkerThread): void {
    thread.spoil();
    if (thread.attempt === undefined) {
      const idle = this.#idle.get(thread.machine);
      if (idle?.includes(thread)) idle.splice(idle.indexOf(thread), 1);
      thread.terminate();
    }
  }
}
