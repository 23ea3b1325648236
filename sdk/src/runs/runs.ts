import { keepOpen } from "../attempt/open-call.ts";
import { callRun } from "../client/client.ts";
import { apiError } from "../client/errors.ts";
import type { RequestOptions } from "../client/request-options.ts";
import { runStatusNameFromWire } from "../contract/run-status.ts";
import type { AnyTask, TaskOutput, TaskPayload } from "../define/task.ts";
import type { Stored } from "../values/stored.ts";
import { refuseBrokenText } from "../values/well-formed.ts";
import { newRunId } from "./run-id.ts";
import { type ListRunsParams, listRuns, type RunPage } from "./run-list.ts";
import { type LogsOptions, type RunLogEntry, readRunLogs } from "./run-logs.ts";
import { type FinalRun, type RetrievedRun, toRetrievedRun } from "./run-object.ts";
import { type PollOptions, pollRun } from "./run-poll.ts";
import type { RunStatus } from "./run-status.ts";
import { type SubscribeOptions, subscribeToRun } from "./run-subscription.ts";
import type { RunHandle } from "./trigger.ts";

/** A run's id, or its handle, which has the types of payload and output. */
export type RunReference<TPayload = unknown, TOutput = unknown> = string | RunHandle<string, TPayload, TOutput>;

/** A type that has the types of payload and output: `typeof myTask`, or a run handle. */
type Typed = AnyTask | RunHandle;

/** `T` if it is a handle, so that a call infers `T` from its argument. */
type HandleOf<T> = T extends RunHandle ? T : never;

/** The type of the run that a reference of type `T` names. */
export type RunOf<T> = T extends AnyTask ? RetrievedRun<Stored<TaskPayload<T>>, Stored<TaskOutput<T>>> : RetrievedRun;
/** The type of that run once it has ended. */
export type FinalRunOf<T> = T extends AnyTask ? FinalRun<Stored<TaskPayload<T>>, Stored<TaskOutput<T>>> : FinalRun;

/** Reads, follows, cancels and replays runs. */
export const runs = {
  /**
   * Reads one run with its payload, output and attempts.
   * @throws NotFoundError with `RUN_NOT_FOUND`; ApiError
   * @example
   * const run = await runs.retrieve(handle);
   * if (run.isSuccess) console.log(run.output);
   */
  async retrieve<T extends Typed | string = string>(
    run: string | HandleOf<T>,
    options?: RequestOptions,
  ): Promise<RunOf<T>> {
    const runId = idOf(run);
    const response = await callRun("GetRun", { runId }, options);
    if (!response.run) throw apiError("RUN_NOT_FOUND", `No run has the id "${runId}".`, "runId");
    return toRetrievedRun(response.run) as RunOf<T>;
  },

  /**
   * Lists runs, newest first, without payload, output and attempts. Resolves with one page; iterating it reads every page.
   * @throws BadRequestError for a bad filter; ApiError
   */
  list(params?: ListRunsParams, options?: RequestOptions): Promise<RunPage> {
    return listRuns(params, options);
  },

  /**
   * Cancels a run and everything that it has triggered. A run that has ended stays as it is; that is no error. `status` is
   * the one that won.
   * @throws NotFoundError with `RUN_NOT_FOUND`; ApiError
   */
  async cancel(
    run: RunReference,
    options?: RequestOptions,
  ): Promise<{ readonly id: string; readonly status: RunStatus }> {
    const runId = idOf(run);
    const response = await keepOpen(`cancel of ${runId}`, () => callRun("CancelRun", { runId }, options));
    return { id: runId, status: runStatusNameFromWire(response.status) };
  },

  /**
   * Triggers a new run with the task and payload of another.
   * @throws NotFoundError with `RUN_NOT_FOUND`; ApiError
   */
  async replay(run: RunReference, options?: RequestOptions): Promise<{ readonly id: string }> {
    const runId = idOf(run);
    const response = await keepOpen(`replay of ${runId}`, () =>
      callRun("ReplayRun", { runId, newRunId: newRunId() }, options),
    );
    if (!response.run) throw apiError("INTERNAL", "The coordinator answered the replay without a run.");
    return { id: response.run.runId };
  },

  /**
   * Resolves with the run when it has ended, however long that takes.
   * @throws RunPollTimeoutError after `options.timeout`; the reason of `options.signal`; NotFoundError with
   * `RUN_NOT_FOUND`; ApiError
   * @example
   * const run = await runs.poll(handle, { timeout: "5m" });
   */
  async poll<T extends Typed | string = string>(
    run: string | HandleOf<T>,
    options: PollOptions = {},
  ): Promise<FinalRunOf<T>> {
    return toRetrievedRun(await pollRun(idOf(run), options)) as FinalRunOf<T>;
  },

  /**
   * Follows one run: yields its state now, then its latest state after changes, and ends after the final one. Reconnects by
   * itself.
   * @throws NotFoundError with `RUN_NOT_FOUND`; ApiError
   * @example
   * for await (const { status } of runs.subscribeToRun(handle)) console.log(status);
   */
  subscribeToRun<T extends Typed | string = string>(
    run: string | HandleOf<T>,
    options?: SubscribeOptions,
  ): AsyncGenerator<RunOf<T>, void, undefined> {
    return subscribeToRun(idOf(run), options) as AsyncGenerator<RunOf<T>, void, undefined>;
  },

  /**
   * Reads the lines that a run's task printed and logged, oldest first. With `follow` it goes on until the run has ended, and
   * waits up to a minute for a coordinator that is away. Not inside tasks.
   * @throws NotFoundError with `RUN_NOT_FOUND`; BadRequestError with `OPTION_NOT_SUPPORTED` inside a task; ApiError
   * @example
   * for await (const { level, message } of runs.logs(handle, { follow: true, level: "warn" })) {
   *   console.log(level, message);
   * }
   */
  logs(
    run: RunReference,
    options?: LogsOptions,
    requestOptions?: RequestOptions,
  ): AsyncGenerator<RunLogEntry, void, undefined> {
    return readRunLogs(idOf(run), options, requestOptions);
  },
};

function idOf(run: string | RunHandle): string {
  const id = typeof run === "string" ? run : run?.id;
  if (typeof id !== "string" || id === "") {
    throw apiError("OPTION_INVALID", "Expected a run id or a run handle.", "runId");
  }
  refuseBrokenText(id, "runId");
  return id;
}
