import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { makeCoreState, type PartitionOptions } from "../core-state.ts";
import { createRun, type NewRun } from "../life/new-run.ts";
import { attemptId, definition, newRun, runnerId, version } from "../life/run.test.support.ts";
import type { Run } from "../life/run.ts";

const now = { wall: 0, monotonic: 0 };
const name = "20260101.1";

/** A core state with these tasks, and runners that have their version. */
class Floor {
  readonly state;
  readonly #tasks: readonly TaskDefinition[];

  constructor(tasks: readonly TaskDefinition[] = [definition()], scheduling?: PartitionOptions["scheduling"]) {
    this.#tasks = tasks;
    this.state = makeCoreState({ leaseMs: 10_000, random: () => 0.5, ...(scheduling && { scheduling }) });
    this.state.tasks.add([version(name, tasks)], 0);
  }

  connect(runner: string, concurrency: number, memoryGb = 16): void {
    const capacity = { concurrency, cpu: 8, memoryGb, overcommit: false };
    const hello = { runnerId: runnerId(runner), session: 1, capacity, versions: [name], held: [], draining: false };
    this.state.runners.obtain(hello.runnerId, 0).connect(hello, 0);
    this.state.versions.refresh(now);
  }

  queue(number: number, at: number, more: Partial<NewRun> = {}): Run {
    const request = newRun(number, more);
    const task = this.#tasks.find(({ id }) => id === request.taskId);
    const run = createRun(request, undefined, task, at);
    this.state.memory.put(now, undefined, run);
    return run;
  }

  /** Returns the run that is chosen first. It ends at once. */
  chooseAndEnd(): RunId | undefined {
    const [id] = this.choices();
    const held = id === undefined ? undefined : this.state.memory.find(id);
    if (held !== undefined) {
      this.state.memory.put(now, held, { ...held, status: "completed", current: undefined, revision: 3 });
    }
    return id;
  }

  /** Returns the runs in the order in which they are chosen. Each chosen run takes its slot. */
  choices(): readonly RunId[] {
    const ids: RunId[] = [];
    const { dispatcher, memory } = this.state;
    for (let choice = dispatcher.choose(0); choice; choice = dispatcher.choose(0)) {
      const { machine, run, runner, task } = choice;
      const id = attemptId(run.id);
      const current = { id, number: 1, runnerId: runner.id, machine, version: task.version, assignedAt: 0 };
      memory.put(now, run, { ...run, status: "dequeued", current, revision: run.revision + 1 });
      ids.push(run.id);
    }
    return ids;
  }
}

test("of all lanes that a runner can take the earliest run goes first, and of runs made at once the smaller id", () => {
  const floor = new Floor([definition(), definition({ id: "other" }), definition({ id: "big", machine: "medium-1x" })]);
  floor.connect("a", 9);
  const runs = [
    floor.queue(3, 20),
    floor.queue(4, 10, { taskId: "other" }),
    floor.queue(2, 10, { taskId: "big" }),
    floor.queue(1, 30, { taskId: "other", priorityMs: 25 }),
  ];
  assert.deepEqual(floor.choices(), [runs[3]?.id, runs[2]?.id, runs[1]?.id, runs[0]?.id]);
});

test("a run that no runner is large enough for holds up no other", () => {
  const floor = new Floor();
  floor.connect("a", 2, 1);
  floor.queue(1, 0, { machine: "large-2x" });
  const small = floor.queue(2, 1);
  assert.deepEqual(floor.choices(), [small.id]);
});

test("a lane waits while its queue is at its limit, and is chosen from again when a slot is free", () => {
  const floor = new Floor([definition({ concurrencyLimit: 1 })]);
  floor.connect("a", 9);
  const [first, second] = [floor.queue(1, 0), floor.queue(2, 1)];
  assert.deepEqual(floor.choices(), [first.id]);
  const held = floor.state.memory.find(first.id);
  assert.ok(held);
  floor.state.memory.put(now, held, { ...held, status: "completed", current: undefined, revision: 3 });
  assert.deepEqual(floor.choices(), [second.id]);
});

test("nothing is chosen beyond the slots of the environment", () => {
  const floor = new Floor([definition()], { versionGraceMs: 0, environmentLimit: 2, burstFactor: 1 });
  floor.connect("a", 9);
  for (const number of [1, 2, 3]) floor.queue(number, number);
  assert.equal(floor.choices().length, 2);
});

test("lanes that became empty are chosen from again when they have runs", () => {
  const floor = new Floor();
  floor.connect("a", 9);
  for (const number of [1, 2, 3]) {
    const { id } = floor.queue(number, 0);
    assert.deepEqual(floor.choices(), [id]);
  }
});

test("tasks that share a queue with one slot go in the order of their runs, one after another", () => {
  const ids = ["mail", "other", "third"];
  const floor = new Floor(ids.map((id) => definition({ id, queue: "shared", concurrencyLimit: 1 })));
  floor.connect("a", 9);
  const runs = [3, 1, 2].map((number, index) => floor.queue(number, number, { taskId: ids[index] ?? "" }));
  const order = runs.map(() => floor.chooseAndEnd());
  assert.deepEqual(order, [runs[1]?.id, runs[2]?.id, runs[0]?.id]);
});

test("what a slot costs does not follow the number of lanes that wait for it", () => {
  const looks = (lanes: number) => {
    const ids = Array.from({ length: lanes }, (_, index) => `task-${index}`);
    const floor = new Floor(ids.map((id) => definition({ id, queue: "shared", concurrencyLimit: 1 })));
    floor.connect("a", 9);
    let count = 0;
    for (const [index, taskId] of ids.entries()) floor.queue(index + 1, index, { taskId });
    const { slots } = floor.state;
    const hasSlot = slots.hasSlot.bind(slots);
    slots.hasSlot = (copy) => {
      count += 1;
      return hasSlot(copy);
    };
    for (let round = 0; round < 10; round += 1) floor.chooseAndEnd();
    return count;
  };
  assert.equal(looks(1_000), looks(50));
});
