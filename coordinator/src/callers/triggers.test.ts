import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunId } from "@baton/proto/contract/ids";
import { commandOf as makeCommand, startCoordinator } from "../coordinator.test.support.ts";
import type { Coordinator } from "../coordinator.ts";
import { definition } from "../core/life/run.test.support.ts";
import { Partition } from "../core/partition.ts";
import { defaultScheduling } from "../core/scheduling/settings.ts";
import type { PendingBatch } from "../store/memory/memory-disk.ts";
import { MemoryStore } from "../store/memory/memory-store.ts";
import type { KeyClaim } from "../store/store.ts";
import type { TriggerCommand } from "./trigger-command.ts";
import { maxWaitingKeyed, maxWaitingKeyedBytes } from "./triggers.ts";

/** A store that can hold claims back, and counts the calls. */
class SlowKeys extends MemoryStore {
  claimCalls = 0;
  #release: () => void = () => undefined;
  #gate: Promise<void> = Promise.resolve();

  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
  }

  override async claimKeys(claims: Parameters<MemoryStore["claimKeys"]>[0], now: number): Promise<readonly KeyClaim[]> {
    this.claimCalls += 1;
    await this.#gate;
    return super.claimKeys(claims, now);
  }
}

async function waitUntil(isReached: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !isReached(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(isReached());
}

function commandOf(name: string, payload: string, idempotencyKey?: string, payloadTypes?: string): TriggerCommand {
  return makeCommand(`run_${name}`, payload, {
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(payloadTypes !== undefined && { payloadTypes }),
  });
}

test("a repeated trigger with other types of its payload is not the same", async () => {
  const coordinator = await startCoordinator();
  const [made] = await coordinator.runs.trigger([commandOf("typed000", '"5"', undefined, '"bigint"')]);
  const [same] = await coordinator.runs.trigger([commandOf("typed000", '"5"', undefined, '"bigint"')]);
  const [other] = await coordinator.runs.trigger([commandOf("typed000", '"5"')]);
  assert.ok(made?.ok && same?.ok && other?.ok === false);
  assert.equal(other.error.code, "RUN_ID_TAKEN");
  const view = await coordinator.runs.find("run_typed000" as RunId);
  assert.deepEqual([view?.payload, view?.payloadTypes], ['"5"', '"bigint"']);
  await coordinator.stop();
});

test("a trigger that is refused for its run id leaves its key to the next one", async () => {
  const coordinator = await startCoordinator();
  await coordinator.runs.trigger([commandOf("taken000", "1")]);
  const [refused] = await coordinator.runs.trigger([commandOf("taken000", "2", "key")]);
  assert.ok(refused?.ok === false && refused.error.code === "RUN_ID_TAKEN");
  const [made] = await coordinator.runs.trigger([commandOf("second00", "2", "key")]);
  const [cached] = await coordinator.runs.trigger([commandOf("third000", "2", "key")]);
  assert.deepEqual([made?.ok && made.runId, made?.ok && made.isCached], ["run_second00", false]);
  assert.deepEqual([cached?.ok && cached.runId, cached?.ok && cached.isCached], ["run_second00", true]);
  await coordinator.stop();
});

describe("a batch", () => {
  test("with one id that another run has makes nothing", async () => {
    const coordinator = await startCoordinator();
    await coordinator.runs.trigger([commandOf("taken000", "1")]);
    const batch = [commandOf("first000", "1"), commandOf("taken000", "2"), commandOf("third000", "3")];
    await assert.rejects(coordinator.runs.triggerBatch(batch), { code: "RUN_ID_TAKEN" });
    assert.equal(await coordinator.runs.find("run_first000" as RunId), undefined);
    assert.equal(await coordinator.runs.find("run_third000" as RunId), undefined);
    await coordinator.stop();
  });

  test("that was made in part is completed by the same call", async () => {
    const coordinator = await startCoordinator();
    const batch = [commandOf("first000", "1"), commandOf("second00", "2")];
    await coordinator.runs.trigger(batch.slice(0, 1));
    const outcomes = await coordinator.runs.triggerBatch(batch);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok && outcome.runId),
      ["run_first000", "run_second00"],
    );
    await coordinator.stop();
  });

  test("that is repeated before the first call was answered is one batch", async () => {
    const coordinator = await startCoordinator();
    const batch = [commandOf("first000", "1"), commandOf("second00", "2")];
    const [one, two] = await Promise.all([coordinator.runs.triggerBatch(batch), coordinator.runs.triggerBatch(batch)]);
    assert.deepEqual(one, two);
    await coordinator.stop();
  });
});

