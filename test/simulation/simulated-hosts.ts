import type { RunnerCapacity } from "@baton/coordinator/internal/core/event";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import { builtInRetryPolicy } from "@baton/proto/contract/retry";
import type { HeldAttempt } from "@baton/runner/internal/attempts/held-attempt";
import type { HostEnd } from "@baton/runner/internal/hosts/blame";
import type { HostsDeps } from "@baton/runner/internal/hosts/host-fleet";
import type { Hosts, HostsListener } from "@baton/runner/internal/hosts/hosts";
import { decodeEnd, decodeExecute, encodeEnd, encodeExecute } from "@baton/runner/internal/thread/attempt-text";
import type { ThreadEnd } from "@baton/runner/internal/thread/thread-protocol";
import { type Behaviour, chooseBehaviour, endOf } from "./behaviour.ts";
import type { Invariants } from "./invariants.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Process } from "./virtual-time.ts";

/** Time until a lost host is replaced, in milliseconds. */
const replacementMs = 100;

interface Thread {
  readonly attempt: HeldAttempt;
  readonly isSolo: boolean;
  readonly threadId: number;
  readonly startedAt: number;
  readonly behaviour: Behaviour;
  cancelEnd: () => void;
}

/** The parts of the simulation that hosts use. */
export interface HostsSurroundings {
  readonly runnerId: RunnerId;
  readonly random: SeededRandom;
  readonly invariants: Invariants;
  readonly process: Process;
  wallNow(): number;
  /** Triggers children from an attempt. */
  triggerChildren(parent: { readonly runId: RunId; readonly attemptId: AttemptId }): void;
  payloadOf(runId: RunId): { readonly payload: string | undefined } | undefined;
  log(text: string): void;
}

/**
 * The hosts of a runner: a main host and one for solo attempts. Their threads are timers. Some attempts follow others in
 * a thread, which may begin them without a word.
 */
export class SimulatedHosts implements Hosts {
  readonly pid = undefined;
  readonly #world: HostsSurroundings;
  readonly #capacity: RunnerCapacity;
  readonly #versions: HostsDeps["versions"];
  readonly #listener: HostsListener;
  /** Attempts without a thread, with whether each is solo. */
  readonly #waiting = new Map<HeldAttempt, boolean>();
  readonly #threads = new Map<HeldAttempt, Thread>();
  #lastThread = 0;
  #isDown = false;

  constructor(
    world: HostsSurroundings,
    capacity: RunnerCapacity,
    { versions }: Pick<HostsDeps, "versions">,
    listener: HostsListener,
  ) {
    this.#world = world;
    this.#capacity = capacity;
    this.#versions = versions;
    this.#listener = listener;
  }

  /** Number of attempts in the hosts. */
  get size(): number {
    return this.#waiting.size + this.#threads.size;
  }

  execute(attempt: HeldAttempt, isSolo: boolean): void {
    const { body, runId } = attempt.assignment;
    const expected = this.#world.payloadOf(runId);
    const { payload } = decodeExecute(encodeExecute(0, body));
    if (expected !== undefined) {
      this.#world.invariants.assigned(runId, expected.payload, payload === "" ? undefined : payload);
    }
    this.#waiting.set(attempt, isSolo);
    this.#pumpSoon();
  }

  cancel(attempt: HeldAttempt, _reason: string): void {
    this.#tellBegun([attempt]);
    if (!this.#withdrawWaiting([attempt])) this.#endSoon(attempt, 600);
  }

  timeUp(attempt: HeldAttempt): void {
    this.#endSoon(attempt, 300);
  }

  /** Lets some attempts end when they are asked to. The threads of the others are terminated after the grace. */
  #endSoon(attempt: HeldAttempt, withinMs: number): void {
    const { process, random } = this.#world;
    const thread = this.#threads.get(attempt);
    if (thread === undefined || random.chance(0.4)) return;
    thread.cancelEnd();
    thread.cancelEnd = process.after(random.between(0, withinMs), () => {
      this.#end({ ...thread, behaviour: { type: "fail", durationMs: 0, delayMs: 0 } });
    });
  }

