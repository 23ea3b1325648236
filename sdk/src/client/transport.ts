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

/** The unary calls that the SDK makes, by their names in the protocol. */
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

/** The name of such a call. */
export type RunMethod = keyof RunCalls;

/** Reaches the coordinator: through gRPC, or inside a task through the runner. */
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

/** Receives the messages of a watch stream. No call follows `onEnd`. */
export interface WatchListener {
  onMessage(message: WatchRunsResponse__Output): void;
  /** Reports the end of the stream; without an error when the coordinator ended it in order. */
  onEnd(error: ApiError | undefined): void;
}

/** One open `WatchRuns` call. */
export interface WatchStream {
  send(request: WatchRunsRequest): void;
  close(): void;
}

/** A transport that has streams too. */
export interface StreamingTransport extends Transport {
  /** Whether the coordinator has answered a call of this process before. @defaultValue false */
  readonly hasAnswered?: boolean;
  /**
   * Reads a run's log entries, oldest first, until the coordinator or the signal ends the stream.
   * @throws ApiError
   */
  readLogs(request: ReadLogsRequest, signal?: AbortSignal): AsyncIterable<readonly LogEntry__Output[]>;
  /** Opens a watch stream; a failed connection is reported to `onEnd`. @throws ApiError when the stream cannot be made */
  openWatch(listener: WatchListener): Promise<WatchStream>;
}
