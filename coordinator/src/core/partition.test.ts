import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { startLimitMs } from "./events/runner-events.ts";
import { attemptId, definition, newRun, runId, runnerId, version } from "./life/run.test.support.ts";
import type { Run } from "./life/run.ts";
import { Partition } from "./partition.ts";
import { versionRefreshes } from "./scheduling/connected-versions.ts";
import { defaultScheduling } from "./scheduling/settings.ts";
import { leaseMs, Story, versionName } from "./story.test.support.ts";

describe("a trigger", () => {
  test("that finds room is inserted already assigned", () => {
    const story = new Story();
    story.connect("a");
    assert.deepEqual(story.trigger(1), ["run_0001 dequeued", "reply queued", "assign run_0001 to runner_a"]);
  });

  test("that comes again is answered with the run that exists", () => {
    const story = new Story();
    story.trigger(1);
    assert.deepEqual(story.trigger(1), ["reply queued"]);
  });

  test("of a task that nobody registered waits for it", () => {
    const story = new Story();
    assert.deepEqual(story.trigger(1, { taskId: "new" }), ["run_0001 pendingVersion", "reply pendingVersion"]);
    const late = version("20260101.2", [definition({ id: "new" })]);
    const { effects } = story.step({ type: "versionRegistered", version: late });
    assert.equal(effects[0]?.type, "loadPending");
  });

  test("of a task that was deleted waits until it is back, where there is one project", () => {
    const story = new Story([definition(), definition({ id: "old" })], undefined, { servesOneProject: true });
    const next = "20260101.2";
    story.connect("a");
    story.partition.step({ type: "dueLoaded", until: 300_000, page: { runs: [] } }, story.now);
    assert.deepEqual(story.trigger(1, { taskId: "old", delayUntil: 5_000 }), ["run_0001 delayed", "reply delayed"]);
    story.step({ type: "versionRegistered", version: version(next, [definition()]) });
    story.step({ type: "runnerHeard", runnerId: runnerId("a"), versions: [versionName, next] });
    assert.deepEqual(story.trigger(2, { taskId: "old" }), ["run_0002 pendingVersion", "reply pendingVersion"]);
    story.at = 5_000;
    assert.deepEqual(story.tell({ type: "timerFired" }), ["run_0001 pendingVersion"]);
    const { effects } = story.step({ type: "runnerHeard", runnerId: runnerId("a"), versions: [versionName] });
    assert.deepEqual(
      effects.map((effect) => effect.type === "loadPending" && effect.taskId),
      ["old"],
    );
  });

  test("of a task that was deleted and came back while its runs were read is read, too", () => {
    const story = new Story([definition(), definition({ id: "old" })], undefined, { servesOneProject: true });
    const next = "20260101.2";
    const edit = (versions: readonly string[]) =>
      story.step({ type: "runnerHeard", runnerId: runnerId("a"), versions }).effects.map(({ type }) => type);
    const pageComes = () =>
      story.step({ type: "pendingLoaded", taskId: "old", page: { runs: [] } }).effects.map(({ type }) => type);
    story.connect("a");
    story.step({ type: "versionRegistered", version: version(next, [definition()]) });
    edit([versionName, next]);
    story.trigger(1, { taskId: "old" });
    assert.deepEqual(edit([versionName]), ["loadPending"]);
    edit([versionName, next]);
    story.trigger(2, { taskId: "old" });
    assert.deepEqual(edit([versionName]), []);
    assert.deepEqual(pageComes(), ["loadPending"], "the page was read before the second run was stored");
    assert.deepEqual(pageComes(), []);
  });

  test("with a delay waits for it", () => {
    const story = new Story();
    story.connect("a");
    story.partition.step({ type: "dueLoaded", until: 300_000, page: { runs: [] } }, story.now);
    assert.deepEqual(story.trigger(1, { delayUntil: 5_000 }), ["run_0001 delayed", "reply delayed"]);
    assert.equal(story.partition.nextDueAt, 5_000);
    story.at = 4_999;
    assert.deepEqual(story.tell({ type: "timerFired" }), []);
    story.at = 5_000;
    assert.deepEqual(story.tell({ type: "timerFired" }), ["run_0001 dequeued", "assign run_0001 to runner_a"]);
  });

  test("by a parent whose attempt has ended is refused", () => {
    const story = new Story();
    const parent = { runId: runId(9), attemptId: attemptId("old") };
    const event = { type: "runTriggered", runId: runId(1), requestId: 1, request: newRun(1), parent } as const;
    assert.deepEqual(story.tell(event), ["reply parentNotRunning"]);
  });

  test("a step that did nothing shares no list with the next one", () => {
    const story = new Story();
    const nothing = story.step({ type: "timerFired" });
    story.trigger(1);
    assert.deepEqual([nothing.changes, nothing.effects.filter((effect) => effect.type === "reply")], [[], []]);
  });
});

