import { rmSync } from "node:fs";
import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { HeldAttempt } from "../attempts/held-attempt.ts";
import { addOccupancy, type Capacity, noOccupancy } from "../capacity.ts";
import type { FromHost, ToHost } from "../host/host-protocol.ts";
import type { VersionShelf } from "../versions/version-shelf.ts";
import { keepReportDir, makeReportDir } from "./abort-report.ts";
import type { HostEnd } from "./blame.ts";
import { HostSlot } from "./host-slot.ts";
import type { AttemptMessage, Hosts, HostsListener } from "./hosts.ts";
import { ownPart } from "./own-part.ts";

/** Options of all hosts. */
export interface HostsOptions {
  /** Working directory of task code. */
  readonly cwd: string;
  /** The environment variables that task code sees. */
  readonly env: Readonly<Record<string, string>>;
  readonly capacity: Capacity;
  readonly stallTimeoutMs?: number | undefined;
}

/** Dependencies of the fleet. */
export interface HostsDeps {
  readonly clock: Clock;
  readonly versions: VersionShelf;
  readonly log: Logger;
  /** Finds an attempt that the runner holds. */
  find(attemptId: string): HeldAttempt | undefined;
}

/** Pause before the replacement of a host that died at once, to avoid a busy loop. Milliseconds. */
const hostPauseMs = 250;

/**
 * The host processes of a runner. The main host executes all ordinary attempts. Retired hosts live until their attempts
 * have ended. While there are solo attempts, another host executes them one after another, alone. The fleet knows which
 * host has which attempt.
 */
export class HostFleet implements Hosts {
  readonly #options: HostsOptions;
  readonly #deps: HostsDeps;
  readonly #listener: HostsListener;
  #reportDir = makeReportDir();
  readonly #slots = new Set<HostSlot>();
  /** The host for ordinary attempts; undefined during the pause after it died too soon. */
  #main: HostSlot | undefined;
  #solo: HostSlot | undefined;
  /** Attempts that wait for a host. */
  readonly #unplaced = new Set<HeldAttempt>();
  /** Attempts that wait for the solo host. */
  readonly #line = new Set<HeldAttempt>();
  /** Attempts that a retired host must give up for its successor. */
  readonly #moving = new Set<HeldAttempt>();
  #toldOccupied = noOccupancy;
  #env: Readonly<Record<string, string>>;
  #isStopped = false;

  constructor(options: HostsOptions, deps: HostsDeps, listener: HostsListener) {
    this.#options = options;
    this.#deps = deps;
    this.#env = options.env;
    this.#listener = listener;
    this.#startMain();
  }

  get pid(): number | undefined {
    return this.#main?.pid;
  }

  execute(attempt: HeldAttempt, isSolo: boolean): void {
    if (isSolo) {
      this.#line.add(attempt);
      this.#callNext();
    } else if (this.#main === undefined) {
      this.#unplaced.add(attempt);
    } else {
      this.#main.execute(attempt);
    }
  }

  cancel(attempt: HeldAttempt, reason: string): void {
    const slot = this.#slotOf(attempt);
    if (slot === undefined) this.#withdrawHere([attempt]);
    else slot.send({ type: "cancel", attemptId: attempt.assignment.attemptId, reason });
  }

  timeUp(attempt: HeldAttempt, limitMs: number, usedMs: number): void {
    this.#slotOf(attempt)?.send({ type: "timeUp", attemptId: attempt.assignment.attemptId, limitMs, usedMs });
  }

  terminate(attempt: HeldAttempt): void {
    const slot = this.#slotOf(attempt);
    if (slot === undefined) this.#withdrawHere([attempt]);
    else slot.terminate(attempt);
  }

  answerCall(attempt: HeldAttempt, callId: number, isError: boolean, body: string): void {
    const { attemptId } = attempt.assignment;
    this.#slotOf(attempt)?.send({ type: "callResult", attemptId, callId, isError }, body);
  }

  withdraw(attempts: readonly HeldAttempt[], isPatient: boolean): void {
    for (const slot of this.#slots) {
      const here = attempts.filter((attempt) => slot.has(attempt));
      if (here.length > 0) slot.send({ type: "withdraw", attemptIds: idsOf(here), isPatient });
    }
    this.#withdrawHere(attempts);
  }

