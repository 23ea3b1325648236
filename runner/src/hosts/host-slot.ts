import type { Clock } from "@baton/proto/clock";
import type { HeldAttempt } from "../attempts/held-attempt.ts";
import { addOccupancy, noOccupancy, type Occupancy, occupancyOf } from "../capacity.ts";
import type { LogOwner } from "../coordinator/log-shipper.ts";
import type { FromHost, ToHost } from "../host/host-protocol.ts";
import type { HostEnd, InFlight } from "./blame.ts";
import { type HostOptions, HostProcess } from "./host-process.ts";

/** What the fleet hears of one of its hosts. */
export interface SlotListener {
  onMessage(slot: HostSlot, message: FromHost, body: string): void;
  onLost(slot: HostSlot, end: HostEnd): void;
}

/** An attempt that ended in a host. */
interface EndedAttempt {
  readonly owner: LogOwner;
  /** JSON text of lines that came after its end. */
  lateBytes: number;
}

/** Attempts that ended last, whose late lines are stored with their runs. */
const endedAtMost = 1_000;
/** JSON text of lines that may come after the end of an attempt. */
const lateBytesAtMost = 1024 * 1024;
/** How long the other attempts of a sick host may go on, in milliseconds. */
const sickGraceMs = 30_000;

/**
 * One host process and the attempts in it. A retired one gets no new attempt and is killed when nothing is left in it but
 * threads that do not end; a sick one, which has such a thread, after a grace all the same.
 */
export class HostSlot {
  /** For attempts that are executed one after another, alone. */
  readonly isSolo: boolean;
  /** By the monotonic clock. */
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #attempts = new Set<HeldAttempt>();
  /** Attempts that ended last, oldest first. */
  readonly #ended = new Map<string, EndedAttempt>();
  readonly #process: HostProcess;
  #isRetired = false;
  #cancelSickTimer: (() => void) | undefined;

  constructor(options: HostOptions, isSolo: boolean, clock: Clock, listener: SlotListener) {
    this.isSolo = isSolo;
    this.#clock = clock;
    this.startedAt = clock.monotonicNow();
    this.#process = new HostProcess(options, clock, {
      onMessage: (message, body) => listener.onMessage(this, message, body),
      onLost: (end) => {
        this.#cancelSickTimer?.();
        listener.onLost(this, end);
      },
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isRetired(): boolean {
    return this.#isRetired;
  }

  get isEmpty(): boolean {
    return this.#attempts.size === 0;
  }

  /** Everything in it. */
  get attempts(): readonly HeldAttempt[] {
    return [...this.#attempts];
  }

  /** What its threads occupy. */
  get occupancy(): Occupancy {
    let occupancy = noOccupancy;
    for (const { assignment, thread } of this.#attempts) {
      if (thread !== undefined) occupancy = addOccupancy(occupancy, occupancyOf(assignment.machine));
    }
    return occupancy;
  }

  /** Attempts that no thread has. */
  get waiting(): readonly HeldAttempt[] {
    return this.attempts.filter(({ thread }) => thread === undefined);
  }

  /** Attempts that a thread executes. */
  get inFlight(): readonly InFlight[] {
    return this.attempts.flatMap(({ assignment: { attemptId, machine }, thread }) =>
      thread === undefined ? [] : [{ attemptId, machine, ...thread }],
    );
  }

  has(attempt: HeldAttempt): boolean {
    return this.#attempts.has(attempt);
  }

  send(message: ToHost, body = ""): void {
    this.#process.send(message, body);
  }

  /** Gives it an attempt. */
  execute(attempt: HeldAttempt): void {
    const { attemptId, body, machine, version } = attempt.assignment;
    this.#attempts.add(attempt);
    this.send({ type: "execute", attemptId, version, machine }, body);
  }

  /** Tells it to end the thread of one of its attempts. */
  terminate(attempt: HeldAttempt): void {
    this.send({ type: "terminate", attemptId: attempt.assignment.attemptId });
    attempt.endThread();
    this.killIfDone();
  }

  /** No thread of it has the attempt, which never began here. */
  release(attempt: HeldAttempt): void {
    this.#attempts.delete(attempt);
  }

  /** The attempt ended. */
  end(attempt: HeldAttempt): void {
    if (!this.#attempts.delete(attempt)) return;
    // Without its payload, which may be large.
    const { attemptId, attemptNumber, runId } = attempt.assignment;
    this.#ended.set(attemptId, { owner: { runId, attemptId, attemptNumber }, lateBytes: 0 });
    if (this.#ended.size <= endedAtMost) return;
    const [oldest] = this.#ended.keys();
    if (oldest !== undefined) this.#ended.delete(oldest);
  }

  /**
   * Whose lines came after their end; without `owner` when the attempt ended long ago. Undefined: it had too many of them.
   *
   * @param bytes - Length of the lines that came now.
   */
  findLateOwner(attemptId: string, bytes: number): { readonly owner: LogOwner | undefined } | undefined {
    const ended = this.#ended.get(attemptId);
    if (ended === undefined) return { owner: undefined };
    ended.lateBytes += bytes;
    return ended.lateBytes <= lateBytesAtMost ? { owner: ended.owner } : undefined;
  }

  /** Gives it no new attempt from now on. `isSick`: one of its threads does not end. */
  retire(isSick: boolean): void {
    this.#isRetired = true;
    if (isSick)
      this.#cancelSickTimer ??= this.#clock.setTimer(sickGraceMs, () => this.kill("it was sick for too long"));
    this.killIfDone();
  }

  /** Kills it if it is retired and was told to end all threads of its attempts. */
  killIfDone(): void {
    if (!this.#isRetired) return;
    for (const { isEnding } of this.#attempts) if (!isEnding) return;
    this.kill("it is retired");
  }

  kill(reason: string): void {
    this.#process.kill(reason);
  }
}