describe("the order of dispatch", () => {
  test("is by time and, before it, by priority", () => {
    const story = new Story();
    story.trigger(1);
    story.at = 1_000;
    story.trigger(2);
    story.trigger(3, { priorityMs: 5_000 });
    assert.deepEqual(story.connect("a", { concurrency: 2 }).slice(0, 2), ["run_0003 dequeued", "run_0001 dequeued"]);
  });

  test("is fair between queues: the oldest run of all goes first", () => {
    const story = new Story([definition(), definition({ id: "other" })]);
    for (let number = 1; number <= 3; number += 1) story.trigger(number);
    story.at = 10;
    story.trigger(4, { taskId: "other" });
    story.connect("a", { concurrency: 3 });
    story.at = 20;
    story.trigger(5);
    assert.deepEqual(story.succeed(1).slice(0, 2), ["run_0001 completed", "run_0004 dequeued"]);
  });

  test("a queue at its limit blocks no other", () => {
    const story = new Story([definition({ concurrencyLimit: 1 }), definition({ id: "other" })]);
    story.connect("a", { concurrency: 4 });
    for (let number = 1; number <= 3; number += 1) story.trigger(number);
    story.trigger(4, { taskId: "other" });
    assert.deepEqual(
      [1, 2, 3, 4].map((number) => story.status(number)),
      ["dequeued", "queued", "queued", "dequeued"],
    );
    assert.deepEqual(story.succeed(1).slice(0, 2), ["run_0001 completed", "run_0002 dequeued"]);
  });

  test("a limit of 0 starts nothing", () => {
    const story = new Story([definition({ concurrencyLimit: 0 })]);
    story.connect("a");
    story.trigger(1);
    assert.equal(story.status(1), "queued");
    const run = story.partition.find(runId(1));
    assert.match(run === undefined ? "" : story.partition.explain(run, story.now), /concurrency limit of 0/);
  });

  test("a machine that nobody has blocks no smaller one", () => {
    const story = new Story();
    story.connect("a", { memoryGb: 1 });
    story.trigger(1, { machine: "large-2x" });
    story.trigger(2);
    assert.deepEqual([story.status(1), story.status(2)], ["queued", "dequeued"]);
  });

  test("a lingering thread keeps its slot until it is gone", () => {
    const story = new Story([definition({ concurrencyLimit: 1 })]);
    story.connect("a", { concurrency: 4 });
    story.trigger(1);
    story.trigger(2);
    const { id } = story.attempt(1);
    assert.deepEqual(story.succeed(1, { threadLingers: true }), ["run_0001 completed", "settle run_0001"]);
    assert.deepEqual(story.tell({ type: "threadGone", runnerId: runnerId("a"), attemptId: id }).slice(0, 2), [
      "run_0001 completed",
      "run_0002 dequeued",
    ]);
    assert.equal(story.partition.find(runId(1)), undefined);
  });
});