  setEnvironment(env: Readonly<Record<string, string>>): void {
    this.#env = env;
    const reason = "the environment changed";
    for (const slot of [...this.#slots])
      if (!slot.isRetired) this.#retire(slot, { isSick: false, isPlanned: true, reason });
  }

  tellVersion(version: string): void {
    for (const slot of this.#slots) this.#tellVersion(slot, version);
  }

  forgetVersion(version: string): void {
    for (const slot of this.#slots) slot.send({ type: "forgetVersion", version });
  }

  stop(): void {
    this.#isStopped = true;
    for (const slot of this.#slots) slot.kill("the runner stopped");
    rmSync(this.#reportDir, { recursive: true, force: true });
  }

  #slotOf(attempt: HeldAttempt): HostSlot | undefined {
    for (const slot of this.#slots) if (slot.has(attempt)) return slot;
    return undefined;
  }

  #startMain(): void {
    if (this.#isStopped) return;
    this.#main = this.#start(false);
    this.#toldOccupied = noOccupancy;
    this.#placeAgain();
    this.#tellOccupied();
  }

  #start(isSolo: boolean): HostSlot {
    const { capacity, cwd, stallTimeoutMs } = this.#options;
    const { clock, versions } = this.#deps;
    const env = this.#env;
    const concurrency = isSolo ? 1 : capacity.concurrency;
    this.#reportDir = keepReportDir(this.#reportDir);
    const slot = new HostSlot({ cwd, env, concurrency, reportDir: this.#reportDir }, isSolo, clock, {
      onMessage: (of, message, body) => this.#onMessage(of, message, body),
      onLost: (of, end) => this.#onLost(of, end),
    });
    this.#slots.add(slot);
    slot.send({ type: "configure", capacity: { ...capacity, concurrency }, stallTimeoutMs });
    for (const { version } of versions.all) this.#tellVersion(slot, version);
    return slot;
  }

  #tellVersion(slot: HostSlot, version: string): void {
    const shelved = this.#deps.versions.find(version);
    if (shelved === undefined) return;
    const { maxAttemptsPerThread } = shelved.built.config;
    slot.send({ type: "version", version, maxAttemptsPerThread }, shelved.manifest);
  }

  #onMessage(slot: HostSlot, received: FromHost, body: string): void {
    if (received.type === "lateLogs") {
      const late = slot.findLateOwner(received.attemptId, body.length);
      if (late !== undefined) this.#listener.onLateLogs(received.attemptId, late.owner, body);
      return;
    }
    const message = ownPart(received, (attemptId) => this.#findIn(slot, attemptId));
    if (message === undefined) return;
    switch (message.type) {
      case "pong":
      case "lateLogs":
        return;
      case "ready": {
        const durationMs = Math.round(this.#deps.clock.monotonicNow() - slot.startedAt);
        this.#deps.log.debug({ durationMs }, "host ready");
        return;
      }
      case "stuck":
        this.#findIn(slot, message.attemptId ?? "")?.endThread();
        this.#retire(slot, { isSick: true, reason: "a thread does not end" });
        return;
      case "clogged":
        // Its attempts wait for files that no thread reads, while their time passes.
        slot.kill("an ended attempt holds the threads that read its files");
        return;
      case "worn":
        this.#retire(slot, { isSick: false, reason: message.reason });
        return;
      case "withdrawn":
        this.#onWithdrawn(slot, this.#findAll(slot, message.attemptIds));
        return;
      case "taken":
        this.#onTaken(slot, message);
        break;
      case "takenBack":
        for (const attempt of this.#findAll(slot, message.attemptIds)) attempt.follow(undefined);
        return;
      default:
        this.#onAttemptMessage(slot, message, body);
    }
    if (slot === this.#main) return;
    this.#tellOccupied();
    slot.killIfDone();
    if (slot === this.#solo && slot.isEmpty) this.#callNext();
  }

  #onTaken(slot: HostSlot, taken: Extract<FromHost, { type: "taken" }>): void {
    const attempts: HeldAttempt[] = [];
    for (const [attemptId, startedAt, threadId] of taken.attempts) {
      const attempt = this.#findIn(slot, attemptId);
      if (attempt === undefined) continue;
      attempt.giveThread({ threadId, startedAt });
      attempts.push(attempt);
    }
    for (const [attemptId, startedAt, threadId] of taken.following ?? []) {
      this.#findIn(slot, attemptId)?.follow({ threadId, startedAt });
    }
    this.#listener.onTaken(attempts);
  }

  #onAttemptMessage(slot: HostSlot, message: AttemptMessage, body: string): void {
    const attempt = this.#findIn(slot, message.attemptId);
    if (attempt === undefined) return;
    if (message.type === "ended" || message.type === "exited") slot.end(attempt);
    this.#listener.onMessage(attempt, message, body);
  }

  #findIn(slot: HostSlot, attemptId: string): HeldAttempt | undefined {
    const attempt = this.#deps.find(attemptId);
    return attempt !== undefined && slot.has(attempt) ? attempt : undefined;
  }

  #findAll(slot: HostSlot, attemptIds: readonly string[]): readonly HeldAttempt[] {
    return attemptIds.flatMap((attemptId) => this.#findIn(slot, attemptId) ?? []);
  }

  #retire(
    slot: HostSlot,
    { isSick, isPlanned = false, reason }: { isSick: boolean; isPlanned?: boolean; reason: string },
  ): void {
    if (!slot.isRetired) this.#deps.log[isPlanned ? "info" : "warn"]({ hostPid: slot.pid, reason }, "host retired");
    // The successor starts first, because retiring may kill the host at once.
    if (slot === this.#main) this.#startMainInsteadOf(slot);
    if (slot === this.#solo) this.#solo = undefined;
    slot.retire(isSick);
    this.#callNext();
  }

  #startMainInsteadOf(slot: HostSlot): void {
    const { waiting } = slot;
    for (const attempt of waiting) this.#moving.add(attempt);
    if (waiting.length > 0) slot.send({ type: "withdraw", attemptIds: idsOf(waiting), isPatient: false });
    this.#startMain();
  }

  #onWithdrawn(slot: HostSlot, attempts: readonly HeldAttempt[]): void {
    const returned: HeldAttempt[] = [];
    for (const attempt of attempts) {
      slot.release(attempt);
      attempt.follow(undefined);
      if (this.#moving.delete(attempt) && !attempt.isEnding) this.execute(attempt, false);
      else returned.push(attempt);
    }
    if (returned.length > 0) this.#listener.onWithdrawn(returned);
    slot.killIfDone();
    this.#callNext();
  }

  #withdrawHere(attempts: readonly HeldAttempt[]): void {
    const withdrawn = attempts.filter((attempt) => this.#unplaced.delete(attempt) || this.#line.delete(attempt));
    if (withdrawn.length > 0) this.#listener.onWithdrawn(withdrawn);
  }

  #onLost(slot: HostSlot, end: HostEnd): void {
    this.#slots.delete(slot);
    if (this.#isStopped) return;
    this.#assumeBegun(slot);
    const { attempts, inFlight, isSolo } = slot;
    const canceled: HeldAttempt[] = [];
    for (const attempt of slot.waiting) {
      this.#moving.delete(attempt);
      if (attempt.isEnding) canceled.push(attempt);
      else (isSolo ? this.#line : this.#unplaced).add(attempt);
    }
    if (canceled.length > 0) this.#listener.onWithdrawn(canceled);
    this.#listener.onLost(end, { isSolo, inFlight, attempts });
    if (slot === this.#solo) this.#solo = undefined;
    if (slot === this.#main) this.#replaceMain(slot);
    else this.#placeAgain();
    this.#tellOccupied();
    this.#callNext();
  }

  /** Counts attempts as begun that a thread of a lost host may have begun: nobody says so any more. */
  #assumeBegun({ waiting }: HostSlot): void {
    const begun: HeldAttempt[] = [];
    for (const attempt of waiting) {
      if (attempt.following === undefined) continue;
      attempt.giveThread(attempt.following);
      begun.push(attempt);
    }
    if (begun.length > 0) this.#listener.onTaken(begun);
  }

  #replaceMain(slot: HostSlot): void {
    const { clock } = this.#deps;
    this.#main = undefined;
    if (clock.monotonicNow() - slot.startedAt > hostPauseMs) this.#startMain();
    else clock.setTimer(hostPauseMs, () => this.#startMain());
  }

  #placeAgain(): void {
    const main = this.#main;
    if (main === undefined) return;
    for (const attempt of this.#unplaced) main.execute(attempt);
    this.#unplaced.clear();
  }

  /** Starts the next waiting attempt in the solo host, and ends the host when there is none. */
  #callNext(): void {
    const [next] = this.#line;
    if (next === undefined) {
      if (this.#solo?.isEmpty) this.#solo.kill("nobody has to be executed alone");
      return;
    }
    if (this.#isStopped) return;
    this.#solo ??= this.#start(true);
    if (!this.#solo.isEmpty) return;
    this.#line.delete(next);
    this.#solo.execute(next);
  }

  #tellOccupied(): void {
    let occupied = noOccupancy;
    for (const slot of this.#slots) if (slot !== this.#main) occupied = addOccupancy(occupied, slot.occupancy);
    const told = this.#toldOccupied;
    if (occupied.threads === told.threads && occupied.cpu === told.cpu && occupied.memoryGb === told.memoryGb) return;
    this.#toldOccupied = occupied;
    this.#main?.send({ type: "occupiedElsewhere", occupancy: occupied } satisfies ToHost);
  }
}

function idsOf(attempts: readonly HeldAttempt[]): string[] {
  return attempts.map(({ assignment }) => assignment.attemptId);
}