  terminate(attempt: HeldAttempt): void {
    this.#tellBegun([attempt]);
    if (this.#withdrawWaiting([attempt])) return;
    const thread = this.#threads.get(attempt);
    if (thread === undefined || attempt.isEnding) return;
    attempt.endThread();
    thread.cancelEnd();
    const { process, random } = this.#world;
    const inMs = random.chance(0.3) ? random.between(50, 3_000) : random.between(0, 40);
    thread.cancelEnd = process.after(inMs, () => this.#exit(thread, "terminated"));
  }

  withdraw(attempts: readonly HeldAttempt[]): void {
    this.#world.process.after(0, () => this.#tellBegun(attempts));
    this.#withdrawWaiting(attempts);
  }

  #withdrawWaiting(attempts: readonly HeldAttempt[]): boolean {
    const withdrawn = attempts.filter((attempt) => this.#waiting.delete(attempt));
    if (withdrawn.length === 0) return false;
    this.#world.process.after(0, () => {
      for (const attempt of withdrawn) attempt.follow(undefined);
      this.#listener.onWithdrawn(withdrawn);
    });
    return true;
  }

  stop(): void {
    for (const thread of this.#threads.values()) {
      thread.cancelEnd();
      this.#world.invariants.threadEnded(thread.attempt.assignment.attemptId);
    }
    this.#threads.clear();
    this.#waiting.clear();
    this.#isDown = true;
  }

  /** Does nothing, because simulated tasks make no calls and read no environment. */
  answerCall(): void {}
  setEnvironment(): void {}
  tellVersion(): void {}
  forgetVersion(): void {}

  // Threads