describe("limits", () => {
  const two = [definition(), definition({ id: "other", concurrencyLimit: 5 })];

  function statuses(story: Story, count: number): readonly (string | undefined)[] {
    return Array.from({ length: count }, (_, index) => story.status(index + 1));
  }

  test("of the environment count all queues together, and a burst is not for a single queue", () => {
    const story = new Story(two, undefined, { environmentLimit: 2, burstFactor: 1.5 });
    story.connect("a", { concurrency: 9 });
    for (let number = 1; number <= 3; number += 1) story.trigger(number);
    assert.deepEqual(statuses(story, 3), ["dequeued", "dequeued", "queued"]);
    story.trigger(4, { taskId: "other" });
    story.trigger(5, { taskId: "other" });
    assert.deepEqual(statuses(story, 5).slice(3), ["dequeued", "queued"]);
    story.succeed(4);
    assert.equal(story.status(5), "dequeued");
    story.succeed(1);
    assert.equal(story.status(3), "dequeued");
  });

  test("of an environment of 0 start nothing", () => {
    const story = new Story(two, undefined, { environmentLimit: 0 });
    story.connect("a");
    story.trigger(1);
    assert.equal(story.status(1), "queued");
  });

  test("that are lowered stop nothing and let nothing start until there is room", () => {
    const story = new Story([definition({ concurrencyLimit: 3 })]);
    story.connect("a", { concurrency: 9 });
    for (let number = 1; number <= 4; number += 1) story.trigger(number);
    story.step({ type: "versionRegistered", version: version(versionName, [definition({ concurrencyLimit: 1 })]) });
    assert.deepEqual(statuses(story, 4), ["dequeued", "dequeued", "dequeued", "queued"]);
    story.succeed(1);
    story.succeed(2);
    assert.equal(story.status(4), "queued");
    story.succeed(3);
    assert.equal(story.status(4), "dequeued");
  });

  test("of a queue's length refuse triggers, not retries, and what is delayed waits outside", () => {
    const story = new Story([definition()], undefined, { maxQueueLength: 2 });
    assert.deepEqual(story.trigger(1), ["run_0001 queued", "reply queued"]);
    story.trigger(2);
    assert.deepEqual(story.trigger(3), ["reply queueFull"]);
    assert.deepEqual(story.trigger(4, { delayUntil: 500 }), ["run_0004 delayed", "reply delayed"]);
    assert.deepEqual(story.partition.findFullQueue([newRun(5)], story.now), { queue: "task/mail", limit: 2 });
    story.connect("a");
    assert.deepEqual(story.trigger(3), ["run_0003 queued", "reply queued"]);
    assert.deepEqual(story.trigger(6), ["reply queueFull"]);
  });

  test("of a queue's length count what the store has, and a repeated trigger once", () => {
    const story = new Story([definition()], undefined, { maxQueueLength: 3 });
    const loaded = { versions: [version(versionName, [definition()])], active: [], lanes: [], pendingTasks: [] };
    story.partition.load({ ...loaded, queueLengths: [["task/mail", 1]] }, story.now);
    const [change] = story.step({ type: "runTriggered", runId: runId(7), requestId: 1, request: newRun(7) }).changes;
    assert.ok(change);
    const refused = { run: change.run, isInsert: true };
    story.step({ type: "runsReloaded", reloaded: [{ runId: runId(7), stored: change.run, refused }] });
    assert.equal(story.partition.findFullQueue([newRun(8), newRun(9)], story.now), undefined);
    assert.ok(story.partition.findFullQueue([newRun(8), newRun(9), newRun(10)], story.now));
  });
});

