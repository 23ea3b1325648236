import type { HeldAttempt } from "../attempts/held-attempt.ts";
import type { LogOwner } from "../coordinator/log-shipper.ts";
import type { FromHost } from "../host/host-protocol.ts";
import type { HostEnd, InFlight } from "./blame.ts";

/** Executes the attempts of a runner in processes of their own. */
export interface Hosts {
  /** The process id of the host that takes ordinary attempts. */
  readonly pid: number | undefined;
  /** Gives an attempt to a host; with `isSolo`, to be executed alone when its turn comes. */
  execute(attempt: HeldAttempt, isSolo: boolean): void;
  /** Asks an attempt to stop; one that waits is withdrawn. */
  cancel(attempt: HeldAttempt, reason: string): void;
  /** Tells an attempt that its time is up. */
  timeUp(attempt: HeldAttempt, limitMs: number, usedMs: number): void;
  /** Ends an attempt's thread now; an attempt that waits is withdrawn. */
  terminate(attempt: HeldAttempt): void;
  /** Hands an attempt the answer to its call; `body` is JSON of the response, or of the error. */
  answerCall(attempt: HeldAttempt, callId: number, isError: boolean, body: string): void;
  /** Takes back those of the attempts that no thread has; with `isPatient`, except those whose thread is starting. */
  withdraw(attempts: readonly HeldAttempt[], isPatient: boolean): void;
  /** Attempts that start from now on see this environment; those that run end in the host that they are in. */
  setEnvironment(env: Readonly<Record<string, string>>): void;
  /** Makes a version known to every host. */
  tellVersion(version: string): void;
  /** Forgets a version of which no further attempt comes. */
  forgetVersion(version: string): void;
  /** Ends every host. */
  stop(): void;
}

/** A message of a host about one attempt that a thread has. */
export type AttemptMessage = Extract<
  FromHost,
  { type: "loading" | "active" | "stalled" | "canceling" | "ended" | "exited" | "logs" | "call" }
>;

/** What a runner hears of its hosts. */
export interface HostsListener {
  /** Threads have these attempts. */
  onTaken(attempts: readonly HeldAttempt[]): void;
  onMessage(attempt: HeldAttempt, message: AttemptMessage, body: string): void;
  /** No thread has these attempts, and none will. */
  onWithdrawn(attempts: readonly HeldAttempt[]): void;
  /** Lines of an attempt that ended before, JSON text of `LogLine[]`; without `owner` so long ago that its run is not known. */
  onLateLogs(attemptId: string, owner: LogOwner | undefined, body: string): void;
  /** A host is gone. */
  onLost(end: HostEnd, lost: LostHost): void;
}

/** What was in a host that is gone. */
export interface LostHost {
  readonly isSolo: boolean;
  /** Those that threads executed, and those that will start in another host. */
  readonly attempts: readonly HeldAttempt[];
  /** Those that threads executed. */
  readonly inFlight: readonly InFlight[];
}
