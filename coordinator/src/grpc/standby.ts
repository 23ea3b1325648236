import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { CoordinatorConfig } from "../config.ts";
import { listenStandingBy, type StandbyServer } from "./server.ts";

/** The time in which this coordinator waits for another one's store: it listens, is well, and does not serve. */
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

  /** The store is held: begins to listen. Comes again when another one holds it. */
  readonly begin = (holder: string): void => {
    this.#log.info({ holder, listen: this.#config.listen }, "coordinator stands by");
    this.#holder = holder;
    this.#server ??= listenStandingBy({ ...this.#config, log: this.#log, clock: this.#clock }, () => this.#holder);
    this.#server.catch(() => this.#onFailure());
  };

  /** The server that listens, if there was something to wait for. @throws what keeps it from listening */
  async server(): Promise<StandbyServer | undefined> {
    return await this.#server;
  }
}
