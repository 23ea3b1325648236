import type { FromHost } from "./host-protocol.ts";

/** Sends messages to the runner process. `flush` writes all earlier messages. */
export interface PoolOutbox {
  send(message: FromHost, body?: string): void;
  flush(): void;
}
