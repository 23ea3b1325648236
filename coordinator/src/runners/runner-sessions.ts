import type { Clock } from "@baton/proto/clock";
import type { AttemptId, RunId, RunnerId } from "@baton/proto/contract/ids";
import type { RunnerHello, RunnerLink } from "./runner-link.ts";
import { RunnerOutbox } from "./runner-outbox.ts";

interface OpenSession {
  readonly runnerId: RunnerId;
  readonly link: RunnerLink;
  readonly outbox: RunnerOutbox;
}

/** The open streams of runners, by runner and session number. */
export class RunnerSessions {
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenSession>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Is no runner connected? */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  add({ runnerId, session }: RunnerHello, link: RunnerLink): void {
    this.#open.set(`${runnerId}/${session}`, { runnerId, link, outbox: new RunnerOutbox(link, this.#clock) });
  }

  find(runnerId: RunnerId, session: number): RunnerOutbox | undefined {
    return this.#open.get(`${runnerId}/${session}`)?.outbox;
  }

  link(runnerId: RunnerId, session: number): RunnerLink | undefined {
    return this.#open.get(`${runnerId}/${session}`)?.link;
  }

  /** What goes to a runner now, over the session that counts. */
  current(
    runnerId: RunnerId,
    sessions: { sessionOf(runnerId: RunnerId): number | undefined },
  ): RunnerOutbox | undefined {
    const session = sessions.sessionOf(runnerId);
    return session === undefined ? undefined : this.find(runnerId, session);
  }

  /** Sends what is gathered for every runner. */
  flush(): void {
    for (const { outbox } of this.#open.values()) outbox.flush();
  }

  remove(runnerId: RunnerId, session: number): void {
    const key = `${runnerId}/${session}`;
    this.#open.get(key)?.outbox.close();
    this.#open.delete(key);
  }

  close(runnerId: RunnerId, session: number, reason: "superseded" | "stopping"): void {
    const link = this.link(runnerId, session);
    this.remove(runnerId, session);
    link?.close(reason);
  }

  closeAll(): void {
    for (const { link, outbox } of this.#open.values()) {
      outbox.close();
      link.close("stopping");
    }
    this.#open.clear();
  }

  /** Assignments that were sent before `sentBefore` (monotonic milliseconds) and never confirmed. */
  takeOverdue(
    sentBefore: number,
  ): { readonly runnerId: RunnerId; readonly runId: RunId; readonly attemptId: AttemptId }[] {
    const overdue: { readonly runnerId: RunnerId; readonly runId: RunId; readonly attemptId: AttemptId }[] = [];
    for (const { outbox, runnerId } of this.#open.values()) {
      for (const assignment of outbox.takeOverdue(sentBefore)) overdue.push({ runnerId, ...assignment });
    }
    return overdue;
  }
}