  #pumpSoon(): void {
    this.#world.process.after(0, () => this.#pump());
  }

  #pump(): void {
    if (this.#isDown) return;
    for (const [attempt, isSolo] of this.#waiting) {
      if (this.#threads.size >= this.#capacity.concurrency) return this.#letFollow();
      if (isSolo && [...this.#threads.values()].some((thread) => thread.isSolo)) continue;
      this.#waiting.delete(attempt);
      this.#take(attempt, isSolo);
    }
  }

  /** Gives some waiting attempts to a thread that executes another. Takes those back that it does not begin soon. */
  #letFollow(): void {
    const { process, random } = this.#world;
    const [thread] = this.#threads.values();
    for (const [attempt, isSolo] of this.#waiting) {
      if (thread === undefined || isSolo || attempt.following !== undefined || random.chance(0.5)) continue;
      attempt.follow({ threadId: thread.threadId, startedAt: this.#world.wallNow() });
      process.after(random.between(0, 10), () => {
        if (this.#waiting.has(attempt)) attempt.follow(undefined);
      });
    }
  }

  /** Says that threads have begun these attempts, which followed others. */
  #tellBegun(attempts: readonly HeldAttempt[]): void {
    for (const attempt of attempts) {
      const thread = this.#threads.get(attempt);
      if (thread === undefined || attempt.thread !== undefined) continue;
      const { startedAt, threadId } = thread;
      attempt.giveThread({ threadId, startedAt });
      this.#listener.onTaken([attempt]);
    }
  }

  #take(attempt: HeldAttempt, isSolo: boolean): void {
    const { invariants, log, process, random, runnerId } = this.#world;
    const { attemptId, body, runId, version } = attempt.assignment;
    const startedAt = this.#world.wallNow();
    const { details } = decodeExecute(encodeExecute(startedAt, body));
    const task = this.#versions.find(version)?.built.tasks.find(({ definition }) => definition.id === details.taskId);
    const policy = details.retry ?? task?.definition.retry ?? builtInRetryPolicy;
    const behaviour = chooseBehaviour(random, details.attemptNumber, policy, details.maxAttempts || undefined);
    const { following } = attempt;
    if (following === undefined) this.#lastThread += 1;
    const threadId = following?.threadId ?? this.#lastThread;
    invariants.threadStarted({ runId, attemptId, runnerId });
    log(
      `${runnerId} takes ${attemptId}, ${isSolo ? "alone, " : ""}will ${behaviour.type} after ${behaviour.durationMs}`,
    );
    const thread: Thread = { attempt, isSolo, threadId, startedAt, behaviour, cancelEnd: () => undefined };
    this.#threads.set(attempt, thread);
    thread.cancelEnd = process.after(behaviour.durationMs, () => this.#end(thread));
    if (following === undefined || details.maxDurationMs !== undefined) this.#tellBegun([attempt]);
    else process.after(random.between(3, 10), () => this.#tellBegun([attempt]));
    if (details.maxDurationMs !== undefined) this.#listener.onMessage(attempt, { type: "active", attemptId }, "");
    if (details.depth < 3 && random.chance(0.15)) {
      const inMs = random.between(0, 2 * behaviour.durationMs);
      process.after(inMs, () => this.#world.triggerChildren({ runId, attemptId }));
    }
  }

  #end(thread: Thread): void {
    const { attempt, behaviour, startedAt } = thread;
    const { attemptId, runId } = attempt.assignment;
    if (behaviour.type === "runOutOfMemory") return this.#exit(thread, "outOfMemory");
    if (behaviour.type === "die") return this.#exit(thread, "exited");
    const end = endOf(behaviour);
    if (end.type === "interrupted") return;
    const endedAt = this.#world.wallNow();
    const said: ThreadEnd = { startedAt, endedAt, activeMs: endedAt - startedAt, end };
    this.#free(attempt);
    this.#world.log(`${this.#world.runnerId} ended ${attemptId}`);
    const output = end.type === "succeeded" ? `"output of ${runId}"` : "";
    this.#listener.onMessage(
      attempt,
      { type: "ended", attemptId },
      decodeEnd(encodeEnd(true, said, output))?.end ?? "",
    );
  }

  #exit({ attempt }: Thread, cause: "terminated" | "outOfMemory" | "exited"): void {
    const { attemptId } = attempt.assignment;
    this.#tellBegun([attempt]);
    this.#free(attempt);
    this.#world.log(`${this.#world.runnerId} has no thread for ${attemptId} any more: ${cause}`);
    this.#listener.onMessage(attempt, { type: "exited", attemptId, cause, message: "simulated" }, "");
  }

  #free(attempt: HeldAttempt): void {
    if (!this.#threads.delete(attempt)) return;
    this.#world.invariants.threadEnded(attempt.assignment.attemptId);
    this.#pumpSoon();
  }

  // Faults

  /** Loses a host with all its threads: the solo host when it executes an attempt, otherwise the main one. */
  lose(): void {
    const { process, random } = this.#world;
    const isSolo = [...this.#threads.values()].some((thread) => thread.isSolo);
    const threads = [...this.#threads.values()].filter((thread) => thread.isSolo === isSolo);
    // Nobody can say which attempts began that a thread had behind others.
    const following = [...this.#waiting.keys()].filter((attempt) => attempt.following !== undefined && !isSolo);
    const waiting = [...this.#waiting].filter(([, alone]) => alone === isSolo).map(([attempt]) => attempt);
    this.#tellBegun(threads.map(({ attempt }) => attempt));
    for (const attempt of following) {
      this.#waiting.delete(attempt);
      if (attempt.following !== undefined) attempt.giveThread(attempt.following);
    }
    this.#listener.onTaken(following);
    for (const { attempt, cancelEnd } of threads) {
      cancelEnd();
      this.#free(attempt);
    }
    const end: HostEnd = random.chance(0.9)
      ? { reason: "it was ended by SIGKILL", cause: "itself", signal: "SIGKILL" }
      : { reason: "its last attempt ended", cause: "unwanted" };
    const begun = [...threads.map(({ attempt }) => attempt), ...following];
    const inFlight = begun.flatMap(({ assignment: { attemptId, machine }, thread }) =>
      thread === undefined ? [] : [{ attemptId, machine, ...thread }],
    );
    this.#isDown = true;
    process.after(replacementMs, () => {
      this.#isDown = false;
      this.#pump();
    });
    this.#listener.onLost(end, { isSolo, inFlight, attempts: [...threads.map(({ attempt }) => attempt), ...waiting] });
  }
}