describe("what a run waits for", () => {
  function explain(story: Story, number: number): string {
    const run = story.partition.find(runId(number));
    return run === undefined ? "" : story.partition.explain(run, story.now);
  }

  function interruptedOn(task: TaskDefinition): Story {
    const story = new Story([task]);
    story.connect("a");
    story.trigger(1);
    story.start(1);
    story.step({ type: "runnerHeard", runnerId: runnerId("a"), versions: [] });
    story.succeed(1, {
      end: { type: "interrupted", code: "TASK_EXECUTION_ABORTED", message: "drained", isSuspect: false },
    });
    return story;
  }

  test("is its version, for as long as the grace lasts", () => {
    const story = interruptedOn(definition());
    story.at = 20_000;
    story.step({ type: "runnerHeard", runnerId: runnerId("a"), versions: [] });
    assert.match(explain(story, 1), /version 20260101\.1 of the task "mail"; in 40 s it takes another one/);
  });

  test("is its version no longer with the first timer after the grace", () => {
    const story = interruptedOn(definition());
    const next = "20260101.2";
    story.step({ type: "versionRegistered", version: version(next, [definition()]) });
    story.step({ type: "runnerHeard", runnerId: runnerId("a"), versions: [next] });
    story.at = defaultScheduling.versionGraceMs - 1;
    story.step({ type: "runnerHeard", runnerId: runnerId("a") });
    assert.deepEqual(story.tell({ type: "timerFired" }), []);
    story.at += 1;
    assert.deepEqual(story.tell({ type: "timerFired" }), ["run_0001 dequeued", "assign run_0001 to runner_a"]);
    assert.equal(story.attempt(1).version, next);
  });

  test("is its version for good, when that is pinned", () => {
    assert.match(explain(interruptedOn(definition({ pinVersion: true })), 1), /pinVersions keeps the run to that one/);
  });

  test("is somebody who registers its task", () => {
    const story = new Story();
    const { changes } = story.step({
      type: "runTriggered",
      runId: runId(1),
      requestId: 1,
      request: newRun(1, { taskId: "new" }),
    });
    assert.match(
      changes[0] === undefined ? "" : story.partition.explain(changes[0].run, story.now),
      /is not registered/,
    );
  });

  test("is another run that is executed alone", () => {
    const story = new Story();
    story.connect("a", { concurrency: 4 });
    const suspect = {
      type: "interrupted",
      code: "TASK_RUN_HEARTBEAT_TIMEOUT",
      message: "abort",
      isSuspect: true,
    } as const;
    for (const number of [1, 2]) {
      story.trigger(number);
      for (let time = 0; time < 2; time += 1) {
        story.start(number);
        story.succeed(number, { end: suspect });
      }
    }
    assert.deepEqual([story.status(1), story.status(2)], ["dequeued", "queued"]);
    assert.match(explain(story, 2), /runs alone/);
    story.succeed(1);
    assert.equal(story.status(2), "dequeued");
  });
});

describe("a runner", () => {
  test("that comes back with its attempts keeps them", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.start(1);
    const held = [{ runId: runId(1), attemptId: story.attempt(1).id, state: "started" }] as const;
    assert.deepEqual(story.connect("a", {}, held), ["close runner_a/1", "welcome runner_a, stop []"]);
    assert.equal(story.status(1), "executing");
  });

  test("that comes back without an attempt loses it, uncharged", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.start(1);
    story.connect("a");
    const run = story.partition.find(runId(1));
    assert.deepEqual([run?.status, run?.attemptNumber, run?.interruptions], ["dequeued", 0, 1]);
  });

  test("that brings an attempt which is no longer its own has to stop it", () => {
    const story = new Story();
    const held = [{ runId: runId(1), attemptId: attemptId("old"), state: "started" }] as const;
    assert.deepEqual(story.connect("a", {}, held), ["welcome runner_a, stop [attempt_old]"]);
  });

  test("whose lease ends loses its runs to another one", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.start(1);
    story.at = 5_000;
    story.connect("b");
    story.at = leaseMs;
    assert.deepEqual(story.tell({ type: "timerFired" }), [
      "run_0001 dequeued",
      "close runner_a/1",
      "assign run_0001 to runner_b",
    ]);
  });

  test("that says anything has its whole lease again", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.at = leaseMs - 1;
    story.tell({ type: "runnerHeard", runnerId: runnerId("a") });
    story.at = 2 * leaseMs - 2;
    assert.deepEqual(story.tell({ type: "timerFired" }), []);
  });

  test("does not pay for our own pauses", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.at = leaseMs + 500;
    story.step({ type: "clockPaused", pausedMs: 6_000 });
    assert.deepEqual(story.tell({ type: "timerFired" }), []);
  });

  test("of an older session is not believed", () => {
    const story = new Story();
    story.connect("a");
    const session = story.partition.sessionOf(runnerId("a"));
    story.connect("a");
    story.step({ type: "runnerDisconnected", runnerId: runnerId("a"), session: session ?? 0 });
    assert.equal(story.partition.sessionOf(runnerId("a")), (session ?? 0) + 1);
  });

  test("an outcome of an attempt that is not the current one is settled and changes nothing", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    assert.deepEqual(story.succeed(1, { attemptId: attemptId("old") }), ["settle run_0001"]);
    assert.equal(story.status(1), "dequeued");
  });

  test("gives an assignment back and it goes to another one", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    const { id, runnerId: runner } = story.attempt(1);
    story.connect("b");
    assert.deepEqual(
      story.tell({ type: "assignmentReturned", runId: runId(1), runnerId: runner, attemptId: id, reason: "draining" }),
      ["run_0001 dequeued", "assign run_0001 to runner_b"],
    );
  });
});

