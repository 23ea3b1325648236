import type { OutcomeWithoutTexts, RunnerCapacity } from "@baton/coordinator/internal/core/event";
import { isSolo } from "@baton/coordinator/internal/core/life/run";
import { policyOf } from "@baton/coordinator/internal/core/life/run-life";
import type { Assignment, Dispatch } from "@baton/coordinator/internal/runners/runner-link";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { OutputTexts } from "@baton/proto/contract/outcome";
import type { Assignment as RunnerAssignment } from "@baton/runner/internal/attempts/assignment";
import { AttemptBook, type BookReport } from "@baton/runner/internal/attempts/book";
import type { HeldAttempt } from "@baton/runner/internal/attempts/held-attempt";
import { type Behaviour, chooseBehaviour, endOf } from "./behaviour.ts";
import type { Invariants } from "./invariants.ts";
import type { Stream, StreamEnd } from "./link.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Bundle } from "./tasks.ts";
import type { Process } from "./virtual-time.ts";

const heartbeatMs = 2_000;
const handBackMs = 250;
const reportStartMs = 50;

interface Held {
  readonly runId: RunId;
  readonly attemptId: AttemptId;
  readonly assignment: Assignment;
}

interface Thread {
  readonly held: Held;
  readonly startedAt: number;
  readonly behaviour: Behaviour;
  cancelEnd: () => void;
}

/** What a runner needs of the world around it. */
export interface RunnerSurroundings {
  readonly random: SeededRandom;
  readonly invariants: Invariants;
  readonly process: Process;
  wallNow(): number;
  /** Makes the bundle known; resolves with its version's name. */
  register(bundle: Bundle, proceed: (version: string) => void): void;
  /** A stream to the coordinator that is up, if one is. */
  connect(end: StreamEnd): { stream: Stream; open: (hello: Parameters<Stream["open"]>[0]) => void } | undefined;
  /** The attempt triggers children. */
  triggerChildren(parent: { readonly runId: RunId; readonly attemptId: AttemptId }): void;
  payloadOf(runId: RunId): { readonly payload: string | undefined } | undefined;
  log(text: string): void;
  onReplaced(): void;
}

/** A runner process with the real ledger, whose threads are timers. */
export class SimulatedRunner implements StreamEnd {
  readonly id: RunnerId;
  readonly #world: RunnerSurroundings;
  readonly #capacity: RunnerCapacity;
  readonly #prefetch: number;
  readonly #book = new AttemptBook();
  readonly #threads = new Map<AttemptId, Thread>();
  readonly #versions: string[] = [];
  #waiting: Held[] = [];
  #stream: Stream | undefined;
  #isWelcome = false;
  #session = 0;
  #isFlushPlanned = false;
  #isDraining = false;
  #outputs = new Map<AttemptId, OutputTexts>();

  constructor(id: RunnerId, capacity: RunnerCapacity, world: RunnerSurroundings) {
    this.id = id;
    this.#world = world;
    this.#capacity = capacity;
    this.#prefetch = world.random.pick([0, 0, 2, 2 * capacity.concurrency]);
  }

  get heldCount(): number {
    return this.#book.size;
  }

  get stream(): Stream | undefined {
    return this.#stream;
  }

  start(bundle: Bundle): void {
    this.load(bundle, false);
    this.#beat();
  }

  /** Loads one more bundle, or one instead of all others. */
  load(bundle: Bundle, replaces: boolean): void {
    this.#world.register(bundle, (version) => {
      if (replaces) this.#versions.length = 0;
      if (!this.#versions.includes(version)) this.#versions.push(version);
      if (this.#stream === undefined) this.#connect();
      else this.#stream.versionsChanged([...this.#versions]);
    });
  }

  // The stream

