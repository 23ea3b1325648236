import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Versions } from "../engine/versions.ts";
import type { RunnerHello, RunnerLink } from "./runner-link.ts";
import type { RunnerSession } from "./runner-session.ts";
import type { RunnerSessions } from "./runner-sessions.ts";

/** Runners' requests to a coordinator. */
export class Runners {
  readonly #sessions: RunnerSessions;
  readonly #versions: Versions;

  constructor(sessions: RunnerSessions, versions: Versions) {
    this.#sessions = sessions;
    this.#versions = versions;
  }

  /** Opens a session over a stream. @throws StoppingError; RunnerSupersededError when the session is already open */
  attach(hello: RunnerHello, link: RunnerLink): RunnerSession {
    return this.#sessions.attach(hello, link);
  }

  /** Resolves with the version's name. @throws StoppingError, StoreError, VersionsFullError */
  registerVersion(hash: string, tasks: readonly TaskDefinition[]): Promise<string> {
    return this.#versions.register(hash, tasks);
  }
}
