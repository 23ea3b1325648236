import type { Clock } from "@baton/proto/clock";
import type { HeldAttempt } from "../attempts/held-attempt.ts";
import { addOccupancy, noOccupancy, type Occupancy, occupancyOf } from "../capacity.ts";
import type { LogOwner } from "../coordinator/log-shipper.ts";
import type { FromHost, ToHost } from "../host/host-protocol.ts";
import type { HostEnd, InFlight } from "./blame.ts";
import { type HostOptions, HostProcess } from "./host-process.ts";

/** Receives the messages and the end of a slot's host. */
export interface SlotListener {
  onMessage(slot: HostSlot, message: FromHost, body: string): void;
  onLost(slot: HostSlot, end: HostEnd): void;
}

/** An attempt that ended in a host. */
interface EndedAttempt {
  readonly owner: LogOwner;
  /** Length of the attempt's late lines as JSON text. */
  lateBytes: number;
}

/** Limits the ended attempts whose late lines are stored with their runs. The newest count. */
const endedAtMost = 1_000;
/** Limits the late lines of one attempt, as JSON text. */
const lateBytesAtMost = 1024 * 1024;
/** Limits how long the other attempts of a sick host may go on, in milliseconds. */
const sickGraceMs = 30_000;

/**
 * One host process and the attempts in it. A retired host gets no new attempts and is killed when only threads that
 * must end are left in it. A sick host, which has a thread that does not end, is killed after a grace in any case.
 */
export class HostSlot {
  /** Whether the host executes attempts one after another, alone. */
  readonly isSolo: boolean;
  /** When the process was started, by the monotonic clock. */
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #attempts = new Set<HeldAttempt>();
  /** The last ended attempts, oldest first. */
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

  /** All attempts in the host. */
  get attempts(): readonly HeldAttempt[] {
    return [...this.#attempts];
  }

  /** Resources that attempts with a thread occupy. */
  get occupancy(): Occupancy {
    let occupancy = noOccupancy;
    for (const { assignment, thread } of this.#attempts) {
      if (thread !== undefined) occupancy = addOccupancy(occupancy, occupancyOf(assignment.machine));
    }
    return occupancy;
  }

  /** Attempts that no thread has begun, as far as the host has said. */
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

  /** Sends an attempt to the host. */
  execute(attempt: HeldAttempt): void {
    const { attemptId, body, machine, taskId, version } = attempt.assignment;
    this.#attempts.add(attempt);
    this.send({ type: "execute", attemptId, taskId, version, machine }, body);
  }

  /** Tells the host to terminate the thread of an attempt. */
  terminate(attempt: HeldAttempt): void {
    this.send({ type: "terminate", attemptId: attempt.assignment.attemptId });
    attempt.endThread();
    this.killIfDone();
  }

  /** Removes an attempt that never began in this host. */
  release(attempt: HeldAttempt): void {
    this.#attempts.delete(attempt);
  }

  /** Removes an attempt that ended. */
  end(attempt: HeldAttempt): void {
    if (!this.#attempts.delete(attempt)) return;
    // Does not keep the assignment, whose payload may be large.
    const { attemptId, attemptNumber, runId } = attempt.assignment;
    this.#ended.set(attemptId, { owner: { runId, attemptId, attemptNumber }, lateBytes: 0 });
    if (this.#ended.size <= endedAtMost) return;
    const [oldest] = this.#ended.keys();
    if (oldest !== undefined) this.#ended.delete(oldest);
  }

  /**
   * Finds the attempt that late lines belong to; `owner` is undefined when it ended long ago. Returns undefined when
   * the attempt has too many late lines.
   *
   * @param bytes - length of the new lines
   */
  findLateOwner(attemptId: string, bytes: number): { readonly owner: LogOwner | undefined } | undefined {
    const ended = this.#ended.get(attemptId);
    if (ended === undefined) return { owner: undefined };
    ended.lateBytes += bytes;
    return ended.lateBytes <= lateBytesAtMost ? { owner: ended.owner } : undefined;
  }

  /** Retires the host, which gets no further attempts. `isSick`: whether one of its threads does not end. */
  retire(isSick: boolean): void {
    this.#isRetired = true;
    if (isSick)
      this.#cancelSickTimer ??= this.#clock.setTimer(sickGraceMs, () => this.kill("it was sick for too long"));
    this.killIfDone();
  }

  /** Kills the host if it is retired and was told to terminate the threads of all its attempts. */
  killIfDone(): void {
    if (!this.#isRetired) return;
    for (const { isEnding } of this.#attempts) if (!isEnding) return;
    this.kill("it is retired");
  }

  kill(reason: string): void {
    this.#process.kill(reason);
  }
}