  #connect(): void {
    if (this.#isFinished()) return this.#leave();
    if (this.#stream !== undefined) return;
    const connection = this.#world.connect(this);
    if (connection === undefined) {
      this.#world.process.after(this.#world.random.between(100, 2_000), () => this.#connect());
      return;
    }
    this.#stream = connection.stream;
    this.#isWelcome = false;
    this.#session += 1;
    const held = this.#book.held().map(({ runId, attemptId, state }) => ({
      runId: runId as RunId,
      attemptId: attemptId as AttemptId,
      state,
    }));
    this.#book.streamOpened();
    connection.open({
      runnerId: this.id,
      session: this.#session,
      capacity: this.#capacity,
      versions: [...this.#versions],
      held,
      hostname: "simulated",
      draining: this.#isDraining,
    });
    this.#planFlush();
  }

  closed(): void {
    this.#stream = undefined;
    this.#world.process.after(this.#world.random.between(50, 1_000), () => this.#connect());
  }

  welcome({ stopAttemptIds }: { readonly stopAttemptIds: readonly AttemptId[] }): void {
    this.#isWelcome = true;
    for (const attemptId of this.#book.welcomed(stopAttemptIds)) this.#terminate(attemptId.assignment.attemptId, 20);
    this.#planFlush();
  }

  dispatch(dispatch: Dispatch): void {
    const { sequence, cancels, settledAttemptIds, stopAttemptIds } = dispatch;
    const assignments = dispatch.assignments.map((assignment) => {
      const { run, attempt } = assignment;
      return { runId: run.id, attemptId: attempt.id, assignment };
    });
    const now = this.#world.wallNow();
    const actions = this.#book.dispatched(
      {
        sequence,
        assignments: assignments as unknown as RunnerAssignment[],
        cancels,
        settledAttemptIds,
        stopAttemptIds,
      },
      now,
    );
    for (const attempt of actions.execute) this.#accept(heldOf(attempt));
    for (const { attempt } of actions.cancel)
      this.#terminate(attempt.assignment.attemptId, this.#world.random.between(0, 600));
    for (const attempt of actions.stop) this.#terminate(attempt.assignment.attemptId, 20);
    this.#pump();
    this.#planFlush();
  }

  #beat(): void {
    if (this.#stream !== undefined) this.#flush();
    this.#world.process.after(heartbeatMs, () => this.#beat());
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    this.#world.process.after(0, () => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#stream === undefined || !this.#isWelcome) return;
    const report = this.#book.takeReport();
    this.#stream.report({
      receivedSequence: report.receivedSequence,
      started: report.started.map(({ runId, attemptId, startedAt }) => ({
        runId: runId as RunId,
        attemptId: attemptId as AttemptId,
        startedAt,
      })),
      outcomes: outcomesOf(report).map((outcome) => {
        const texts = this.#outputs.get(outcome.attemptId);
        return { outcome, logsFollow: false, ...(texts !== undefined && { texts }) };
      }),
      handedBack: report.handedBack.map(({ runId, attemptId, reason }) => ({
        runId: runId as RunId,
        attemptId: attemptId as AttemptId,
        reason,
      })),
      goneAttemptIds: report.goneAttemptIds as readonly AttemptId[],
      prefetch: this.#wantsMore() ? this.#prefetch : 0,
    });
    if (this.#isFinished()) this.#world.process.after(500, () => this.#leave());
  }

  /** Only short attempts are worth having the next one at hand. */
  #wantsMore(): boolean {
    const now = this.#world.wallNow();
    return [...this.#threads.values()].every((thread) => now - thread.startedAt < 100);
  }

  // Threads

  #accept(held: Held): void {
    const expected = this.#world.payloadOf(held.runId);
    if (expected !== undefined) {
      this.#world.invariants.assigned(held.runId, expected.payload, held.assignment.payload);
    }
    this.#waiting.push(held);
    this.#world.process.after(handBackMs, () => {
      for (const attempt of this.#book.overdue(this.#world.wallNow() - handBackMs)) {
        this.#dropWaiting(attempt.assignment.attemptId);
        this.#book.handBack(attempt, "noThread");
      }
      this.#planFlush();
    });
  }

  #dropWaiting(attemptId: string): boolean {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((held) => held.attemptId !== attemptId);
    return this.#waiting.length < before;
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#threads.size < this.#capacity.concurrency) {
      const held = this.#waiting.shift();
      if (held !== undefined) this.#take(held);
    }
  }

  #take(held: Held): void {
    const { attemptId, runId, assignment } = held;
    const startedAt = this.#world.wallNow();
    const taken = this.#book.find(attemptId);
    taken?.giveThread({ threadId: 0, startedAt });
    if (taken !== undefined) this.#book.taken(taken);
    this.#world.invariants.threadStarted({ runId, attemptId, runnerId: this.id });
    const policy = policyOf(assignment.run, assignment.task.retry);
    const behaviour = chooseBehaviour(
      this.#world.random,
      assignment.attempt.number,
      policy,
      assignment.run.maxAttempts,
    );
    this.#world.log(
      `${this.id} takes ${attemptId}, ${isSolo(assignment.run) ? "alone, " : ""}will ${behaviour.type} after ${behaviour.durationMs}`,
    );
    if (assignment.run.depth < 3 && this.#world.random.chance(0.15)) {
      const inMs = this.#world.random.between(0, 2 * behaviour.durationMs);
      this.#world.process.after(inMs, () => this.#world.triggerChildren({ runId, attemptId }));
    }
    const cancelEnd = this.#world.process.after(behaviour.durationMs, () => this.#end(attemptId));
    this.#threads.set(attemptId, { held, startedAt, behaviour, cancelEnd });
    this.#world.process.after(reportStartMs, () => {
      this.#book.reportStarts(this.#world.wallNow() - reportStartMs);
      this.#planFlush();
    });
  }

  #end(attemptId: AttemptId): void {
    const thread = this.#threads.get(attemptId);
    if (thread === undefined) return;
    const { behaviour, held, startedAt } = thread;
    const threadLingers = this.#world.random.chance(0.05);
    const end = endOf(behaviour);
    if (end.type === "succeeded") this.#outputs.set(attemptId, { output: `"output of ${held.runId}"` });
    const endedAt = this.#world.wallNow();
    const isWanted = this.#ended({
      runId: held.runId,
      attemptId,
      startedAt,
      endedAt,
      activeMs: endedAt - startedAt,
      threadLingers,
      end,
    });
    this.#world.log(`${this.id} ended ${attemptId}${isWanted ? "" : ", unwanted"}`);
    if (threadLingers) this.#world.process.after(this.#world.random.between(50, 2_000), () => this.#free(attemptId));
    else this.#free(attemptId);
    this.#planFlush();
  }

  /** The thread of an attempt is gone. */
  #free(attemptId: AttemptId): void {
    if (!this.#threads.delete(attemptId)) return;
    this.#world.invariants.threadEnded(attemptId);
    this.#gone(attemptId);
    this.#pump();
    this.#planFlush();
  }

  /** Ends an attempt that nobody wants, after the time that its thread takes to die. */
  #terminate(attemptId: AttemptId, afterMs: number): void {
    if (this.#dropWaiting(attemptId)) {
      this.#gone(attemptId);
      return this.#planFlush();
    }
    const thread = this.#threads.get(attemptId);
    thread?.cancelEnd();
    this.#world.process.after(afterMs, () => this.#free(attemptId));
  }

  // Faults

  /** The host process dies with all threads; a run that is executed alone is convicted by the death of its own. */
  loseHost(): void {
    const alone = [...this.#threads.values()].find(({ held }) => isSolo(held.assignment.run));
    if (alone !== undefined) return this.#convict(alone);
    for (const [attemptId, thread] of this.#threads) {
      thread.cancelEnd();
      this.#world.invariants.threadEnded(attemptId);
    }
    const threads = new Map(this.#threads);
    this.#threads.clear();
    this.#waiting = [];
    const interrupted = this.#book.hostLost(this.#book.all, this.#world.wallNow());
    const restart = this.#book.all.filter(({ state }) => state === "received").map(heldOf);
    const isUnexplained = this.#world.random.chance(0.9);
    for (const { assignment } of interrupted) {
      this.#interrupt(threads.get(assignment.attemptId), "TASK_RUN_HEARTBEAT_TIMEOUT", isUnexplained);
    }
    this.#world.process.after(100, () => {
      for (const held of restart) if (this.#book.find(held.attemptId)?.state === "received") this.#accept(held);
      this.#pump();
    });
    this.#planFlush();
  }

  /** A run that was alone in the host which died is the cause. */
  #convict(thread: Thread): void {
    const { held, startedAt } = thread;
    const { attemptId, runId } = held;
    thread.cancelEnd();
    const endedAt = this.#world.wallNow();
    this.#ended({
      runId,
      attemptId,
      startedAt,
      endedAt,
      activeMs: endedAt - startedAt,
      threadLingers: false,
      end: endOf({ type: "runOutOfMemory", durationMs: 0, delayMs: 0 }),
    });
    this.#free(attemptId);
  }

  #interrupt(thread: Thread | undefined, code: string, isSuspect = false): void {
    if (thread === undefined) return;
    const { held, startedAt } = thread;
    const endedAt = this.#world.wallNow();
    this.#ended({
      runId: held.runId,
      attemptId: held.attemptId,
      startedAt,
      endedAt,
      activeMs: endedAt - startedAt,
      threadLingers: false,
      end: { type: "interrupted", code, message: "the host is gone", isSuspect },
    });
  }

  /** The whole process dies. */
  crash(): void {
    this.#world.process.kill();
    for (const attemptId of this.#threads.keys()) this.#world.invariants.threadEnded(attemptId);
    this.#threads.clear();
  }

  /** Is asked to leave: takes nothing more, gives back what has not begun, interrupts what does not end. */
  drain(graceMs: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#book.startDraining();
    this.#stream?.draining();
    for (const held of this.#waiting.splice(0)) this.#handBack(held.attemptId);
    this.#world.process.after(graceMs, () => {
      for (const [attemptId, thread] of [...this.#threads]) {
        thread.cancelEnd();
        if (this.#book.find(attemptId)?.state === "started") this.#interrupt(thread, "TASK_EXECUTION_ABORTED");
        this.#free(attemptId);
      }
    });
    this.#planFlush();
  }

  #ended(outcome: OutcomeWithoutTexts): boolean {
    const attempt = this.#book.find(outcome.attemptId);
    if (attempt === undefined) return false;
    const isWanted = attempt.state === "received" || attempt.state === "started";
    this.#book.ended(attempt, outcome as unknown as BookReport["outcomes"][number]);
    return isWanted;
  }

  #gone(attemptId: AttemptId): void {
    const attempt = this.#book.find(attemptId);
    if (attempt !== undefined) this.#book.gone(attempt);
  }

  #handBack(attemptId: AttemptId): void {
    const attempt = this.#book.find(attemptId);
    if (attempt !== undefined) this.#book.handBack(attempt, "draining");
  }

  #isFinished(): boolean {
    return this.#isDraining && this.#book.size === 0 && !this.#book.hasNews;
  }

  #leave(): void {
    if (this.#world.process.isDead || !this.#isFinished()) return;
    this.#stream?.close();
    this.crash();
    this.#world.onReplaced();
  }
}

/** The book holds this runner's own assignments, which have no body. */
function heldOf({ assignment }: HeldAttempt): Held {
  return assignment as unknown as Held;
}

/** The book returns the outcomes as this runner gave them to it. */
function outcomesOf({ outcomes }: BookReport): readonly OutcomeWithoutTexts[] {
  return outcomes as unknown as readonly OutcomeWithoutTexts[];
}
