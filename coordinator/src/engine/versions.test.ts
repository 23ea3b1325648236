import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "@baton/proto/clock";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { pino } from "pino";
import { createRun } from "../core/life/new-run.ts";
import { definition, newRun, runnerId } from "../core/life/run.test.support.ts";
import { memoryOf } from "../core/scheduling/task-table.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import { startEngine } from "./engine.test.support.ts";
import { leastVersionAgeMs, unusedVersionMs, Versions } from "./versions.ts";

/** A store that records the calls about versions, and can hold each of them back. */
class VersionStore extends MemoryStore {
  readonly events: string[] = [];
  /** What a call waits for, by method. */
  readonly gates: { -readonly [Method in "findNamedVersions" | "deleteVersions" | "registerVersion"]?: Promise<void> } =
    {};

  override async findNamedVersions(versions: readonly string[]): Promise<readonly string[]> {
    this.events.push("look");
    await this.gates.findNamedVersions;
    return super.findNamedVersions(versions);
  }

  override async deleteVersions(versions: readonly string[]): Promise<void> {
    this.events.push(`delete ${versions.join()}`);
    await this.gates.deleteVersions;
    return super.deleteVersions(versions);
  }

  override async registerVersion(...[version, day]: Parameters<MemoryStore["registerVersion"]>) {
    this.events.push(`register ${version.hash}`);
    await this.gates.registerVersion;
    return super.registerVersion(version, day);
  }
}

/** Versions of a started engine. The store has some versions already, and one run for each version in `named`. */
async function startVersions(
  stored: readonly { readonly version: string; readonly tasks: readonly TaskDefinition[] }[],
  named: readonly string[],
  maxBytes?: number,
) {
  const store = new VersionStore();
  for (const [index, { tasks, version }] of stored.entries()) {
    store.disk.versions.push({ version, hash: `hash of ${version}`, registeredAt: index, tasks });
  }
  for (const [index, version] of named.entries()) {
    const run = createRun(newRun(index), undefined, definition(), 0);
    store.disk.write({ run: { ...run, revision: 1, status: "completed", version }, replaces: 0 }, 0, 1);
  }
  const events = store.events;
  const log = pino(
    { level: "info" },
    {
      write: (line) => {
        const { msg, versions } = JSON.parse(line);
        if (msg === "versions that no run names are deleted") events.push(`forget ${versions.join()}`);
      },
    },
  );
  let passedMs = 0;
  const clock = {
    ...systemClock,
    monotonicNow: () => passedMs,
    wallNow: () => 2 * leastVersionAgeMs + passedMs,
  };
  const { engine } = await startEngine({ store, clock, log });
  const versions = new Versions({ engine, store, clock, log }, maxBytes);
  const connect = (session: number, ...has: readonly string[]) =>
    engine.step({
      type: "runnerConnected",
      runner: {
        runnerId: runnerId("a"),
        session,
        capacity: { concurrency: 1, cpu: 1, memoryGb: 1, overcommit: false },
        versions: has,
        held: [],
        draining: false,
      },
    });
  const disconnect = (session: number) => engine.step({ type: "runnerDisconnected", runnerId: runnerId("a"), session });
  const pass = (ms: number) => {
    passedMs += ms;
  };
  return { store, events, versions, engine, connect, disconnect, pass };
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Two old versions of a task and its newest one. */
const threeVersions = ["20260101.1", "20260101.2", "20260101.3"].map((version) => ({ version, tasks: [definition()] }));

test("old versions that no run names are forgotten, then deleted, and a registration waits for that", async () => {
  const { events, store, versions } = await startVersions(threeVersions, ["20260101.1"]);
  const deletion = gate();
  store.gates.deleteVersions = deletion.promise;
  const passed = versions.pass();
  await turn();
  assert.deepEqual(events, ["look", "forget 20260101.2", "delete 20260101.2"]);
  const registered = versions.register("new", []);
  await turn();
  assert.equal(events.length, 3);
  deletion.open();
  await Promise.all([passed, registered]);
  assert.equal(events.at(-1), "register new");
  await versions.pass();
  assert.equal(events.length, 4, "one pass a day");
});

test("one that a runner brought while runs were looked through stays, even when the runner went again", async () => {
  const { connect, disconnect, events, pass, store, versions } = await startVersions(threeVersions.slice(1), []);
  const look = gate();
  store.gates.findNamedVersions = look.promise;
  const passed = versions.pass();
  pass(1_000);
  connect(1, "20260101.2");
  disconnect(1);
  // The newest version of the last runner stays anyway.
  connect(2, "20260101.3");
  look.open();
  await passed;
  assert.deepEqual(events, ["look"]);
});

test("nothing is deleted while a version is being registered", async () => {
  const { events, store, versions } = await startVersions(threeVersions, []);
  const registration = gate();
  store.gates.registerVersion = registration.promise;
  const registered = versions.register("new", []);
  await versions.pass();
  registration.open();
  await registered;
  assert.deepEqual(events.toSorted(), ["look", "register new"]);
});

describe("when the versions take all the memory that they may", () => {
  const task = (id: string) => definition({ id, jsonSchema: "x".repeat(10_000) });
  const size = memoryOf([task("a")]);

  /** Three registered versions that take all the memory. Only those in `connected` have a runner. */
  async function full(named: readonly string[], connected: readonly string[] = []) {
    const stored = ["a", "b", "c"].map((id, index) => ({ version: `20260101.${index + 1}`, tasks: [task(id)] }));
    const started = await startVersions(stored, named, size * 3 + 1);
    if (connected.length > 0) started.connect(1, ...connected);
    started.pass(unusedVersionMs + 1);
    const register = (id: string) => started.versions.register(id, [task(id)]);
    return { ...started, register };
  }

  test("the oldest that no runner has and no run names makes room for a new one", async () => {
    const { events, register } = await full(["20260101.1"]);
    await register("d");
    assert.deepEqual(events, ["look", "forget 20260101.2", "delete 20260101.2", "register d"]);
  });

  test("a new one is refused when all are used, without a look at every run each time", async () => {
    const { events, pass, register } = await full(["20260101.1"], ["20260101.2", "20260101.3"]);
    await assert.rejects(register("d"), { code: "VERSIONS_FULL", retryAfterMs: 60_000 });
    await assert.rejects(register("e"), { code: "VERSIONS_FULL" });
    assert.deepEqual(events, ["look"]);
    pass(60_000);
    await assert.rejects(register("d"), { code: "VERSIONS_FULL" });
    assert.deepEqual(events, ["look", "look"]);
  });

  test("one that is registered already needs no room", async () => {
    const { events, versions } = await full(["20260101.1"], ["20260101.2", "20260101.3"]);
    assert.equal(await versions.register("hash of 20260101.2", [task("b")]), "20260101.2");
    assert.deepEqual(events, ["register hash of 20260101.2"]);
  });

  test("two that come at once make room for both", async () => {
    const { events, register } = await full([]);
    await Promise.all([register("d"), register("e")]);
    const forgotten = events
      .filter((event) => event.startsWith("forget"))
      .join()
      .match(/20260101/g);
    assert.equal(forgotten?.length, 2, events.join());
  });
});
