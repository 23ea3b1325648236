import { addOccupancy, noOccupancy, type Occupancy, occupancyOf } from "../capacity.ts";
import type { LogOwner } from "../coordinator/log-shipper.ts";
import type { RunnerAssignment } from "../coordinator/wire.ts";
import type { FromHost, ToHost } from "../host/host-protocol.ts";
import type { HostEnd, InFlight } from "./blame.ts";
import { type HostOptions, HostProcess } from "./host-process.ts";

/** What the fleet hears of one of its hosts. */
export interface SlotListener {
  onMessage(slot: HostSlot, message: FromHost, body: string): void;
  onLost(slot: HostSlot, end: HostEnd): void;
}

/** An attempt that a host has. */
export interface PlacedAttempt {
  readonly assignment: RunnerAssignment;
  /** Milliseconds since the epoch; undefined while no thread took it. */
  startedAt: number | undefined;
  threadId: number;
  /** Its thread was told to end. */
  isStopping: boolean;
}

/** An attempt that ended in a host. */
export interface EndedAttempt {
  readonly owner: LogOwner;
  /** JSON text of lines that came after its end. */
  lateBytes: number;
}

/** Attempts that ended last, of which late lines are stored with their runs. */
const endedAtMost = 1_000;
/** What a sick host's other attempts get, in milliseconds. */
const sickGraceMs = 30_000;

/**
 * One host process and the attempts in it. A retired one gets no new attempt and is killed when nothing is left in it but
 * threads that do not go; a sick one, which has such a thread, after a grace all the same.
 */
export class HostSlot {
  /** For attempts that are executed one after another, alone. */
  readonly isSolo: boolean;
  readonly attempts = new Map<string, PlacedAttempt>();
  /** Attempts that ended last, oldest first. */
  readonly ended = new Map<string, EndedAttempt>();
  readonly startedAt = performance.now();
  readonly #process: HostProcess;
  #isRetired = false;
  #sickTimer: NodeJS.Timeout | undefined;

  constructor(options: HostOptions, isSolo: boolean, listener: SlotListener) {
    this.isSolo = isSolo;
    this.#process = new HostProcess(options, {
      onMessage: (message, body) => listener.onMessage(this, message, body),
      onLost: (end) => {
        clearTimeout(this.#sickTimer);
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

  /** What its threads occupy. */
  get occupancy(): Occupancy {
    let occupancy = noOccupancy;
    for (const { assignment, startedAt } of this.attempts.values()) {
      if (startedAt !== undefined) occupancy = addOccupancy(occupancy, occupancyOf(assignment.machine));
    }
    return occupancy;
  }

  /** Attempts that no thread took. */
  get waiting(): readonly string[] {
    return [...this.attempts].filter(([, { startedAt }]) => startedAt === undefined).map(([attemptId]) => attemptId);
  }

  /** Attempts that a thread executes. */
  get inFlight(): readonly InFlight[] {
    return [...this.attempts].flatMap(([attemptId, { assignment, startedAt, threadId }]) =>
      startedAt === undefined ? [] : [{ attemptId, machine: assignment.machine, startedAt, threadId }],
    );
  }

  send(message: ToHost, body = ""): void {
    this.#process.send(message, body);
  }

  /** Gives it an attempt. */
  execute(assignment: RunnerAssignment): void {
    const { attemptId, body, machine, version } = assignment;
    this.attempts.set(attemptId, { assignment, startedAt: undefined, threadId: 0, isStopping: false });
    this.send({ type: "execute", attemptId, version, machine }, body);
  }

  /** The attempt ended. */
  end(attemptId: string): void {
    const placed = this.attempts.get(attemptId);
    if (placed === undefined) return;
    this.attempts.delete(attemptId);
    // Without its payload, which may be large.
    const { attemptNumber, runId } = placed.assignment;
    this.ended.set(attemptId, { owner: { runId, attemptId, attemptNumber }, lateBytes: 0 });
    if (this.ended.size <= endedAtMost) return;
    const [oldest] = this.ended.keys();
    if (oldest !== undefined) this.ended.delete(oldest);
  }

  /** It gets no new attempt. `isSick`: one of its threads does not go. */
  retire(isSick: boolean): void {
    this.#isRetired = true;
    if (isSick) this.#sickTimer ??= setTimeout(() => this.kill("it was sick for too long"), sickGraceMs);
    this.killIfDone();
  }

  /** Kills it if it is retired and all of its attempts were told to end. */
  killIfDone(): void {
    if (!this.#isRetired) return;
    for (const { isStopping } of this.attempts.values()) if (!isStopping) return;
    this.kill("it is retired");
  }

  kill(reason: string): void {
    this.#process.kill(reason);
  }
}
