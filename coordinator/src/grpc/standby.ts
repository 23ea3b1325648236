import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { CoordinatorConfig } from "../config.ts";
import { listenStandingBy, type StandbyServer } from "./server.ts";

/** Waits for another coordinator's store: the process listens, is healthy, and does not serve. */
export class Standby {
  readonly #config: CoordinatorConfig;
  readonly #log: Logger;
  readonly #clock: Clock;
  #holder = "";
  #server: Promise<StandbyServer> | undefined;
  #onFailure: () => void = () => undefined;

  constructor(config: CoordinatorConfig, log: Logger, clock: Clock) {
    this.#config = config;
    this.#log = log;
    this.#clock = clock;
  }

  /** Calls back when it turns out that this process cannot listen. */
  onFailure(callback: () => void): void {
    this.#onFailure = callback;
  }

  /** Begins to listen, because another coordinator holds the store. Called again when the holder changes. */
  readonly begin = (holder: string): void => {
    this.#log.info({ holder, listen: this.#config.listen }, "coordinator stands by");
    this.#holder = holder;
    this.#server ??= listenStandingBy({ ...this.#config, log: this.#log, clock: this.#clock }, () => this.#holder);
    this.#server.catch(() => this.#onFailure());
  };

  /** Resolves with the server that listens; undefined: the store was free. Rejects with what keeps it from listening. */
  async server(): Promise<StandbyServer | undefined> {
    return await this.#server;
  }
}
