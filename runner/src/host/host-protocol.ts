import type { AttemptUsage } from "@baton/proto/contract/outcome";
import type { Capacity, Occupancy } from "../capacity.ts";
import type { LogBatchState } from "../thread/thread-protocol.ts";

/**
 * What the runner process tells its host. Each travels as the header of one frame; the comment says what its body is,
 * empty where there is none.
 */
export type ToHost =
  /** The first of all: the key that every frame of the host must carry. */
  | { readonly type: "open"; readonly frameKey: number }
  | { readonly type: "configure"; readonly capacity: Capacity; readonly stallTimeoutMs?: number | undefined }
  /** So much of the capacity is taken by attempts in the runner's other hosts. */
  | { readonly type: "occupiedElsewhere"; readonly occupancy: Occupancy }
  /** Body: JSON of a `ThreadVersion`. Comes before the first attempt of that version. */
  | { readonly type: "version"; readonly version: string; readonly maxAttemptsPerThread: number }
  /** No further attempt of this version comes; threads that loaded it are replaced. */
  | { readonly type: "forgetVersion"; readonly version: string }
  /** Body: the attempt, in the form of `thread/attempt-text.ts`. */
  | { readonly type: "execute"; readonly attemptId: string; readonly version: string; readonly machine: string }
  /** Give back those of these that no thread took; with `isPatient`, but for those whose thread is starting. */
  | { readonly type: "withdraw"; readonly attemptIds: readonly string[]; readonly isPatient: boolean }
  /** Abort the attempt's signal. */
  | { readonly type: "cancel"; readonly attemptId: string; readonly reason: string }
  /** Abort the attempt's signal, because its time is up. */
  | { readonly type: "timeUp"; readonly attemptId: string; readonly limitMs: number; readonly usedMs: number }
  /** End the attempt's thread now. */
  | { readonly type: "terminate"; readonly attemptId: string }
  /** Body: JSON of the response, or of the error. */
  | { readonly type: "callResult"; readonly attemptId: string; readonly callId: number; readonly isError: boolean }
  /** `frames`: how many the host was sent, this one included. */
  | { readonly type: "ping"; readonly frames: number };

/** What the host tells the runner process. */
export type FromHost =
  | { readonly type: "ready" }
  /** `isWhole`: every frame that it was sent has arrived. */
  | { readonly type: "pong"; readonly isWhole: boolean }
  /** Written before the threads are told, so that no attempt runs that the runner takes for unstarted. */
  | { readonly type: "taken"; readonly attempts: readonly TakenAttempt[] }
  /** The thread imports the task's file; its time does not count yet. */
  | { readonly type: "loading"; readonly attemptId: string }
  /** The attempt's active time begins. Told when the task had to be loaded and when a maximum duration is set. */
  | { readonly type: "active"; readonly attemptId: string }
  /** The attempt was asked to stop and has `onCancel` hooks. */
  | { readonly type: "canceling"; readonly attemptId: string }
  /** A thread that was told to end lives on: native code holds it. `attemptId`: the attempt that it has not ended. */
  | { readonly type: "stuck"; readonly attemptId?: string | undefined }
  /** After `stuck`: the threads that the process has for files answer nobody any more. */
  | { readonly type: "clogged" }
  /** The process is not what it was any more, and another should take its place. `reason`: a sentence's part. */
  | { readonly type: "worn"; readonly reason: string }
  /** Body: the end, in the form of `thread/attempt-text.ts`. */
  | { readonly type: "ended"; readonly attemptId: string; readonly usage?: AttemptUsage | undefined }
  /** The attempt's thread was silent for longer than `stallTimeoutMs`. */
  | { readonly type: "stalled"; readonly attemptId: string }
  /** The attempt's thread is gone and had said no end. */
  | {
      readonly type: "exited";
      readonly attemptId: string;
      /**
       * `suspectMemory`: ended because its process is too large and its thread could not be measured. `blocked`: code of an
       * earlier attempt kept its thread, and it never began.
       */
      readonly cause: "terminated" | "outOfMemory" | "suspectMemory" | "blocked" | "exited";
      readonly message: string;
      /** The signal that the attempt sent to its own process. */
      readonly signal?: string | undefined;
      readonly usage?: AttemptUsage | undefined;
    }
  /** No thread took them, and none will. */
  | { readonly type: "withdrawn"; readonly attemptIds: readonly string[] }
  /** Body: JSON of `LogLine[]`. */
  | { readonly type: "logs"; readonly attemptId: string; readonly state: LogBatchState }
  /** Lines of an attempt whose end was told before. Body: JSON of `LogLine[]`. */
  | { readonly type: "lateLogs"; readonly attemptId: string }
  /** Body: JSON of the request. */
  | { readonly type: "call"; readonly attemptId: string; readonly callId: number; readonly method: string };

/** An attempt that a thread took, and the number of that thread in its process. */
export type TakenAttempt = readonly [attemptId: string, startedAt: number, threadId: number];

/** The file descriptor of the pipe in the host. */
export const hostPipeFd = 3;

/** The key of frames to a host. No code in the host can write them, so it need not be secret. */
export const toHostKey = 0x6261746e;