describe("the cancellation of a run", () => {
  function cancel(story: Story, number: number, more: { isWithAncestor?: boolean; stored?: Run } = {}) {
    return story.tell({ type: "cancelRequested", runId: runId(number), requestId: 9, reason: "enough", ...more });
  }

  test("that never started looks for nothing below it", () => {
    const story = new Story();
    story.trigger(1);
    assert.deepEqual(cancel(story, 1), ["run_0001 canceled", "reply canceled"]);
    assert.equal(story.partition.find(runId(1)), undefined);
  });

  test("that executes goes on below it, and the write that frees its slot takes the mark off", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.start(1);
    const { id } = story.attempt(1);
    assert.deepEqual(cancel(story, 1), [
      "run_0001 canceled",
      "cancelDescendants run_0001",
      "cancelAttempt run_0001",
      "reply canceled",
    ]);
    assert.deepEqual(story.tell({ type: "descendantsCanceled", runId: runId(1) }), []);
    const { changes } = story.step({ type: "threadGone", runnerId: runnerId("a"), attemptId: id });
    assert.deepEqual([changes[0]?.run.lingering, changes[0]?.run.descendantsToCancel], [undefined, undefined]);
    assert.equal(story.partition.find(runId(1)), undefined);
  });

  test("whose thread is gone first stays in memory until everything below it has ended", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.start(1);
    const { id } = story.attempt(1);
    cancel(story, 1);
    story.step({ type: "threadGone", runnerId: runnerId("a"), attemptId: id });
    assert.equal(story.partition.find(runId(1))?.descendantsToCancel, true);
    assert.deepEqual(story.tell({ type: "descendantsCanceled", runId: runId(1) }), ["run_0001 canceled"]);
    assert.equal(story.partition.find(runId(1)), undefined);
  });

  test("with an ancestor leaves what is below to the ancestor's", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    story.start(1);
    assert.deepEqual(cancel(story, 1, { isWithAncestor: true }), [
      "run_0001 canceled",
      "cancelAttempt run_0001",
      "reply canceled",
    ]);
  });

  test("that a crash broke off is gone on with at the next start", () => {
    const before = new Story();
    before.connect("a");
    before.trigger(1);
    before.start(1);
    cancel(before, 1);
    const stored = before.partition.find(runId(1));
    assert.ok(stored);
    const after = new Story();
    const { effects } = after.load([{ ...stored, lingering: undefined }], [definition()]);
    assert.ok(effects.some((effect) => effect.type === "cancelDescendants" && effect.runId === stored.id));
  });

  test("that has ended changes nothing", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    const stored = story.partition.find(runId(1));
    assert.ok(stored);
    story.succeed(1);
    assert.deepEqual(cancel(story, 1, { stored: { ...stored, status: "completed", current: undefined } }), [
      "reply completed",
    ]);
  });
});

