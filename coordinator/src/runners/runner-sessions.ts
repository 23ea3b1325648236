import type { Clock } from "@baton/proto/clock";
import type { RunnerId } from "@baton/proto/contract/ids";
import type { Logger } from "pino";
import type { LogListeners } from "../callers/log-listeners.ts";
import type { Engine } from "../engine/engine.ts";
import { RunnerSupersededError } from "../errors.ts";
import type { RunnerHello, RunnerLink } from "./runner-link.ts";
import { RunnerOutbox } from "./runner-outbox.ts";
import { RunnerSession } from "./runner-session.ts";

/** How long an assignment may stay unconfirmed on a live stream, in milliseconds. */
const deliveryTimeoutMs = 5_000;

/** The parts of the coordinator that runners' sessions work with. */
export interface RunnerSessionsDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logListeners: LogListeners;
}

/** The open streams of runners, by runner and session number. */
export class RunnerSessions {
  readonly #deps: RunnerSessionsDeps;
  readonly #open = new Map<string, RunnerSession>();

  constructor(deps: RunnerSessionsDeps) {
    this.#deps = deps;
  }

  /** Whether no runner is connected. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** Opens a session. @throws StoppingError; RunnerSupersededError when the session is already open */
  attach(hello: RunnerHello, link: RunnerLink): RunnerSession {
    const { clock, engine, logListeners } = this.#deps;
    engine.assertRunning();
    const { hostname, ...runner } = hello;
    const { capacity, runnerId, session: number, versions } = runner;
    // Session numbers only grow, so this is the same stream again, or a stranger with its number: the first one counts.
    if (this.find(runnerId, number) !== undefined) throw new RunnerSupersededError();
    const log = this.#deps.log.child({ runnerId, session: number });
    const outbox = new RunnerOutbox(link, clock);
    const forget = () => this.#remove(runnerId, number);
    const session = new RunnerSession(runnerId, number, { engine, log, logListeners, link, outbox, forget });
    this.#open.set(keyOf(runnerId, number), session);
    log.info({ runnerHost: hostname, capacity, versions }, "runner connected");
    engine.step({ type: "runnerConnected", runner });
    return session;
  }

  find(runnerId: RunnerId, number: number): RunnerSession | undefined {
    return this.#open.get(keyOf(runnerId, number));
  }

  /** Returns the current session of a runner. */
  current(runnerId: RunnerId): RunnerSession | undefined {
    const number = this.#deps.engine.partition.sessionOf(runnerId);
    return number === undefined ? undefined : this.find(runnerId, number);
  }

  /** Sends the messages gathered for every runner. */
  flush(): void {
    for (const { outbox } of this.#open.values()) outbox.flush();
  }

  close(runnerId: RunnerId, number: number, reason: "superseded" | "stopping"): void {
    const session = this.find(runnerId, number);
    this.#remove(runnerId, number);
    session?.link.close(reason);
  }

  closeAll(): void {
    for (const { link, outbox } of this.#open.values()) {
      outbox.close();
      link.close("stopping");
    }
    this.#open.clear();
  }

  /** Gives confirmations as much more time, because those that came during the pause have not been read. */
  paused(pausedMs: number): void {
    for (const { outbox } of this.#open.values()) outbox.postpone(pausedMs);
  }

  /** Returns assignments to the core that no runner confirmed in time. */
  tick(now: number): void {
    for (const { outbox, runnerId } of [...this.#open.values()]) {
      for (const { attemptId, runId } of outbox.takeOverdue(now - deliveryTimeoutMs)) {
        this.#deps.engine.step({ type: "assignmentReturned", runId, runnerId, attemptId, reason: "notReceived" });
      }
    }
  }

  #remove(runnerId: RunnerId, number: number): void {
    this.find(runnerId, number)?.outbox.close();
    this.#open.delete(keyOf(runnerId, number));
  }
}

function keyOf(runnerId: RunnerId, number: number): string {
  return `${runnerId}/${number}`;
}
