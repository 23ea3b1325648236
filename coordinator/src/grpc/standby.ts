import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { CoordinatorConfig } from "../config.ts";
import { listenStandingBy, type StandbyServer } from "./server.ts";

/** Waits for a store that another coordinator owns: the process listens, is healthy, and does not serve. */
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

  /** Calls back when this process turns out to be unable to listen. */
  onFailure(callback: () => void): void {
    this.#onFailure = callback;
  }

  /** Starts to listen, because another coordinator holds the store. Called again when the holder changes. */
  readonly begin = (holder: string): void => {
    this.#log.info({ holder, listen: this.#config.listen }, "coordinator stands by");
    this.#holder = holder;
    this.#server ??= listenStandingBy({ ...this.#config, log: this.#log, clock: this.#clock }, () => this.#holder);
    this.#server.catch(() => this.#onFailure());
  };

  /** Resolves with the listening server; undefined: the store was free. Rejects if the server could not listen. */
  async server(): Promise<StandbyServer | undefined> {
    return await this.#server;
  }
}
