import { rmSync } from "node:fs";
import type { Logger } from "pino";
import { addOccupancy, type Capacity, noOccupancy } from "../capacity.ts";
import type { LogOwner } from "../coordinator/log-shipper.ts";
import type { RunnerAssignment } from "../coordinator/wire.ts";
import type { FromHost, ToHost } from "../host/host-protocol.ts";
import type { VersionShelf } from "../versions/version-shelf.ts";
import { keepReportDir, makeReportDir } from "./abort-report.ts";
import type { HostEnd, InFlight } from "./blame.ts";
import { HostSlot } from "./host-slot.ts";
import { ownPart } from "./own-part.ts";

/** What hosts are made with. */
export interface FleetParts {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly capacity: Capacity;
  readonly stallTimeoutMs?: number | undefined;
  readonly versions: VersionShelf;
  readonly log: Logger;
}

/** What the runner hears of its hosts. */
export interface FleetListener {
  onMessage(message: FromHost, body: string): void;
  /** Lines of an attempt that ended before, JSON text of `LogLine[]`; without `owner` so long ago that its run is not known. */
  onLateLogs(attemptId: string, owner: LogOwner | undefined, body: string): void;
  /** A host is gone. `inFlight` had threads there; `attemptIds` are those and the ones that will start elsewhere. */
  onLost(end: HostEnd, lost: LostHost): void;
}

/** What was in a host that is gone. */
export interface LostHost {
  readonly isSolo: boolean;
  readonly attemptIds: readonly string[];
  readonly inFlight: readonly InFlight[];
}

/** JSON text of lines that may come after the end of an attempt. */
const lateBytesAtMost = 1024 * 1024;
/** A host that dies at once is not replaced in a busy loop. */
const hostPauseMs = 250;

/**
 * The host processes of a runner: one that takes all ordinary attempts; for a while retired ones, whose attempts end there;
 * and, while there are such attempts, one in which they are executed one after another, alone. It knows which host has
 * which attempt.
 */
export class HostFleet {
  readonly #parts: FleetParts;
  readonly #listener: FleetListener;
  #reportDir = makeReportDir();
  readonly #slots = new Set<HostSlot>();
  /** Takes ordinary attempts; undefined for a moment after it was lost too soon. */
  #main: HostSlot | undefined;
  #solo: HostSlot | undefined;
  /** Attempts that wait for a host. */
  readonly #unplaced = new Map<string, RunnerAssignment>();
  /** Attempts that wait for their turn alone. */
  readonly #line = new Map<string, RunnerAssignment>();
  /** Attempts that a retired host gives back for its successor. */
  readonly #moving = new Set<string>();
  #toldOccupied = noOccupancy;
  #env: Readonly<Record<string, string>>;
  #isStopped = false;

  constructor(parts: FleetParts, listener: FleetListener) {
    this.#parts = parts;
    this.#env = parts.env;
    this.#listener = listener;
    this.#startMain();
  }

  /** The process id of the host that takes ordinary attempts. */
  get pid(): number | undefined {
    return this.#main?.pid;
  }

  /** Gives an attempt to a host; with `isSolo`, to be executed alone when its turn comes. */
  execute(assignment: RunnerAssignment, isSolo: boolean): void {
    if (isSolo) {
      this.#line.set(assignment.attemptId, assignment);
      this.#callNext();
    } else if (this.#main === undefined) {
      this.#unplaced.set(assignment.attemptId, assignment);
    } else {
      this.#main.execute(assignment);
    }
  }

  /** Sends a message about one attempt to the host that has it. */
  send(message: Extract<ToHost, { attemptId: string }>, body = ""): void {
    const { attemptId } = message;
    const slot = this.#slotOf(attemptId);
    if (slot !== undefined) {
      slot.send(message, body);
    } else if (message.type === "cancel" || message.type === "terminate") {
      this.#withdrawHere([attemptId]);
    }
    if (message.type !== "terminate") return;
    const placed = slot?.attempts.get(attemptId);
    if (placed !== undefined) placed.isStopping = true;
    slot?.killIfDone();
  }

  /** Takes back those of these that no thread has; with `isPatient`, but for those whose thread is starting. */
  withdraw(attemptIds: readonly string[], isPatient: boolean): void {
    for (const slot of this.#slots) {
      const here = attemptIds.filter((attemptId) => slot.attempts.has(attemptId));
      if (here.length > 0) slot.send({ type: "withdraw", attemptIds: here, isPatient });
    }
    this.#withdrawHere(attemptIds);
  }

