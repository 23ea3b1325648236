import type { TriggerCommand, TriggerOutcome } from "@baton/coordinator/internal/callers/trigger-command";
import type { RunWatch } from "@baton/coordinator/internal/callers/watch-hub";
import type { Coordinator } from "@baton/coordinator/internal/coordinator";
import type { RunId } from "@baton/proto/contract/ids";
import { isFinal } from "@baton/proto/contract/run-status";
import type { Invariants } from "./invariants.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Process } from "./virtual-time.ts";

/** The parts of the simulation that a client uses. */
export interface ClientSurroundings {
  readonly process: Process;
  readonly random: SeededRandom;
  readonly invariants: Invariants;
  wallNow(): number;
  /** Calls the running coordinator over the network. Rejects when none is running, or when it dies meanwhile. */
  call<T>(request: (coordinator: Coordinator) => Promise<T>): Promise<T>;
  metByTrigger(runId: RunId): void;
  metByCancel(runId: RunId): void;
  log(text: string): void;
}

/** An application that triggers, cancels and watches runs. It repeats calls until they are answered. */
export class SimulatedClient {
  readonly #world: ClientSurroundings;
  readonly #payloads = new Map<RunId, string | undefined>();
  readonly #watched = new Map<RunId, { revision: number; isFinal: boolean }>();
  #watch: RunWatch | undefined;
  #lastNumber = 0;
  #pending = 0;

  constructor(world: ClientSurroundings) {
    this.#world = world;
  }

  /** Whether no call waits for an answer. */
  get isIdle(): boolean {
    return this.#pending === 0;
  }

  payloadOf(runId: RunId): { readonly payload: string | undefined } | undefined {
    return this.#payloads.has(runId) ? { payload: this.#payloads.get(runId) } : undefined;
  }

  /** Triggers runs in one call. */
  trigger(taskIds: readonly string[]): void {
    const { random } = this.#world;
    const commands = taskIds.map((taskId) => this.#command(taskId));
    const isPatient = random.chance(0.9);
    this.#send(commands, isPatient);
    if (random.chance(0.25)) {
      this.#world.process.after(random.pick([0, 5, 300, 4_000, 20_000]), () => {
        for (const { runId } of commands) this.#world.metByTrigger(runId);
        this.#send(commands, isPatient);
      });
    }
  }

  /** Triggers runs from an attempt. Repeats the call until it is answered, and sometimes once more. */
  triggerFrom(parent: NonNullable<TriggerCommand["parent"]>, taskIds: readonly string[]): void {
    const commands = taskIds.map((taskId) => ({ ...this.#command(taskId), parent }));
    this.#send(commands, true);
    if (this.#world.random.chance(0.1)) this.#world.process.after(2_000, () => this.#send(commands, true));
  }

  #command(taskId: string): TriggerCommand {
    const { random } = this.#world;
    this.#lastNumber += 1;
    const runId = `run_${String(this.#lastNumber).padStart(5, "0")}` as RunId;
    const payload = random.chance(0.1) ? undefined : JSON.stringify({ number: this.#lastNumber });
    this.#payloads.set(runId, payload);
    const delayMs = random.chance(0.1) ? random.between(310_000, 420_000) : random.between(100, 40_000);
    return {
      runId,
      taskId,
      ...(payload !== undefined && { payload }),
      ...(random.chance(0.2) && { delayUntil: this.#world.wallNow() + delayMs }),
      idempotencyKeyTtlMs: 86_400_000,
      tags: [],
      priorityMs: random.chance(0.2) ? random.between(1, 60_000) : 0,
      ...(random.chance(0.05) && { machine: "medium-1x" as const }),
      ...(random.chance(0.1) && { maxAttempts: random.between(1, 6) }),
      isTest: false,
      isReplay: false,
      triggerFunction: random.chance(0.3) ? "batchTrigger" : "trigger",
    };
  }

  #send(commands: readonly TriggerCommand[], isPatient: boolean): void {
    const again = (error: unknown): void => {
      this.#world.log(`trigger of ${commands[0]?.runId} failed: ${String(error)}`);
      if (isPatient) {
        this.#later(() => this.#send(commands, isPatient));
      }
    };
    this.#ask(
      (coordinator) => coordinator.runs.trigger(commands),
      (outcomes) => this.#onTriggered(outcomes),
      again,
    );
  }

  #onTriggered(outcomes: readonly TriggerOutcome[]): void {
    for (const outcome of outcomes) {
      if (!outcome.ok) {
        if (outcome.error.code === "PARENT_NOT_RUNNING" || outcome.error.code === "QUEUE_FULL") continue;
        throw new Error(`A trigger was refused: ${outcome.error.message}`);
      }
      this.#world.log(`trigger of ${outcome.runId} is acknowledged`);
      this.#world.invariants.acknowledged(outcome.runId, this.#payloads.get(outcome.runId));
      if (this.#watched.has(outcome.runId)) continue;
      this.#watched.set(outcome.runId, { revision: 0, isFinal: false });
      this.#watch?.add(outcome.runId, 0);
      if (this.#world.random.chance(0.12)) {
        const { runId } = outcome;
        this.#world.process.after(this.#world.random.between(0, 15_000), () => this.#cancel(runId));
      }
    }
  }

  #cancel(runId: RunId): void {
    this.#world.metByCancel(runId);
    this.#ask(
      (coordinator) => coordinator.runs.cancel(runId, "no longer wanted"),
      (status) => {
        this.#world.log(`cancellation of ${runId} answered with ${status}`);
        this.#world.invariants.cancelAnswered(runId, String(status));
      },
      () => this.#later(() => this.#cancel(runId)),
    );
  }

  /** Watches runs over a new connection. */
  watchOn(coordinator: Coordinator, isUp: () => boolean): void {
    const watch = coordinator.runs.watch((runId, view) => {
      if (!isUp()) return true;
      if (view === undefined) {
        if (this.#world.invariants.accepted.has(runId))
          throw new Error(`${runId} exists and its watcher was told otherwise.`);
        return true;
      }
      this.#world.log(`watcher is told ${runId} ${view.run.status}@${view.run.revision}`);
      this.#world.invariants.told(view.run);
      this.#watched.set(runId, { revision: view.run.revision, isFinal: isFinal(view.run.status) });
      return true;
    });
    this.#watch = watch;
    for (const [runId, seen] of this.#watched) if (!seen.isFinal) watch.add(runId, seen.revision);
  }

  #ask<T>(
    request: (coordinator: Coordinator) => Promise<T>,
    proceed: (answer: T) => void,
    failed: (error: unknown) => void,
  ) {
    this.#pending += 1;
    this.#world.call(request).then(
      (answer) => {
        this.#pending -= 1;
        this.#world.process.after(0, () => proceed(answer));
      },
      (error: unknown) => {
        this.#pending -= 1;
        failed(error);
      },
    );
  }

  #later(run: () => void): void {
    this.#pending += 1;
    this.#world.process.after(this.#world.random.between(200, 2_000), () => {
      this.#pending -= 1;
      run();
    });
  }
}
