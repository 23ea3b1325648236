import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultScheduling } from "@baton/coordinator/internal/core/scheduling/settings";
import type { Assignment, RunnerLink, RunnerReport } from "@baton/coordinator/internal/runners/runner-link";
import type { RunnerSession } from "@baton/coordinator/internal/runners/runner-session";
import { MemoryStore } from "@baton/coordinator/internal/store/memory/memory-store";
import type { RunId, RunnerId } from "@baton/proto/contract/ids";
import { Invariants } from "./invariants.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedCoordinator, wallStart } from "./simulated-coordinator.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { Process, VirtualTime } from "./virtual-time.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const leaseMs = 10_000;
const runId = "run_patient0" as RunId;

/** One disk and one virtual clock, which successive coordinators and runners use. */
class World {
  readonly time = new VirtualTime();
  readonly disk = new SimulatedDisk();
  readonly invariants = new Invariants(leaseMs);
  #coordinator: SimulatedCoordinator | undefined;

  constructor() {
    this.disk.onWritten = (run) => this.invariants.stored(run);
  }

  /** Kills the coordinator, if one is running, and starts another one on the same disk. */
  async startCoordinator(): Promise<SimulatedCoordinator> {
    this.#coordinator?.process.kill();
    this.#coordinator = new SimulatedCoordinator({
      process: new Process(this.time),
      random: new SeededRandom(1),
      store: new MemoryStore({ disk: this.disk }),
      invariants: this.invariants,
      leaseMs,
      backlogBudget: 100,
      scheduling: defaultScheduling,
      variant: {},
      now: () => this.time.now,
      log: () => undefined,
    });
    await this.#coordinator.coordinator.start();
    return this.#coordinator;
  }

  async until(atMs: number): Promise<void> {
    while (this.time.now < atMs) {
      const next = this.time.takeNext();
      assert.ok(next, "a coordinator ticks for ever");
      next();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  stored() {
    const run = this.disk.runs.get(runId)?.run;
    assert.ok(run);
    return run;
  }
}

/** A runner that does nothing by itself except stay connected. */
class ScriptedRunner implements RunnerLink {
  readonly assignments: Assignment[] = [];
  readonly unreadLength = 0;
  readonly #session: RunnerSession;
  #sequence = 0;

  constructor(name: string, { coordinator, process }: SimulatedCoordinator, version: string) {
    const capacity = { concurrency: 4, cpu: 4, memoryGb: 8, overcommit: false };
    const runnerId = `runner_${name}` as RunnerId;
    const hello = {
      runnerId,
      session: 1,
      capacity,
      versions: [version],
      held: [],
      hostname: "h",
      draining: false,
    };
    this.#session = coordinator.runners.attach(hello, this);
    const beat = (): void => {
      this.report({});
      process.after(2_000, beat);
    };
    beat();
  }

  report(more: Partial<RunnerReport>): void {
    const nothing = { started: [], outcomes: [], handedBack: [], goneAttemptIds: [], prefetch: 0 };
    this.#session.report({ receivedSequence: this.#sequence, ...nothing, ...more });
  }

  /** Reports that its attempt started a second ago, failed now, and is to be retried after an hour. */
  fail(now: number): void {
    const assignment = this.assignments.at(-1);
    assert.ok(assignment);
    this.report({
      outcomes: [
        {
          outcome: {
            runId,
            attemptId: assignment.attempt.id,
            startedAt: now - 1_000,
            endedAt: now,
            activeMs: 1_000,
            threadLingers: false,
            end: {
              type: "failed",
              error: { type: "string", raw: "not yet" },
              decision: { type: "retry", delayMs: hourMs },
            },
          },
          logsFollow: false,
        },
      ],
    });
  }

  welcome(): void {}

  dispatch({ assignments, sequence }: Parameters<RunnerLink["dispatch"]>[0]): void {
    this.#sequence = sequence;
    this.assignments.push(...assignments);
  }

  close(): void {}
}

test("a retry that is due in an hour comes once and on time, although everything is restarted meanwhile (68)", async () => {
  const world = new World();
  const first = await world.startCoordinator();
  const retry = { maxAttempts: 3, factor: 1, minTimeoutMs: hourMs, maxTimeoutMs: hourMs, randomize: false };
  const task = {
    id: "patient",
    filePath: "t.ts",
    exportName: "t",
    queue: "task/patient",
    machine: "micro",
    retry,
  } as const;
  const registering = first.coordinator.runners.registerVersion("a".repeat(64), [task]);
  await world.until(1_000);
  const version = await registering;
  const runner = new ScriptedRunner("a", first, version);
  const triggering = first.coordinator.runs.trigger([
    {
      runId,
      taskId: task.id,
      idempotencyKeyTtlMs: hourMs,
      tags: [],
      priorityMs: 0,
      isTest: false,
      isReplay: false,
      triggerFunction: "trigger",
    },
  ]);
  await world.until(5_000);
  await triggering;
  runner.fail(wallStart + world.time.now);
  await world.until(6_000);
  const { dueAt, status } = world.stored();
  assert.equal(status, "reattempting");
  assert.ok(dueAt !== undefined && dueAt >= wallStart + 5_000 + hourMs);

  for (const minute of [10, 30, 50]) {
    await world.until(minute * minuteMs);
    const next = await world.startCoordinator();
    new ScriptedRunner(`at-${minute}`, next, version);
    assert.equal(world.stored().dueAt, dueAt);
  }
  const last = await world.startCoordinator();
  const lastRunner = new ScriptedRunner("last", last, version);
  await world.until(dueAt - wallStart - 1);
  assert.deepEqual([world.stored().status, lastRunner.assignments.length], ["reattempting", 0]);
  await world.until(dueAt - wallStart + 1_000);
  assert.deepEqual(
    lastRunner.assignments.map(({ attempt }) => attempt.number),
    [2],
  );
  assert.ok(lastRunner.assignments.every(({ attempt }) => attempt.assignedAt >= dueAt));
  assert.equal(world.invariants.failure, undefined);
});