  /** Attempts that start from now on see this environment; those that run end in the host that they are in. */
  setEnvironment(env: Readonly<Record<string, string>>): void {
    this.#env = env;
    const reason = "the environment changed";
    for (const slot of [...this.#slots])
      if (!slot.isRetired) this.#retire(slot, { isSick: false, isPlanned: true, reason });
  }

  /** Makes a version known to every host. */
  tellVersion(version: string): void {
    for (const slot of this.#slots) this.#tellVersion(slot, version);
  }

  /** No further attempt of this version comes. */
  forgetVersion(version: string): void {
    for (const slot of this.#slots) slot.send({ type: "forgetVersion", version });
  }

  /** Ends every host. */
  stop(): void {
    this.#isStopped = true;
    for (const slot of this.#slots) slot.kill("the runner stopped");
    rmSync(this.#reportDir, { recursive: true, force: true });
  }

  #slotOf(attemptId: string): HostSlot | undefined {
    for (const slot of this.#slots) if (slot.attempts.has(attemptId)) return slot;
    return undefined;
  }

  #startMain(): void {
    if (this.#isStopped) return;
    const slot = this.#start(false);
    this.#main = slot;
    this.#toldOccupied = noOccupancy;
    for (const assignment of this.#unplaced.values()) slot.execute(assignment);
    this.#unplaced.clear();
    this.#tellOccupied();
  }

  #start(isSolo: boolean): HostSlot {
    const { capacity, cwd, stallTimeoutMs, versions } = this.#parts;
    const env = this.#env;
    const concurrency = isSolo ? 1 : capacity.concurrency;
    this.#reportDir = keepReportDir(this.#reportDir);
    const slot = new HostSlot({ cwd, env, concurrency, reportDir: this.#reportDir }, isSolo, {
      onMessage: (of, message, body) => this.#onMessage(of, message, body),
      onLost: (of, end) => this.#onLost(of, end),
    });
    this.#slots.add(slot);
    slot.send({ type: "configure", capacity: { ...capacity, concurrency }, stallTimeoutMs });
    for (const { version } of versions.all) this.#tellVersion(slot, version);
    return slot;
  }

  #tellVersion(slot: HostSlot, version: string): void {
    const shelved = this.#parts.versions.find(version);
    if (shelved === undefined) return;
    const { maxAttemptsPerThread } = shelved.built.config;
    slot.send({ type: "version", version, maxAttemptsPerThread }, shelved.manifest);
  }

  #onMessage(slot: HostSlot, said: FromHost, body: string): void {
    if (said.type === "lateLogs") {
      this.#onLateLogs(slot, said.attemptId, body);
      return;
    }
    const message = ownPart(said, slot.attempts);
    if (message === undefined) return;
    switch (message.type) {
      case "ready":
        this.#parts.log.debug({ durationMs: Math.round(performance.now() - slot.startedAt) }, "host ready");
        return;
      case "stuck":
        this.#onStuck(slot, message.attemptId);
        return;
      case "clogged":
        // Its attempts wait for files that nobody reads, while their time passes.
        slot.kill("an ended attempt holds the threads that read its files");
        return;
      case "worn":
        this.#retire(slot, { isSick: false, reason: message.reason });
        return;
      case "taken":
        for (const [attemptId, startedAt, threadId] of message.attempts) {
          const placed = slot.attempts.get(attemptId);
          if (placed !== undefined) Object.assign(placed, { startedAt, threadId });
        }
        break;
      case "withdrawn":
        this.#onWithdrawn(slot, message.attemptIds);
        return;
      case "ended":
      case "exited":
        slot.end(message.attemptId);
        break;
      default:
        break;
    }
    this.#listener.onMessage(message, body);
    if (slot === this.#main) return;
    this.#tellOccupied();
    slot.killIfDone();
    if (slot === this.#solo && slot.attempts.size === 0) this.#callNext();
  }

  #onLateLogs(slot: HostSlot, attemptId: string, body: string): void {
    const ended = slot.ended.get(attemptId);
    if (ended !== undefined) ended.lateBytes += body.length;
    if (ended === undefined || ended.lateBytes <= lateBytesAtMost) {
      this.#listener.onLateLogs(attemptId, ended?.owner, body);
    }
  }

  #onStuck(slot: HostSlot, attemptId: string | undefined): void {
    const placed = slot.attempts.get(attemptId ?? "");
    if (placed !== undefined) placed.isStopping = true;
    this.#retire(slot, { isSick: true, reason: "a thread does not end" });
  }

  #retire(
    slot: HostSlot,
    { isSick, isPlanned = false, reason }: { isSick: boolean; isPlanned?: boolean; reason: string },
  ): void {
    if (!slot.isRetired) this.#parts.log[isPlanned ? "info" : "warn"]({ hostPid: slot.pid, reason }, "host retired");
    // First of all its successor, because killing it may be all that is left to do.
    if (slot === this.#main) this.#startMainInsteadOf(slot);
    if (slot === this.#solo) this.#solo = undefined;
    slot.retire(isSick);
    this.#callNext();
  }

  #startMainInsteadOf(slot: HostSlot): void {
    const { waiting } = slot;
    for (const attemptId of waiting) this.#moving.add(attemptId);
    if (waiting.length > 0) slot.send({ type: "withdraw", attemptIds: waiting, isPatient: false });
    this.#startMain();
  }

  #onWithdrawn(slot: HostSlot, attemptIds: readonly string[]): void {
    const returned: string[] = [];
    for (const attemptId of attemptIds) {
      const placed = slot.attempts.get(attemptId);
      slot.attempts.delete(attemptId);
      if (this.#moving.delete(attemptId) && placed?.isStopping === false) this.execute(placed.assignment, false);
      else returned.push(attemptId);
    }
    if (returned.length > 0) this.#listener.onMessage({ type: "withdrawn", attemptIds: returned }, "");
    slot.killIfDone();
    this.#callNext();
  }

  #withdrawHere(attemptIds: readonly string[]): void {
    const withdrawn = attemptIds.filter(
      (attemptId) => this.#unplaced.delete(attemptId) || this.#line.delete(attemptId),
    );
    if (withdrawn.length > 0) this.#listener.onMessage({ type: "withdrawn", attemptIds: withdrawn }, "");
  }

  #onLost(slot: HostSlot, end: HostEnd): void {
    this.#slots.delete(slot);
    if (this.#isStopped) return;
    const { inFlight, isSolo, attempts } = slot;
    const canceled: string[] = [];
    for (const attemptId of slot.waiting) {
      this.#moving.delete(attemptId);
      const placed = attempts.get(attemptId);
      if (placed?.isStopping !== false) canceled.push(attemptId);
      else (isSolo ? this.#line : this.#unplaced).set(attemptId, placed.assignment);
    }
    if (canceled.length > 0) this.#listener.onMessage({ type: "withdrawn", attemptIds: canceled }, "");
    this.#listener.onLost(end, { isSolo, inFlight, attemptIds: [...attempts.keys()] });
    if (slot === this.#solo) this.#solo = undefined;
    if (slot === this.#main) this.#replaceMain(slot);
    else this.#placeAgain();
    this.#tellOccupied();
    this.#callNext();
  }

  #replaceMain(slot: HostSlot): void {
    this.#main = undefined;
    if (performance.now() - slot.startedAt > hostPauseMs) this.#startMain();
    else setTimeout(() => this.#startMain(), hostPauseMs);
  }

  #placeAgain(): void {
    const main = this.#main;
    if (main === undefined) return;
    for (const assignment of this.#unplaced.values()) main.execute(assignment);
    this.#unplaced.clear();
  }

  /** Lets the next attempt of the line have the solo host; when nobody waits, there is none. */
  #callNext(): void {
    const [next] = this.#line.values();
    if (next === undefined) {
      if (this.#solo?.attempts.size === 0) this.#solo.kill("nobody has to be executed alone");
      return;
    }
    if (this.#isStopped) return;
    this.#solo ??= this.#start(true);
    if (this.#solo.attempts.size > 0) return;
    this.#line.delete(next.attemptId);
    this.#solo.execute(next);
  }

  #tellOccupied(): void {
    let occupied = noOccupancy;
    for (const slot of this.#slots) if (slot !== this.#main) occupied = addOccupancy(occupied, slot.occupancy);
    const told = this.#toldOccupied;
    if (occupied.threads === told.threads && occupied.cpu === told.cpu && occupied.memoryGb === told.memoryGb) return;
    this.#toldOccupied = occupied;
    this.#main?.send({ type: "occupiedElsewhere", occupancy: occupied });
  }
}
