import type { Logger } from "pino";
import type { CoordinatorConfig } from "./config.ts";
import { type StandbyServer, startStandbyServer } from "./grpc/standby-server.ts";

/** The time in which this coordinator waits for another one's store: it listens, is well, and does not serve. */
export class Standby {
  readonly #config: CoordinatorConfig;
  readonly #log: Logger;
  #server: Promise<StandbyServer> | undefined;
  #onFailure: () => void = () => undefined;

  constructor(config: CoordinatorConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
  }

  /** Calls back when it turns out that this process cannot listen. */
  onFailure(callback: () => void): void {
    this.#onFailure = callback;
  }

  /** The store is held: begins to listen. */
  readonly begin = (holder: string): void => {
    this.#log.info({ holder, listen: this.#config.listen }, "coordinator stands by");
    const { insecure, listen, token } = this.#config;
    this.#server ??= startStandbyServer({ insecure, listen, token, log: this.#log }, holder);
    this.#server.catch(() => this.#onFailure());
  };

  /** Stops listening, so that the coordinator can. @throws what kept it from listening */
  async end(): Promise<void> {
    const server = await this.#server;
    server?.stop();
  }
}
