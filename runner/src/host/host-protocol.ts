import type { AttemptUsage } from "@baton/proto/contract/outcome";
import type { Capacity, Occupancy } from "../capacity.ts";
import type { LogBatchState } from "../thread/thread-protocol.ts";

/**
 * A message of the runner process to its host, the header of one frame. The frame's body is empty unless the comment
 * says otherwise.
 */
export type ToHost =
  /** The first message. Every frame from the host must carry this key. */
  | { readonly type: "open"; readonly frameKey: number }
  | { readonly type: "configure"; readonly capacity: Capacity; readonly stallTimeoutMs?: number | undefined }
  /** The capacity that attempts in the runner's other hosts use. */
  | { readonly type: "occupiedElsewhere"; readonly occupancy: Occupancy }
  /** Body: JSON of a `ThreadVersion`. Sent before the first attempt of that version. */
  | { readonly type: "version"; readonly version: string; readonly maxAttemptsPerThread: number }
  /** No further attempt of this version follows; threads that loaded it are replaced. */
  | { readonly type: "forgetVersion"; readonly version: string }
  /** Body: the attempt, in the form of `thread/attempt-text.ts`. */
  | {
      readonly type: "execute";
      readonly attemptId: string;
      readonly taskId: string;
      readonly version: string;
      readonly machine: string;
    }
  /** Withdraws attempts that no thread has; with `isPatient`, only those for which no thread is starting. */
  | { readonly type: "withdraw"; readonly attemptIds: readonly string[]; readonly isPatient: boolean }
  /** Aborts the attempt's signal. */
  | { readonly type: "cancel"; readonly attemptId: string; readonly reason: string }
  /** Aborts the attempt's signal, because the attempt exceeded its `maxDuration`. */
  | { readonly type: "timeUp"; readonly attemptId: string; readonly limitMs: number; readonly usedMs: number }
  /** Terminates the attempt's thread. */
  | { readonly type: "terminate"; readonly attemptId: string }
  /** Body: JSON of the response or of the error. */
  | { readonly type: "callResult"; readonly attemptId: string; readonly callId: number; readonly isError: boolean }
  /** `frames`: number of frames sent to the host so far, this one included. */
  | { readonly type: "ping"; readonly frames: number };

/** A message of the host to the runner process. */
export type FromHost =
  | { readonly type: "ready" }
  /** `isWhole`: whether every frame sent to the host has arrived. */
  | { readonly type: "pong"; readonly isWhole: boolean }
  /**
   * Written before the threads get the attempts, so that the runner never believes a running attempt to be unstarted.
   * `following`: attempts that a thread may begin after others, without a further message before their end. One that
   * takes longer is named again in `attempts`.
   */
  | {
      readonly type: "taken";
      readonly attempts: readonly TakenAttempt[];
      readonly following?: readonly TakenAttempt[] | undefined;
    }
  /** Following attempts that their thread has not begun. They wait for any thread again. */
  | { readonly type: "takenBack"; readonly attemptIds: readonly string[] }
  /** The thread imports the task's file; active time has not begun. */
  | { readonly type: "loading"; readonly attemptId: string }
  /** The attempt's active time begins. Sent only when the task had to be loaded or `maxDuration` is set. */
  | { readonly type: "active"; readonly attemptId: string }
  /** The attempt was asked to stop and has `onCancel` hooks. */
  | { readonly type: "canceling"; readonly attemptId: string }
  /** Native code keeps a terminated thread alive. `attemptId`: the attempt that has not ended because of that. */
  | { readonly type: "stuck"; readonly attemptId?: string | undefined }
  /** After `stuck`: file operations of the process get no answer any more. */
  | { readonly type: "clogged" }
  /** The process is worn, and another should replace it. `reason`: part of a sentence. */
  | { readonly type: "worn"; readonly reason: string }
  /** Body: the end, in the form of `thread/attempt-text.ts`. */
  | { readonly type: "ended"; readonly attemptId: string; readonly usage?: AttemptUsage | undefined }
  /** The attempt's thread was silent for longer than `stallTimeoutMs`. */
  | { readonly type: "stalled"; readonly attemptId: string }
  /** The attempt's thread exited without reporting an end. */
  | {
      readonly type: "exited";
      readonly attemptId: string;
      /**
       * `suspectMemory`: terminated because the process was too large and the thread could not be measured. `blocked`:
       * the attempt never began, or code of an earlier attempt kept its thread.
       */
      readonly cause: "terminated" | "outOfMemory" | "suspectMemory" | "blocked" | "exited";
      readonly message: string;
      /** The signal that the attempt sent to its own process. */
      readonly signal?: string | undefined;
      readonly usage?: AttemptUsage | undefined;
    }
  /** No thread has these attempts, and none will get them. */
  | { readonly type: "withdrawn"; readonly attemptIds: readonly string[] }
  /** Body: JSON of `LogLine[]`. */
  | { readonly type: "logs"; readonly attemptId: string; readonly state: LogBatchState }
  /** Late lines. Body: JSON of `LogLine[]`. */
  | { readonly type: "lateLogs"; readonly attemptId: string }
  /** Body: JSON of the request. */
  | { readonly type: "call"; readonly attemptId: string; readonly callId: number; readonly method: string };

/** An attempt that a thread got, with its start, at the earliest, and the thread's number in its process. */
export type TakenAttempt = readonly [attemptId: string, startedAt: number, threadId: number];

/** The file descriptor of the pipe in the host. */
export const hostPipeFd = 3;

/** The key of frames to a host. It need not be secret, because code in the host cannot write such frames. */
export const toHostKey = 0x6261746e;
