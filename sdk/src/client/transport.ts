import type {
  BatchTriggerRequest,
  BatchTriggerResponse__Output,
  CancelRunRequest,
  CancelRunResponse__Output,
  FindRunsRequest,
  FindRunsResponse__Output,
  GetRunRequest,
  GetRunResponse__Output,
  ListRunsRequest,
  ListRunsResponse__Output,
  ListTasksRequest,
  ListTasksResponse__Output,
  LogEntry__Output,
  ReadLogsRequest,
  ReplayRunRequest,
  ReplayRunResponse__Output,
  TriggerManyRequest,
  TriggerManyResponse__Output,
  TriggerRequest,
  TriggerResponse__Output,
  WatchRunsRequest,
  WatchRunsResponse__Output,
} from "@baton/proto";
import type { ApiError } from "./errors.ts";

/** The unary calls that the SDK makes, by their names in the protocol: those of `RunService`, and `ListTasks`. */
export interface RunCalls {
  readonly Trigger: { readonly request: TriggerRequest; readonly response: TriggerResponse__Output };
  readonly TriggerMany: { readonly request: TriggerManyRequest; readonly response: TriggerManyResponse__Output };
  readonly BatchTrigger: { readonly request: BatchTriggerRequest; readonly response: BatchTriggerResponse__Output };
  readonly GetRun: { readonly request: GetRunRequest; readonly response: GetRunResponse__Output };
  readonly ListRuns: { readonly request: ListRunsRequest; readonly response: ListRunsResponse__Output };
  readonly FindRuns: { readonly request: FindRunsRequest; readonly response: FindRunsResponse__Output };
  readonly CancelRun: { readonly request: CancelRunRequest; readonly response: CancelRunResponse__Output };
  readonly ReplayRun: { readonly request: ReplayRunRequest; readonly response: ReplayRunResponse__Output };
  readonly ListTasks: { readonly request: ListTasksRequest; readonly response: ListTasksResponse__Output };
}

/** A name in `RunCalls`. */
export type RunMethod = keyof RunCalls;

/** The way to the coordinator: gRPC, or inside a task the runner. */
export interface Transport {
  /**
   * Makes one call, once.
   * @throws ApiError
   */
  call<M extends RunMethod>(
    method: M,
    request: RunCalls[M]["request"],
    timeoutMs: number,
  ): Promise<RunCalls[M]["response"]>;
}

/** What a watch stream tells. After `onEnd` nothing follows. */
export interface WatchListener {
  onMessage(message: WatchRunsResponse__Output): void;
  /** The error is missing when the coordinator ended the stream in order. */
  onEnd(error: ApiError | undefined): void;
}

/** One open `WatchRuns` call. */
export interface WatchStream {
  send(request: WatchRunsRequest): void;
  close(): void;
}

/** A transport that can hold a stream open. */
export interface StreamingTransport extends Transport {
  /**
   * Reads a run's log entries, the first one first, until the coordinator or the signal ends it.
   * @throws ApiError
   */
  readLogs(request: ReadLogsRequest, signal?: AbortSignal): AsyncIterable<readonly LogEntry__Output[]>;
  /** @throws ApiError when the stream cannot be made; a failed connection comes as `onEnd` */
  openWatch(listener: WatchListener): Promise<WatchStream>;
}
