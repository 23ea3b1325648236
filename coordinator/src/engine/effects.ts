import type { Clock } from "@baton/proto/clock";
import { assertNever } from "../core/assert.ts";
import type { Event, LoadedPage } from "../core/event.ts";
import { effectiveMaxDurationMs } from "../core/life/max-duration.ts";
import type { Run } from "../core/life/run.ts";
import type { RunnerSessions } from "../runners/runner-sessions.ts";
import type { RunWrite, Store } from "../store/store.ts";
import { BoundedWork } from "./bounded-work.ts";
import type { Descendants } from "./descendants.ts";
import { type Engine, inBackground, type OutgoingEffect } from "./engine.ts";
import type { Writes } from "./journal.ts";
import { PayloadCache, type PayloadTexts } from "./payload-cache.ts";
import type { RunReader } from "./run-reader.ts";

/** Lanes that are read at once. After a start all of them are read, and other reads must not wait behind them. */
const laneReadsAtOnce = 64;

type AssignEffect = Extract<OutgoingEffect, { type: "assign" }>;

/** What effects are performed with. */
export interface EffectsDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly sessions: RunnerSessions;
  readonly descendants: Descendants;
  readonly reader: RunReader;
}

/** How effects are performed. */
export interface EffectsOptions {
  readonly heartbeatIntervalMs: number;
  /** Raises every smaller `maxDuration`, in milliseconds; absent: nothing is raised. */
  readonly minMaxDurationMs?: number | undefined;
}

/** Performs what the core has decided, once it is durable: sends to runners, cancels descendants, loads pages. */
export class Effects {
  readonly #deps: EffectsDeps;
  readonly #engine: Engine;
  readonly #sessions: RunnerSessions;
  readonly #options: EffectsOptions;
  readonly #payloads = new PayloadCache();
  readonly #laneReads = new BoundedWork(laneReadsAtOnce);

  constructor(deps: EffectsDeps, options: EffectsOptions) {
    this.#deps = deps;
    this.#engine = deps.engine;
    this.#sessions = deps.sessions;
    this.#options = options;
  }

  perform(effect: OutgoingEffect, writes: Writes): void {
    const { store } = this.#deps;
    switch (effect.type) {
      case "assign":
        return this.#assign(effect, writes.get(effect.runId));
      case "cancelAttempt":
        return this.#sessions.current(effect.runnerId)?.outbox.cancel(effect);
      case "cancelDescendants":
        return this.#deps.descendants.cancelBelow(effect.runId);
      case "settle":
        return this.#sessions.current(effect.runnerId)?.outbox.settle(effect.attemptId);
      case "stopAttempt":
        return this.#sessions.current(effect.runnerId)?.outbox.stop(effect.attemptId);
      case "welcome":
        return this.#sessions.find(effect.runnerId, effect.session)?.link.welcome({
          heartbeatIntervalMs: this.#options.heartbeatIntervalMs,
          stopAttemptIds: effect.stopAttemptIds,
        });
      case "closeSession":
        return this.#sessions.close(effect.runnerId, effect.session, "superseded");
      case "loadLane":
        return this.#laneReads.add((onDone) =>
          this.#loadPage(
            () => store.readBacklog(effect.lane, effect.after, effect.limit),
            (page) => ({ type: "laneLoaded", lane: effect.lane, page }),
            onDone,
          ),
        );
      case "loadDue":
        return this.#loadPage(
          () => store.readDue(effect.after, effect.until, effect.limit),
          (page) => ({ type: "dueLoaded", until: effect.until, page }),
        );
      case "loadPending":
        return this.#loadPage(
          () => store.readPending(effect.taskId, effect.after, effect.limit),
          (page) => ({ type: "pendingLoaded", taskId: effect.taskId, page }),
        );
      default:
        return assertNever(effect);
    }
  }

  /** Sends what is gathered for runners. Callers are answered in the same turn, and a run must not wait for that. */
  released(): void {
    this.#sessions.flush();
  }

  /** Keeps the payloads of new runs that wait in memory. The batch has that of a run which is assigned already. */
  durable(writes: readonly RunWrite[]): void {
    const isWanted = (runId: Run["id"]) => this.#engine.partition.find(runId) !== undefined;
    for (const write of writes) {
      const { payload, replaces, run } = write;
      if (replaces !== 0 || payload === undefined || run.current !== undefined || !isWanted(run.id)) continue;
      this.#payloads.put(run.id, write, isWanted);
    }
  }

  /** @param write the run as the batch that held the assignment back wrote it */
  #assign(effect: AssignEffect, write: RunWrite | undefined): void {
    if (!this.#isStillWanted(effect)) return;
    if (this.#isUnread(effect)) return this.#giveBack(effect);
    // The write that made the run has its payload.
    const texts = write?.replaces === 0 && write.payload !== undefined ? write : this.#payloads.take(effect.runId);
    if (texts !== undefined) this.#send(effect, texts);
    else inBackground(this.#readAndSend(effect));
  }

  async #readAndSend(effect: AssignEffect): Promise<void> {
    const stored = await this.#engine.read(() => this.#deps.reader.find(effect.runId));
    if (!this.#isStillWanted(effect)) return;
    if (this.#isUnread(effect)) this.#giveBack(effect);
    else this.#send(effect, stored ?? {});
  }

  #send(effect: AssignEffect, { payload, payloadTypes }: PayloadTexts): void {
    const { run, task } = effect;
    if (run.current === undefined) return;
    const maxDurationMs = effectiveMaxDurationMs(run, task, this.#options.minMaxDurationMs);
    this.#sessions.find(effect.runnerId, effect.session)?.outbox.assign({
      run,
      attempt: run.current,
      task,
      ...(maxDurationMs !== undefined && { maxDurationMs }),
      ...(payload !== undefined && { payload }),
      ...(payloadTypes !== undefined && { payloadTypes }),
    });
  }

  /** Whether the runner leaves unread what it was sent. */
  #isUnread({ runnerId, session }: AssignEffect): boolean {
    return this.#sessions.find(runnerId, session)?.outbox.isFull === true;
  }

  /** Takes the assignment back in a turn of its own, because this one may be in the middle of another step's effects. */
  #giveBack({ run, runId, runnerId }: AssignEffect): void {
    const attemptId = run.current?.id;
    if (attemptId === undefined) return;
    this.#deps.clock.soon(() =>
      this.#engine.step({ type: "assignmentReturned", runId, runnerId, attemptId, reason: "notRead" }),
    );
  }

  /** Whether run and runner are as they were when the core decided. */
  #isStillWanted(effect: AssignEffect): boolean {
    const { partition } = this.#engine;
    if (partition.sessionOf(effect.runnerId) !== effect.session) return false;
    return partition.find(effect.runId)?.current?.id === effect.run.current?.id;
  }

  #loadPage(read: () => Promise<LoadedPage>, toEvent: (page: LoadedPage) => Event, onRead?: () => void): void {
    inBackground(
      this.#engine.read(read).then((page) => {
        onRead?.();
        // The page may have a run as it was before it was canceled or triggered again while the store answered.
        const isCurrent = ({ id, revision }: Run) =>
          (this.#engine.findUnwritten(id)?.revision ?? revision) === revision;
        this.#engine.step(toEvent({ ...page, runs: page.runs.filter(isCurrent) }));
      }),
    );
  }
}
