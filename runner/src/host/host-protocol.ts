import type { Capacity } from "../capacity.ts";
import type { LogBatchState } from "../thread/thread-protocol.ts";

/**
 * What the runner process tells its host. Each travels as the header of one frame; the comment says what its body is,
 * empty where there is none.
 */
export type ToHost =
  | { readonly type: "configure"; readonly capacity: Capacity }
  /** Body: JSON of a `ThreadVersion`. Comes before the first attempt of that version. */
  | { readonly type: "version"; readonly version: string; readonly maxAttemptsPerThread: number }
  /** No further attempt of this version comes; threads that loaded it are replaced. */
  | { readonly type: "forgetVersion"; readonly version: string }
  /** Body: JSON of `AttemptDetails`, a line feed, the payload. */
  | { readonly type: "execute"; readonly attemptId: string; readonly version: string; readonly machine: string }
  /** Give back those of these that no thread took; with `isPatient`, but for those whose thread is starting. */
  | { readonly type: "withdraw"; readonly attemptIds: readonly string[]; readonly isPatient: boolean }
  /** Abort the attempt's signal. */
  | { readonly type: "cancel"; readonly attemptId: string; readonly reason: string }
  /** End the attempt's thread now. */
  | { readonly type: "terminate"; readonly attemptId: string }
  /** Body: JSON of the response, or of the error. */
  | { readonly type: "callResult"; readonly attemptId: string; readonly callId: number; readonly isError: boolean }
  | { readonly type: "ping" };

/** What the host tells the runner process. */
export type FromHost =
  | { readonly type: "ready" }
  | { readonly type: "pong" }
  /** Written before the threads are told, so that no attempt runs that the runner takes for unstarted. */
  | { readonly type: "taken"; readonly attempts: readonly (readonly [attemptId: string, startedAt: number])[] }
  /** The thread imports the task's file; its time does not count yet. */
  | { readonly type: "loading"; readonly attemptId: string }
  /** The attempt's active time begins. Told when the task had to be loaded and when a maximum duration is set. */
  | { readonly type: "active"; readonly attemptId: string }
  /** The attempt was asked to stop and has `onCancel` hooks. */
  | { readonly type: "canceling"; readonly attemptId: string }
  /** Body: JSON of `ThreadEnd`, a line feed, the output. */
  | { readonly type: "ended"; readonly attemptId: string }
  /** The attempt's thread is gone and had said no end. */
  | {
      readonly type: "exited";
      readonly attemptId: string;
      readonly cause: "terminated" | "outOfMemory" | "exited";
      readonly message: string;
      /** The signal that the attempt sent to its own process. */
      readonly signal?: string | undefined;
    }
  /** No thread took them, and none will. */
  | { readonly type: "withdrawn"; readonly attemptIds: readonly string[] }
  /** Body: JSON of `LogLine[]`. */
  | { readonly type: "logs"; readonly attemptId: string; readonly state: LogBatchState }
  /** Body: JSON of the request. */
  | { readonly type: "call"; readonly attemptId: string; readonly callId: number; readonly method: string };

/** The file descriptor of the pipe in the host. */
export const hostPipeFd = 3;
