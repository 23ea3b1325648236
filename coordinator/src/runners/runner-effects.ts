import type { Clock } from "@baton/proto/clock";
import { assertNever } from "../core/assert.ts";
import { effectiveMaxDurationMs } from "../core/life/max-duration.ts";
import type { Run } from "../core/life/run.ts";
import type { RunnerEffect } from "../engine/effects.ts";
import { type Engine, inBackground } from "../engine/engine.ts";
import { PayloadCache, type PayloadTexts } from "../engine/payload-cache.ts";
import type { RunReader } from "../engine/run-reader.ts";
import type { RunWrite } from "../store/store.ts";
import type { RunnerSessions } from "./runner-sessions.ts";

type AssignEffect = Extract<RunnerEffect, { type: "assign" }>;

/** The parts of the coordinator that perform effects on runners. */
export interface RunnerEffectsDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly sessions: RunnerSessions;
  readonly reader: RunReader;
}

/** Settings for effects on runners. */
export interface RunnerEffectsOptions {
  readonly heartbeatIntervalMs: number;
  /** Every smaller `maxDuration` is raised to this, in milliseconds; absent: none is raised. */
  readonly minMaxDurationMs?: number | undefined;
}

/** Sends the core's decisions to runners: assignments with their payloads, cancellations, confirmed outcomes. */
export class RunnerEffects {
  readonly #deps: RunnerEffectsDeps;
  readonly #engine: Engine;
  readonly #sessions: RunnerSessions;
  readonly #options: RunnerEffectsOptions;
  readonly #payloads = new PayloadCache();

  constructor(deps: RunnerEffectsDeps, options: RunnerEffectsOptions) {
    this.#deps = deps;
    this.#engine = deps.engine;
    this.#sessions = deps.sessions;
    this.#options = options;
  }

  /** @param write the run's write in the batch that held the effect back */
  perform(effect: RunnerEffect, write: RunWrite | undefined): void {
    switch (effect.type) {
      case "assign":
        return this.#assign(effect, write);
      case "cancelAttempt":
        return this.#sessions.current(effect.runnerId)?.outbox.cancel(effect);
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
      default:
        return assertNever(effect);
    }
  }

  flush(): void {
    this.#sessions.flush();
  }

  /** Keeps the payloads of new runs that wait. For a run that is assigned already, the batch has the payload. */
  durable(writes: readonly RunWrite[]): void {
    const isWanted = (runId: Run["id"]) => this.#engine.partition.find(runId) !== undefined;
    for (const write of writes) {
      const { payload, replaces, run } = write;
      if (replaces !== 0 || payload === undefined || run.current !== undefined || !isWanted(run.id)) continue;
      this.#payloads.put(run.id, write, isWanted);
    }
  }

  #assign(effect: AssignEffect, write: RunWrite | undefined): void {
    if (!this.#isStillWanted(effect)) return;
    if (this.#isUnread(effect)) return this.#giveBack(effect);
    // The write that created the run has its payload.
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

  /** Returns whether the runner leaves too much of what it was sent unread. */
  #isUnread({ runnerId, session }: AssignEffect): boolean {
    return this.#sessions.find(runnerId, session)?.outbox.isFull === true;
  }

  /** Returns the assignment in a turn of its own, because this one may be in the middle of another step's effects. */
  #giveBack({ run, runId, runnerId }: AssignEffect): void {
    const attemptId = run.current?.id;
    if (attemptId === undefined) return;
    this.#deps.clock.soon(() =>
      this.#engine.step({ type: "assignmentReturned", runId, runnerId, attemptId, reason: "notRead" }),
    );
  }

  /** Returns whether the run's attempt and the runner's session are still those of the core's decision. */
  #isStillWanted(effect: AssignEffect): boolean {
    const { partition } = this.#engine;
    if (partition.sessionOf(effect.runnerId) !== effect.session) return false;
    return partition.find(effect.runId)?.current?.id === effect.run.current?.id;
  }
}