describe("a run that somebody else wrote", () => {
  test("is taken as it is stored", () => {
    const story = new Story();
    story.trigger(1);
    const stored = story.partition.find(runId(1));
    assert.ok(stored);
    story.step({
      type: "runsReloaded",
      reloaded: [{ runId: runId(1), stored: { ...stored, revision: 9, priorityMs: 7 } }],
    });
    assert.equal(story.partition.find(runId(1))?.revision, 9);
    story.step({ type: "runsReloaded", reloaded: [{ runId: runId(1), stored: undefined }] });
    assert.equal(story.partition.find(runId(1)), undefined);
  });

  test("and gave to a runner that has spoken since and does not have it runs again", () => {
    const story = new Story();
    story.connect("a");
    story.trigger(1);
    const stored = story.partition.find(runId(1));
    assert.ok(stored?.current);
    const foreign = { ...stored, revision: 9, current: { ...stored.current, id: attemptId("foreign") } };
    assert.deepEqual(story.tell({ type: "runsReloaded", reloaded: [{ runId: runId(1), stored: foreign }] }), [
      "run_0001 dequeued",
      "assign run_0001 to runner_a",
    ]);
  });
});

describe("a long backlog", () => {
  test("is in memory up to its budget, and the rest is read when it is wanted", () => {
    const story = new Story([definition()], 8);
    for (let number = 1; number <= 30; number += 1) story.trigger(number);
    assert.ok(story.partition.size <= 8, `${story.partition.size} runs are in memory`);
    const { effects } = story.step({
      type: "runnerConnected",
      runner: {
        runnerId: runnerId("a"),
        session: 1,
        capacity: { concurrency: 5, cpu: 8, memoryGb: 16, overcommit: false },
        versions: [versionName],
        held: [],
        draining: false,
      },
    });
    assert.ok(effects.some((effect) => effect.type === "loadLane"));
  });

  test("that leaves its lane's memory as soon as it comes still expires", () => {
    const story = new Story([definition({ ttlMs: 1_000 })], 1);
    story.tell({ type: "dueLoaded", until: 300_000, page: { runs: [] } });
    for (let number = 1; number <= 6; number += 1) story.trigger(number);
    story.at = 1_000;
    const expired = story.tell({ type: "timerFired" });
    assert.deepEqual(
      expired.filter((what) => what.endsWith("expired")),
      [1, 2, 3, 4, 5, 6].map((number) => `run_000${number} expired`),
    );
    assert.equal(story.partition.size, 0);
  });

  test("with a ttl expires after a restart, when only the page of due runs has brought it", () => {
    const before = new Story([definition({ ttlMs: 5_000 })]);
    before.trigger(1);
    const run = before.partition.find(runId(1));
    assert.ok(run);
    const story = new Story();
    story.tell({ type: "dueLoaded", until: 300_000, page: { runs: [run] } });
    story.at = 4_999;
    assert.deepEqual(story.tell({ type: "timerFired" }), []);
    story.at = 5_000;
    assert.deepEqual(story.tell({ type: "timerFired" }), ["run_0001 expired"]);
  });

  test("a queued run whose old thread lingers does not make a stored lane look complete", () => {
    const before = new Story();
    before.connect("a");
    before.trigger(1);
    before.start(1);
    const error = { type: "string", raw: "no" } as const;
    before.succeed(1, { threadLingers: true, end: { type: "failed", error, decision: { type: "retry", delayMs: 0 } } });
    before.trigger(2);
    const stored = before.partition.find(runId(1));
    assert.ok(stored?.lingering !== undefined || stored?.current !== undefined);
    const queued: Run = {
      ...stored,
      status: "queued",
      current: undefined,
      lingering: { runnerId: runnerId("a"), attemptId: attemptId("x") },
    };
    const after = new Partition({ leaseMs, random: () => 0.5 });
    const lane = ["task/mail", "", "mail", "", queued.version ?? ""].join("\u001f");
    const loaded = {
      versions: [version(versionName, [definition()])],
      active: [queued],
      lanes: [lane as never],
      pendingTasks: [],
    };
    const { effects } = after.load(loaded, { wall: 0, monotonic: 0 });
    assert.ok(effects.some((effect) => effect.type === "loadLane" && effect.lane === lane));
  });
});

