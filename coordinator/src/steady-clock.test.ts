import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "@baton/proto/clock";
import pino from "pino";
import { SteadyClock, wallClockLimits } from "./steady-clock.ts";

const { backwardHoldMs, followedMs, forwardHoldMs, settledMs } = wallClockLimits;
const secondMs = 1_000;
const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 1);

/** A machine whose clocks a test moves, and the steady clock over them. */
class Machine {
  monotonic = 5_000;
  wall = start;
  uptime = 60_000;
  readonly messages: string[] = [];
  readonly clock: SteadyClock;

  constructor() {
    const source: Clock = {
      wallNow: () => this.wall,
      monotonicNow: () => this.monotonic,
      setTimer: () => () => undefined,
      soon: () => undefined,
      random: () => 0,
    };
    const log = pino({}, { write: (line: string) => this.messages.push((JSON.parse(line) as { msg: string }).msg) });
    this.clock = new SteadyClock(source, log, () => this.uptime);
  }

  /** Moves the time on, and reads the clock every second; a coordinator reads it more often. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= secondMs) {
      const step = Math.min(left, secondMs);
      this.monotonic += step;
      this.wall += step;
      this.uptime += step;
      this.clock.wallNow();
    }
  }

  get error(): number {
    return this.clock.wallNow() - this.wall;
  }
}

describe("wall time", () => {
  test("follows the small corrections of a time service at once, in both directions", () => {
    const machine = new Machine();
    for (const correction of [300, -900, followedMs]) {
      machine.pass(10_000);
      machine.wall += correction;
      assert.equal(machine.error, 0);
    }
    assert.deepEqual(machine.messages, []);
  });

  test("goes on when the wall clock jumps back, and follows after the hold", () => {
    const machine = new Machine();
    machine.wall -= 2 * dayMs;
    assert.equal(machine.error, 2 * dayMs);
    machine.pass(backwardHoldMs - secondMs);
    assert.equal(machine.error, 2 * dayMs);
    machine.pass(2 * secondMs);
    assert.equal(machine.error, 0);
    assert.deepEqual(machine.messages, [
      "wall clock jumped, going on as if it had not",
      "wall clock did not come back from its jump, following it",
    ]);
  });

  test("does not see a jump ahead of a minute, and says that it ended", () => {
    const machine = new Machine();
    machine.wall += 40 * dayMs;
    machine.pass(60 * secondMs);
    assert.equal(machine.error, -40 * dayMs);
    machine.wall -= 40 * dayMs;
    assert.equal(machine.error, 0);
    assert.deepEqual(machine.messages, [
      "wall clock jumped, going on as if it had not",
      "wall clock came back from its jump",
    ]);
  });

  test("follows a jump ahead that lasts", () => {
    const machine = new Machine();
    machine.wall += 40 * dayMs;
    machine.pass(forwardHoldMs + secondMs);
    assert.equal(machine.error, 0);
  });

  test("a jump within a jump begins the hold anew", () => {
    const machine = new Machine();
    machine.wall += dayMs;
    machine.pass(forwardHoldMs - secondMs);
    machine.wall += dayMs;
    machine.pass(forwardHoldMs - secondMs);
    assert.equal(machine.error, -2 * dayMs);
    machine.pass(2 * secondMs);
    assert.equal(machine.error, 0);
  });

  test("a machine that slept has its wall time at once, though the monotonic clock stood still", () => {
    const machine = new Machine();
    machine.pass(5_000);
    machine.wall += dayMs;
    machine.uptime += dayMs;
    assert.equal(machine.error, 0);
    assert.deepEqual(machine.messages, ["machine slept"]);
  });

  test("a jump that came with a sleep is held, and the sleep is not", () => {
    const machine = new Machine();
    machine.wall += 3 * dayMs;
    machine.uptime += dayMs;
    assert.equal(machine.error, -2 * dayMs);
    assert.deepEqual(machine.messages, ["machine slept", "wall clock jumped, going on as if it had not"]);
  });

  test("where nobody knows how long the machine slept, a sleep is a jump like others", () => {
    const machine = new Machine();
    machine.uptime = Number.NaN;
    machine.wall += dayMs;
    assert.equal(machine.error, -dayMs);
    machine.pass(forwardHoldMs + secondMs);
    assert.equal(machine.error, 0);
  });

  test("whatever the wall clock does, a short delay takes its time, and in the end the wall clock is followed", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      let state = seed;
      const random = () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state / 2 ** 31;
      };
      const machine = new Machine();
      for (let jumps = 0; jumps < 5; jumps += 1) {
        const dueAt = machine.clock.wallNow() + 30 * secondMs;
        machine.wall += (random() - 0.5) * 80 * dayMs;
        machine.pass(28 * secondMs);
        assert.ok(machine.clock.wallNow() < dueAt, `seed ${seed}: early`);
        machine.pass(4 * secondMs);
        assert.ok(machine.clock.wallNow() >= dueAt, `seed ${seed}: late`);
      }
      machine.pass(backwardHoldMs + secondMs);
      assert.equal(machine.error, 0, `seed ${seed}`);
    }
  });
});

test("the clock is settled a while after the start, and after each jump has ended", () => {
  const machine = new Machine();
  assert.equal(machine.clock.isSettled(), false);
  machine.pass(settledMs);
  assert.equal(machine.clock.isSettled(), true);
  machine.wall += 40 * dayMs;
  assert.equal(machine.clock.isSettled(), false);
  machine.pass(60_000);
  machine.wall -= 40 * dayMs;
  machine.pass(settledMs - secondMs);
  assert.equal(machine.clock.isSettled(), false);
  machine.pass(2 * secondMs);
  assert.equal(machine.clock.isSettled(), true);
});
