import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { CoordinatorApi } from "../coordinator-api.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { Authorize } from "./token.ts";

/** What every service is made of. */
export interface ServiceContext {
  readonly coordinator: CoordinatorApi;
  readonly log: Logger;
  readonly clock: Clock;
  readonly authorize: Authorize;
  readonly streams: OpenStreams;
  /** Bytes of UTF-8. */
  readonly maxPayloadBytes: number;
  /** Bytes of UTF-8. */
  readonly maxOutputBytes: number;
}