describe("a runner that is not to be trusted", () => {
  const returned = (story: Story, number: number, reason: "noThread" | "notReceived") => {
    const { id, runnerId: runner } = story.attempt(number);
    return story.tell({ type: "assignmentReturned", runId: runId(number), runnerId: runner, attemptId: id, reason });
  };

  test("is not given the same run again and again while it hands it back", () => {
    const story = new Story();
    story.trigger(1);
    story.connect("idle");
    let dispatches = 1;
    for (story.at = 0; story.at < 60_000; story.at += 10) {
      if (story.partition.find(runId(1))?.current !== undefined) {
        dispatches += 1;
        returned(story, 1, "noThread");
      } else story.tell({ type: "timerFired" });
      if (story.at % 1_000 === 0) story.tell({ type: "runnerHeard", runnerId: runnerId("idle") });
    }
    assert.ok(dispatches > 5 && dispatches < 20, `${dispatches} dispatches in a minute`);
  });

  test("costs no run its life when another one works", () => {
    const story = new Story();
    story.connect("good");
    story.trigger(2);
    story.start(2);
    story.connect("deaf");
    story.trigger(1);
    returned(story, 1, "notReceived");
    for (let round = 0; round < 30; round += 1) {
      for (const name of ["deaf", "good"]) story.tell({ type: "runnerHeard", runnerId: runnerId(name) });
      story.at += 5_000;
      story.tell({ type: "timerFired" });
      if (story.partition.find(runId(1))?.current !== undefined) returned(story, 1, "notReceived");
    }
    const waiting = story.partition.find(runId(1));
    assert.deepEqual([waiting?.status, waiting?.deliveries], ["queued", 1]);
    story.succeed(2);
    assert.equal(story.attempt(1).runnerId, runnerId("good"));
  });

  test("keeps no run that it does not start", () => {
    const story = new Story();
    story.connect("keeps");
    story.trigger(1);
    story.connect("works");
    const wait = (untilMs: number) => {
      const told: string[] = [];
      for (; story.at < untilMs; story.at += 1_000) {
        for (const name of ["keeps", "works"]) story.tell({ type: "runnerHeard", runnerId: runnerId(name) });
        told.push(...story.tell({ type: "timerFired" }));
      }
      return told;
    };
    assert.deepEqual(wait(startLimitMs), []);
    assert.deepEqual(wait(startLimitMs + 6_000), [
      "run_0001 dequeued",
      "stopAttempt run_0001",
      "assign run_0001 to runner_works",
    ]);
    story.start(1);
    assert.deepEqual(wait(3 * startLimitMs), []);
    story.succeed(1);
    assert.equal(story.partition.find(runId(1)), undefined);
  });

  test("cannot take another one's runs by a larger number of its session", () => {
    const story = new Story();
    const hello = (session: number, key: string) =>
      story.tell({
        type: "runnerConnected",
        runner: {
          runnerId: runnerId("victim"),
          session,
          capacity: { concurrency: 1, cpu: 8, memoryGb: 16, overcommit: false },
          versions: [versionName],
          held: [],
          draining: false,
          key,
        },
      });
    hello(1, "mine");
    story.trigger(1);
    story.start(1);
    hello(2 ** 32 - 1, "another");
    assert.equal(story.partition.sessionOf(runnerId("victim")), 1);
    assert.equal(story.partition.find(runId(1))?.status, "executing");
    hello(2, "mine");
    assert.equal(story.partition.sessionOf(runnerId("victim")), 2);
  });
});

test("many changes of versions at once take effect together, with a timer", () => {
  const story = new Story();
  story.connect("a");
  const hear = (versions: readonly string[]) => story.tell({ type: "runnerHeard", runnerId: runnerId("a"), versions });
  for (let count = 0; count < versionRefreshes.burst; count += 1) hear([]);
  assert.deepEqual(story.trigger(1), ["run_0001 queued", "reply queued"]);
  assert.deepEqual(hear([versionName]), []);
  story.at += 250;
  assert.deepEqual(story.tell({ type: "timerFired" }), ["run_0001 dequeued", "assign run_0001 to runner_a"]);
});
