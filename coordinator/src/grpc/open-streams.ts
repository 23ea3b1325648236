import type { EventEmitter } from "node:events";
import type { Logger } from "pino";
import { StoppingError } from "../errors.ts";
import { failureStatus } from "./wire/status.ts";

/** Tracks the long-lived calls, so that a stop can end them. */
export class OpenStreams {
  readonly #calls = new Set<EventEmitter>();
  readonly #log: Logger;
  #stopping = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Tracks a call until it is over. Ends the call at once if the server is stopping. */
  add(call: EventEmitter): void {
    this.#calls.add(call);
    call.once("close", () => this.#calls.delete(call));
    call.once("cancelled", () => this.#calls.delete(call));
    if (this.#stopping) this.#end(call);
  }

  /** Ends every open call and every later one with UNAVAILABLE. */
  stop(): void {
    this.#stopping = true;
    for (const call of this.#calls) this.#end(call);
  }

  #end(call: EventEmitter): void {
    this.#calls.delete(call);
    call.emit("error", failureStatus(new StoppingError(), this.#log));
  }
}
