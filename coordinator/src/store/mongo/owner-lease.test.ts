import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Clock } from "@baton/proto/clock";
import type { StoreLockedError } from "../../errors.ts";
import { OwnerLease } from "./owner-lease.ts";
import type { Collections, OwnerDocument } from "./schema.ts";

const leaseMs = 10_000;
const holder = { id: "us", name: "process 1 on here" };

/** A clock that a test moves. */
class ManualTime implements Clock {
  #now = 0;
  #suspendedMs = 0;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  wallNow = () => this.#now + this.#suspendedMs;
  monotonicNow = () => this.#now;
  soon = (callback: () => void) => void setImmediate(callback);
  random = () => 0.5;

  setTimer = (delayMs: number, callback: () => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Moves the time on. Each timer fires at its time, and its consequences happen before the next timer. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.callback();
      await settled();
    }
    this.#now = end;
    await settled();
  }

  /** Moves the time on without firing timers, like a pause of the process. */
  pause(ms: number): void {
    this.#now += ms;
  }

  /** Moves only the wall clock on, like a machine that sleeps. */
  suspend(ms: number): void {
    this.#suspendedMs += ms;
  }

  #earliest(end: number) {
    return [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The owner document, on a server that a test can keep from answering. */
class OwnerMeta {
  document: OwnerDocument = { _id: "owner", epoch: 1, beat: 0, holder };
  reads = 0;
  isReading = true;
  isWriting = true;
  gate: Promise<void> = Promise.resolve();

  async findOne(): Promise<OwnerDocument> {
    this.reads += 1;
    const found = this.document;
    await this.gate;
    return this.isReading ? found : new Promise(() => {});
  }

  async updateOne({ epoch }: { epoch: number }): Promise<{ matchedCount: number }> {
    const matchedCount = epoch === this.document.epoch ? 1 : 0;
    if (matchedCount === 1) this.document = { ...this.document, beat: this.document.beat + 1 };
    return this.isWriting ? { matchedCount } : new Promise(() => {});
  }
}

describe("an ownership", () => {
  let time: ManualTime;
  let meta: OwnerMeta;
  let lease: OwnerLease;
  let lost: StoreLockedError[];

  beforeEach(() => {
    time = new ManualTime();
    meta = new OwnerMeta();
    lost = [];
    lease = new OwnerLease({
      collection: meta as unknown as Collections["meta"],
      clock: time,
      place: '"mongodb://a"',
      leaseMs,
      epoch: 1,
      takenAt: 0,
      holder,
      onLost: (error) => lost.push(error),
    });
  });

  afterEach(() => lease.stop());

  test("that is renewed in time is not looked at", async () => {
    await time.pass(60_000);
    await lease.assertHeld();
    assert.equal(meta.reads, 0);
    assert.ok(meta.document.beat >= 25, `${meta.document.beat} renewals`);
  });

  test("whose renewals are not answered is renewed again before it ends, and looked at before each sending", async () => {
    meta.isWriting = false;
    await time.pass(30_000);
    assert.ok(meta.document.beat >= 6, `${meta.document.beat} renewals`);
    const { reads } = meta;
    await lease.assertHeld();
    await lease.assertHeld();
    assert.equal(meta.reads, reads + 2);
    meta.isWriting = true;
    await time.pass(3_000);
    const { reads: readsByThen } = meta;
    await lease.assertHeld();
    assert.equal(meta.reads, readsByThen, "held again");
  });

  test("is looked at after a pause, and lost when another one has it", async () => {
    time.pause(5_000);
    await lease.assertHeld();
    assert.equal(meta.reads, 1);
    meta.document = { _id: "owner", epoch: 2, beat: 0, holder: { id: "them", name: "process 2 on there" } };
    await assert.rejects(lease.assertHeld(), { code: "STORE_LOCKED", message: /process 2 on there/ });
    await assert.rejects(lease.assertHeld(), { code: "STORE_LOCKED" });
    assert.equal(meta.reads, 2);
    assert.equal(lost.length, 1);
  });

  test("is looked at after the machine slept", async () => {
    time.suspend(60_000);
    await lease.assertHeld();
    assert.equal(meta.reads, 1);
    await time.pass(1_000);
    await lease.assertHeld();
    const { reads } = meta;
    await lease.assertHeld();
    assert.equal(meta.reads, reads, "held again");
  });

  test("is not known from an answer that was read after another pause", async () => {
    time.pause(5_000);
    let answer = () => {};
    meta.gate = new Promise((resolve) => {
      answer = resolve;
    });
    const asked = lease.assertHeld();
    time.pause(30_000);
    answer();
    await assert.rejects(asked, { code: "STORE_UNAVAILABLE" });
  });

  test("is not waited for longer than a quarter of the lease when nobody answers", async () => {
    meta.isReading = false;
    time.pause(5_000);
    const asked = lease.assertHeld();
    const refused = assert.rejects(asked, { code: "STORE_UNAVAILABLE", message: /within 2.5 s who owns it/ });
    await time.pass(leaseMs / 4);
    await refused;
  });
});
