import type { HeldAttempt } from "../attempts/held-attempt.ts";
import type { LogOwner } from "../coordinator/log-shipper.ts";
import type { FromHost } from "../host/host-protocol.ts";
import type { HostEnd, InFlight } from "./blame.ts";

/** Executes the attempts of a runner in host processes. */
export interface Hosts {
  /** The process id of the host for ordinary attempts. */
  readonly pid: number | undefined;
  /** Gives an attempt to a host. With `isSolo`, the attempt waits for its turn to be executed alone. */
  execute(attempt: HeldAttempt, isSolo: boolean): void;
  /** Asks an attempt to stop; withdraws it when it waits. */
  cancel(attempt: HeldAttempt, reason: string): void;
  /** Tells an attempt that it exceeded its `maxDuration`. */
  timeUp(attempt: HeldAttempt, limitMs: number, usedMs: number): void;
  /** Terminates an attempt's thread; withdraws the attempt when it waits. */
  terminate(attempt: HeldAttempt): void;
  /** Passes the answer to a call to its attempt. `body`: JSON of the response or of the error. */
  answerCall(attempt: HeldAttempt, callId: number, isError: boolean, body: string): void;
  /** Withdraws those of the attempts that no thread has begun; with `isPatient`, except those whose thread is starting. */
  withdraw(attempts: readonly HeldAttempt[], isPatient: boolean): void;
  /** Sets the environment of attempts that start from now on. Running attempts end in their host. */
  setEnvironment(env: Readonly<Record<string, string>>): void;
  /** Sends a version to every host. */
  tellVersion(version: string): void;
  /** Removes a version that gets no more attempts. */
  forgetVersion(version: string): void;
  /** Ends every host. */
  stop(): void;
}

/** A message of a host about one attempt that a thread has. */
export type AttemptMessage = Extract<
  FromHost,
  { type: "loading" | "active" | "stalled" | "canceling" | "ended" | "exited" | "logs" | "call" }
>;

/** Receives the events of all hosts. */
export interface HostsListener {
  /** Threads have these attempts. */
  onTaken(attempts: readonly HeldAttempt[]): void;
  onMessage(attempt: HeldAttempt, message: AttemptMessage, body: string): void;
  /** No thread has these attempts, and none will get them. */
  onWithdrawn(attempts: readonly HeldAttempt[]): void;
  /**
   * Late lines arrived, JSON text of `LogLine[]`. `owner` is undefined when the attempt ended so long ago that its run
   * is unknown.
   */
  onLateLogs(attemptId: string, owner: LogOwner | undefined, body: string): void;
  /** A host is gone. */
  onLost(end: HostEnd, lost: LostHost): void;
}

/** The contents of a host that is gone. */
export interface LostHost {
  readonly isSolo: boolean;
  /** All attempts of the host: those that threads executed, and those that will start in another host. */
  readonly attempts: readonly HeldAttempt[];
  /** Attempts that threads executed. */
  readonly inFlight: readonly InFlight[];
}
