import type { RunnerId } from "@baton/proto/contract/ids";
import type { Logger } from "pino";
import type { LogListeners } from "../callers/log-listeners.ts";
import type { Engine } from "../engine/engine.ts";
import type { RunnerLink, RunnerReport } from "./runner-link.ts";
import type { RunnerOutbox } from "./runner-outbox.ts";

/** The parts of the coordinator that a runner's session works with. */
export interface RunnerSessionDeps {
  readonly engine: Engine;
  readonly log: Logger;
  readonly logListeners: LogListeners;
  readonly link: RunnerLink;
  readonly outbox: RunnerOutbox;
  /** Removes the session from the open ones. */
  readonly forget: () => void;
}

/** One stream of a runner. The transport calls it for each message of the runner, and never after `closed`. */
export class RunnerSession {
  readonly runnerId: RunnerId;
  readonly #number: number;
  readonly #deps: RunnerSessionDeps;

  /** @param number counts the streams of one runner process */
  constructor(runnerId: RunnerId, number: number, deps: RunnerSessionDeps) {
    this.runnerId = runnerId;
    this.#number = number;
    this.#deps = deps;
  }

  get link(): RunnerLink {
    return this.#deps.link;
  }

  get outbox(): RunnerOutbox {
    return this.#deps.outbox;
  }

  report(report: RunnerReport): void {
    if (!this.#isCurrent) return;
    const { engine, logListeners, outbox } = this.#deps;
    const { runnerId } = this;
    outbox.confirm(report.receivedSequence);
    engine.step({ type: "runnerHeard", runnerId, prefetch: report.prefetch });
    for (const { attemptId, reason, runId } of report.handedBack) {
      engine.step({ type: "assignmentReturned", runId, runnerId, attemptId, reason });
    }
    for (const { attemptId, runId, startedAt } of report.started) {
      engine.step({ type: "attemptStarted", runId, runnerId, attemptId, startedAt });
    }
    for (const { logsFollow, outcome, texts } of report.outcomes) {
      if (logsFollow) logListeners.expect(outcome.runId, outcome.attemptId);
      engine.step({ type: "attemptEnded", runId: outcome.runId, runnerId, outcome, texts });
    }
    for (const attemptId of report.goneAttemptIds) engine.step({ type: "threadGone", runnerId, attemptId });
  }

  versionsChanged(versions: readonly string[]): void {
    if (this.#isCurrent) this.#deps.engine.step({ type: "runnerHeard", runnerId: this.runnerId, versions });
  }

  draining(): void {
    if (this.#isCurrent) this.#deps.engine.step({ type: "runnerHeard", runnerId: this.runnerId, isDraining: true });
  }

  /** Ends the session; the runner's lease continues. */
  closed(): void {
    const { engine, forget, log } = this.#deps;
    forget();
    if (!engine.isRunning) return;
    log.info("runner disconnected");
    engine.step({ type: "runnerDisconnected", runnerId: this.runnerId, session: this.#number });
  }

  /** Whether this is the runner's current session. */
  get #isCurrent(): boolean {
    return this.#deps.engine.partition.sessionOf(this.runnerId) === this.#number;
  }
}
