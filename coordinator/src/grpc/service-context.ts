import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { Coordinator } from "../coordinator.ts";
import type { AnswerAccounts } from "./guard/call-guard.ts";
import type { OpenStreams } from "./open-streams.ts";

/** The parts of a coordinator that the services need. */
export type ServedCoordinator = Pick<Coordinator, "logs" | "runners" | "runs" | "tasks">;

/** The parts of the server that every service works with. */
export interface ServiceContext {
  readonly coordinator: ServedCoordinator;
  readonly log: Logger;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  /** Counts the answers of long-lived calls, and lets them wait before they read. */
  readonly answers: AnswerAccounts;
  /** Bytes of UTF-8. */
  readonly maxPayloadBytes: number;
  /** Bytes of UTF-8. */
  readonly maxOutputBytes: number;
}