describe("a full queue", () => {
  const scheduling = { ...defaultScheduling, maxQueueLength: 3 };
  // One run of the queue is in memory, so that the store must be read for the others.
  const makePartition = (options: ConstructorParameters<typeof Partition>[0]) =>
    new Partition({ ...options, backlogBudget: 1 });
  const hash = "a".repeat(64);

  async function codesOf(coordinator: Coordinator, ...names: readonly string[]): Promise<readonly string[]> {
    const outcomes = await coordinator.runs.trigger(names.map((name) => commandOf(name, "1")));
    return outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.code));
  }

  test("refuses triggers, but not the repetition of one that it took", async () => {
    const store = new MemoryStore();
    const coordinator = await startCoordinator({ store, makePartition }, { scheduling });
    await coordinator.runners.registerVersion(hash, [definition({ id: "echo" })]);
    for (let time = 0; time < 4; time += 1) {
      assert.deepEqual(await codesOf(coordinator, "first000", "second00"), ["ok", "ok"]);
    }
    assert.deepEqual(await codesOf(coordinator, "third000", "fourth00"), ["ok", "QUEUE_FULL"]);
    assert.deepEqual(await codesOf(coordinator, "first000", "third000", "fourth00"), ["ok", "ok", "QUEUE_FULL"]);
    await coordinator.runs.cancel("run_second00" as RunId, "makes room");
    assert.deepEqual(await codesOf(coordinator, "fourth00"), ["ok"]);
    await coordinator.stop();
    const next = await startCoordinator(
      { store: new MemoryStore({ disk: store.disk }), makePartition },
      { scheduling },
    );
    assert.deepEqual(await codesOf(next, "fifth000", "first000"), ["QUEUE_FULL", "ok"]);
    await next.stop();
  });

  test("refuses a batch that has no room as a whole", async () => {
    const coordinator = await startCoordinator({ makePartition }, { scheduling });
    await coordinator.runners.registerVersion(hash, [definition({ id: "echo" })]);
    const batch = ["first000", "second00", "third000", "fourth00"].map((name) => commandOf(name, "1"));
    await assert.rejects(coordinator.runs.triggerBatch(batch), { code: "QUEUE_FULL" });
    assert.equal(await coordinator.runs.find("run_first000" as RunId), undefined);
    assert.ok((await coordinator.runs.triggerBatch(batch.slice(1))).every((outcome) => outcome.ok));
    assert.ok((await coordinator.runs.triggerBatch(batch.slice(1))).every((outcome) => outcome.ok));
    await coordinator.stop();
  });
});

describe("triggers with a key", () => {
  test("that come while the store is asked are resolved together, in order", async () => {
    const store = new SlowKeys();
    const coordinator = await startCoordinator({ store });
    store.hold();
    const calls = ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"].map((name) =>
      coordinator.runs.trigger([commandOf(name, "1", "key")]),
    );
    store.release();
    const outcomes = (await Promise.all(calls)).flat();
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok && [outcome.runId, outcome.isCached]),
      [
        ["run_aaaaaaaa", false],
        ["run_aaaaaaaa", true],
        ["run_aaaaaaaa", true],
        ["run_aaaaaaaa", true],
      ],
    );
    assert.equal(store.claimCalls, 2);
    await coordinator.stop();
  });

  test("hear of the run that their key names only when it is durable", async () => {
    const held: PendingBatch[] = [];
    const store = new MemoryStore({ onBatch: (batch) => void held.push(batch) });
    const coordinator = await startCoordinator({ store });
    const first = coordinator.runs.trigger([commandOf("aaaaaaaa", "1", "key")]);
    await waitUntil(() => held.length === 1);
    let isTold = false;
    const second = coordinator.runs.trigger([commandOf("bbbbbbbb", "1", "key")]).finally(() => {
      isTold = true;
    });
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!isTold, "it was told of a run that a crash would lose");
    held[0]?.answer();
    const [[made], [hit]] = await Promise.all([first, second]);
    assert.ok(made?.ok && hit?.ok);
    assert.deepEqual([hit.runId, hit.isCached, made.isCached], [made.runId, true, false]);
    await coordinator.stop();
  });

  test("are refused with a retry hint when too many wait for the store", async () => {
    const store = new SlowKeys();
    const coordinator = await startCoordinator({ store });
    store.hold();
    const waiting = Array.from({ length: maxWaitingKeyed / 1_000 }, (_, call) =>
      coordinator.runs.trigger(
        Array.from({ length: 1_000 }, (_, index) => commandOf(`w${call}x${index}`.padEnd(8, "0"), "1", `${index}`)),
      ),
    );
    await assert.rejects(coordinator.runs.trigger([commandOf("toomany0", "1", "one more")]), { code: "OVERLOADED" });
    store.release();
    await Promise.all(waiting);
    const [taken] = await coordinator.runs.trigger([commandOf("toomany0", "1", "one more")]);
    assert.ok(taken?.ok);
    await coordinator.stop();
  });

  test("are refused with a retry hint when too many bytes wait for the store", async () => {
    const store = new SlowKeys();
    const coordinator = await startCoordinator({ store });
    store.hold();
    const payload = "x".repeat(maxWaitingKeyedBytes / 4);
    const waiting = [0, 1, 2, 3].map((n) => coordinator.runs.trigger([commandOf(`large00${n}`, payload, `${n}`)]));
    await assert.rejects(coordinator.runs.trigger([commandOf("toomany0", "1", "one more")]), { code: "OVERLOADED" });
    store.release();
    assert.ok((await Promise.all(waiting)).flat().every((outcome) => outcome.ok));
    const [taken] = await coordinator.runs.trigger([commandOf("toomany0", "1", "one more")]);
    assert.ok(taken?.ok);
    await coordinator.stop();
  });
});
