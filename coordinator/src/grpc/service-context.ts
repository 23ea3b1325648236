import type { Clock } from "@baton/proto/clock";
import type { Logger } from "pino";
import type { Coordinator } from "../coordinator.ts";
import type { AnswerAccounts } from "./guard/call-guard.ts";
import type { OpenStreams } from "./open-streams.ts";

/** The sides of a coordinator that the services need. */
export type ServedCoordinator = Pick<Coordinator, "logs" | "runners" | "runs" | "tasks">;

/** What every service works with. */
export interface ServiceContext {
  readonly coordinator: ServedCoordinator;
  readonly log: Logger;
  readonly clock: Clock;
  readonly streams: OpenStreams;
  /** Where long-lived calls wait before they read what they answer with. */
  readonly answers: AnswerAccounts;
  /** Bytes of UTF-8. */
  readonly maxPayloadBytes: number;
  /** Bytes of UTF-8. */
  readonly maxOutputBytes: number;
}
