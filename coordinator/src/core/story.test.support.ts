import assert from "node:assert/strict";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Effect, Transition } from "./effect.ts";
import type { Event, HeldAttempt, OutcomeWithoutTexts, RunnerCapacity } from "./event.ts";
import type { NewRun } from "./life/new-run.ts";
import { definition, newRun, runId, runnerId, version } from "./life/run.test.support.ts";
import type { Run } from "./life/run.ts";
import { Partition } from "./partition.ts";
import { defaultScheduling, type SchedulingSettings } from "./scheduling/settings.ts";

/** The lease of runners in a story, in milliseconds. */
export const leaseMs = 10_000;
/** The version that a story starts with. */
export const versionName = "20260101.1";

/** A partition, and a time that the test sets. Each method steps one event and returns the transition in words. */
export class Story {
  readonly partition: Partition;
  at = 0;
  #requests = 0;
  #sessions = 0;

  constructor(
    tasks: readonly TaskDefinition[] = [definition()],
    backlogBudget?: number,
    settings: Partial<SchedulingSettings> = {},
  ) {
    const budget = backlogBudget === undefined ? {} : { backlogBudget };
    const scheduling = { ...defaultScheduling, ...settings };
    this.partition = new Partition({ leaseMs, random: () => 0.5, scheduling, ...budget });
    this.load([], tasks);
  }

  load(active: readonly Run[], tasks: readonly TaskDefinition[]): Transition {
    const loaded = { versions: [version(versionName, tasks)], active, lanes: [], pendingTasks: [] };
    return this.partition.load(loaded, this.now);
  }

  get now() {
    return { wall: this.at, monotonic: this.at };
  }

  step(event: Event): Transition {
    return this.partition.step(event, this.now);
  }

  /** Steps an event and returns the transition in words. */
  tell(event: Event): readonly string[] {
    return inWords(this.step(event));
  }

  trigger(number: number, more: Partial<NewRun> = {}): readonly string[] {
    this.#requests += 1;
    const request = newRun(number, more);
    return this.tell({ type: "runTriggered", runId: request.id, requestId: this.#requests, request });
  }

  connect(
    runner: string,
    capacity: Partial<RunnerCapacity> = {},
    held: readonly HeldAttempt[] = [],
  ): readonly string[] {
    this.#sessions += 1;
    return this.tell({
      type: "runnerConnected",
      runner: {
        runnerId: runnerId(runner),
        session: this.#sessions,
        capacity: { concurrency: 1, cpu: 8, memoryGb: 16, overcommit: false, ...capacity },
        versions: [versionName],
        held,
        draining: false,
      },
    });
  }

  start(number: number): readonly string[] {
    const { id, runnerId: runner } = this.attempt(number);
    return this.tell({
      type: "attemptStarted",
      runId: runId(number),
      runnerId: runner,
      attemptId: id,
      startedAt: this.at,
    });
  }

  succeed(number: number, more: Partial<OutcomeWithoutTexts> = {}): readonly string[] {
    const { id, runnerId: runner } = this.attempt(number);
    const outcome: OutcomeWithoutTexts = {
      runId: runId(number),
      attemptId: id,
      startedAt: this.at,
      endedAt: this.at,
      activeMs: 0,
      threadLingers: false,
      end: { type: "succeeded", hasOutput: false },
      ...more,
    };
    return this.tell({ type: "attemptEnded", runId: runId(number), runnerId: runner, outcome });
  }

  attempt(number: number) {
    const current = this.partition.find(runId(number))?.current;
    assert.ok(current, `run ${number} has no attempt`);
    return current;
  }

  status(number: number): string | undefined {
    return this.partition.find(runId(number))?.status;
  }
}

function inWords({ changes, effects }: Transition): readonly string[] {
  const moved = changes.map(({ run }) => `${run.id} ${run.status}`);
  return [...moved, ...effects.filter((effect) => !effect.type.startsWith("load")).map(effectInWords)];
}

function effectInWords(effect: Effect): string {
  switch (effect.type) {
    case "reply":
      return effect.reply.type === "run" ? `reply ${effect.reply.run.status}` : `reply ${effect.reply.type}`;
    case "assign":
      return `assign ${effect.runId} to ${effect.runnerId}`;
    case "welcome":
      return `welcome ${effect.runnerId}, stop [${effect.stopAttemptIds.join()}]`;
    case "closeSession":
      return `close ${effect.runnerId}/${effect.session}`;
    default:
      return `${effect.type} ${effect.runId ?? ""}`;
  }
}
