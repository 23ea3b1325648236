import { registeredHooks } from "../attempt/hook-registry.ts";
import { type TaskRecord, taskKey } from "../attempt/runtime.ts";
import { maxAttemptsPerRun } from "../contract/limits.ts";
import { defaultMachine } from "../contract/machine.ts";
import { type RetryPolicy, retryDelayMs } from "../contract/retry.ts";
import type { ErrorDetails, TaskError } from "../contract/task-error.ts";
import type { BatonConfig } from "../define/define-config.ts";
import type { AnyTask, TaskOutput, TaskPayload } from "../define/task.ts";
import { timeout } from "../define/timeout.ts";
import { HookTable, readHooks, withRegistered } from "../lifecycle/hook-table.ts";
import { parseRetryOptions } from "../lifecycle/retry.ts";
import { newRunId } from "../runs/run-id.ts";
import type { RunError } from "../runs/run-object.ts";
import { decodeValue } from "../values/decode-value.ts";
import { type EncodedValue, encodeValue } from "../values/encode-value.ts";
import type { Stored } from "../values/stored.ts";
import { type AttemptOutcome, cancelReason, executeAttempt } from "./execute-attempt.ts";
import type { TestClock } from "./test-clock.ts";
import type { LogLine } from "./test-log.ts";

/** Answers the calls of a task under test in place of a coordinator. */
export type TestCall = (method: string, request: object) => unknown;

/** Options of `runTask`. */
export interface RunTaskOptions {
  /** Attempts in total, as a trigger would set it. @defaultValue the task's */
  readonly maxAttempts?: number;
  /** The name of a machine preset, as a trigger would set it. @defaultValue the task's */
  readonly machine?: string;
  /** Tags as a trigger would set them, in `ctx.run.tags`. @defaultValue none */
  readonly tags?: readonly string[];
  /** The id of the run, in `ctx.run.id`. @defaultValue a new id */
  readonly runId?: string;
  /** The type of `ctx.environment`. @defaultValue "PRODUCTION" */
  readonly environment?: "PRODUCTION" | "DEVELOPMENT";
  /** A configuration whose hooks and defaults apply: the default export of `baton.config.ts`. @defaultValue none */
  readonly config?: BatonConfig;
  /** The clock of delays and limits. @defaultValue delays between attempts take no time, limits are real */
  readonly clock?: TestClock;
  /** Returns a random number in [0, 1), for delays with `randomize`. @defaultValue Math.random */
  readonly random?: () => number;
  /**
   * Cancels the run when it is aborted; a reason that is a string is the reason of the cancellation. A task that does not
   * settle then is left after the grace of a runner: 5 s, or 30 s with `onCancel`, by `clock` or else in real time.
   */
  readonly cancel?: AbortSignal;
  /**
   * Answers the task's calls to a coordinator: the `call` of `createTestTriggers()`, or a function of your own, which gets the
   * method of `baton.v1.RunService` and its request as a plain object.
   * @defaultValue every call is refused with the code `CALL_IN_TEST`
   */
  readonly call?: TestCall;
}

/** One attempt of a tested run. */
export interface TestedAttempt {
  readonly number: number;
  readonly status: "COMPLETED" | "FAILED" | "CANCELED";
  readonly error?: RunError;
  /** Milliseconds before the next attempt; absent after the last one. */
  readonly retryDelayInMs?: number;
}

/** How a tested run ended. */
export interface TestedRun<TOutput> {
  readonly status: "COMPLETED" | "FAILED" | "CRASHED" | "TIMED_OUT" | "CANCELED";
  /** A copy of the output, as a caller would get it. */
  readonly output?: TOutput;
  readonly error?: RunError;
  readonly attempts: readonly TestedAttempt[];
  /** The lines of `logger` and the life cycle, in order. */
  readonly logs: readonly LogLine[];
}

/**
 * Executes a task in this process as a runner would: with its schema, its hooks and the global ones, its retries, and its
 * output as it is stored. It needs no coordinator. It has no separate process: uncaught errors reach your test runner,
 * memory has no limit, and code that blocks the thread blocks the test.
 *
 * @throws UnstorableValueError when the payload cannot be stored; TypeError when `task` is not a task
 * @example
 * const run = await runTask(greet, { name: "Ada" });
 * assert.deepEqual(run.output, { message: "Hello, Ada." });
 */
export async function runTask<T extends AnyTask>(
  task: T,
  payload: TaskPayload<T>,
  options: RunTaskOptions = {},
): Promise<TestedRun<Stored<TaskOutput<T>>>> {
  const record = (task as { readonly [taskKey]?: TaskRecord })[taskKey];
  if (record === undefined) throw new TypeError("runTask() expected what task() or schemaTask() returned.");
  return new TaskTest<Stored<TaskOutput<T>>>(record, encodeValue(payload, "payload"), options).run();
}

/** How a run ended, without attempts and lines. */
type Ended<TOutput> = Omit<TestedRun<TOutput>, "attempts" | "logs">;

class TaskTest<TOutput> {
  readonly #record: TaskRecord;
  readonly #payload: EncodedValue;
  readonly #options: RunTaskOptions;
  readonly #policy: RetryPolicy;
  readonly #hooks: HookTable;
  readonly #attempts: TestedAttempt[] = [];
  readonly #logs: LogLine[] = [];
  #machine: string;

  constructor(record: TaskRecord, payload: EncodedValue, options: RunTaskOptions) {
    this.#record = record;
    this.#payload = payload;
    this.#options = options;
    const config: BatonConfig = options.config ?? {};
    this.#policy = parseRetryOptions((record.options.retry as object | undefined) ?? config.retries?.default ?? {});
    const hookParams = config.hookParams ?? "positional";
    const globals = registeredHooks().reduce(withRegistered, readHooks({ ...config }, hookParams));
    this.#hooks = new HookTable(globals, readHooks(record.options, hookParams));
    this.#machine = options.machine ?? presetOf(record.options.machine) ?? presetOf(config.machine) ?? defaultMachine;
  }

  async run(): Promise<TestedRun<TOutput>> {
    const runId = this.#options.runId ?? newRunId();
    const runStartedAt = this.#now();
    let earlierMs = 0;
    for (let number = 1; ; number += 1) {
      if (this.#options.cancel?.aborted) return this.#canceled();
      const outcome = await this.#attempt(number, { runId, runStartedAt, earlierMs });
      earlierMs += outcome.activeMs;
      const ended = this.#conclude(number, outcome);
      if (ended !== undefined) return this.#result(ended);
      await this.#wait(this.#attempts.at(-1)?.retryDelayInMs ?? 0);
    }
  }

  #result(ended: Ended<TOutput>): TestedRun<TOutput> {
    return { ...ended, attempts: this.#attempts, logs: this.#logs };
  }

  /** Returns the result of a run that was canceled while no attempt executed. */
  #canceled(): TestedRun<TOutput> {
    return this.#result({ status: "CANCELED", error: { message: cancelReason(this.#options.cancel) } });
  }

  #attempt(
    number: number,
    run: { readonly runId: string; readonly runStartedAt: number; readonly earlierMs: number },
  ): Promise<AttemptOutcome> {
    const {
      config = {},
      environment = "PRODUCTION",
      random = Math.random,
      cancel,
      call,
      clock,
      tags = [],
    } = this.#options;
    const maxDuration = (this.#record.options.maxDuration as number | undefined) ?? config.maxDuration;
    return executeAttempt({
      record: this.#record,
      hooks: this.#hooks,
      payload: this.#payload,
      context: {
        taskId: this.#record.id,
        attemptNumber: number,
        startedAt: this.#now(),
        maxAttempts: this.#maxAttempts,
        maxDuration: maxDuration === timeout.None ? undefined : maxDuration,
        machine: this.#machine,
        environment,
        tags,
        ...run,
      },
      circumstances: {
        attemptNumber: number,
        maxAttempts: this.#maxAttempts,
        retry: this.#policy,
        areRetriesEnabled: environment === "PRODUCTION" || config.retries?.enabledInDev !== false,
        random,
      },
      logLevel: config.logLevel ?? "info",
      logs: this.#logs,
      cancel,
      call,
      clock,
    });
  }

  /** Records an attempt. Returns the end of the run; undefined when another attempt follows. */
  #conclude(number: number, { end }: AttemptOutcome): Ended<TOutput> | undefined {
    if (end.type === "succeeded") {
      this.#attempts.push({ number, status: "COMPLETED" });
      return {
        status: "COMPLETED",
        ...(end.output !== undefined && { output: decodeValue(end.output, end.outputTypes) as TOutput }),
      };
    }
    if (end.type === "canceled") {
      const error = { message: end.reason };
      this.#attempts.push({ number, status: "CANCELED", error });
      return { status: "CANCELED", error };
    }
    const error = toRunError(end.error);
    const retryDelayInMs = this.#delayAfter(number, end);
    if (retryDelayInMs !== undefined && number < maxAttemptsPerRun) {
      this.#attempts.push({ number, status: "FAILED", error, retryDelayInMs });
      return undefined;
    }
    this.#attempts.push({ number, status: "FAILED", error });
    if (retryDelayInMs !== undefined) {
      const message = `The run has had ${maxAttemptsPerRun} attempts, which is the most that a run may have.`;
      return { status: "CRASHED", error: { name: "TASK_RUN_CRASHED", message } };
    }
    return { status: end.decision.type === "retry" ? "FAILED" : finalStatuses[end.decision.status], error };
  }

  /** Returns the delay before the next attempt; undefined when none follows. */
  #delayAfter(number: number, { decision }: Extract<AttemptOutcome["end"], { type: "failed" }>): number | undefined {
    if (decision.type === "final") return undefined;
    if (decision.type === "retry") return decision.delayMs;
    // The coordinator's decision after an attempt that ran out of memory (docs/tasks.md 6.4).
    const larger = this.#policy.outOfMemoryMachine;
    if (larger === undefined || larger === this.#machine) return undefined;
    this.#machine = larger;
    return retryDelayMs(this.#policy, number, this.#maxAttempts, (this.#options.random ?? Math.random)());
  }

  get #maxAttempts(): number {
    return Math.max(1, this.#options.maxAttempts ?? this.#policy.maxAttempts);
  }

  #now(): number {
    return this.#options.clock?.now() ?? Date.now();
  }

  /** Waits for the next attempt, or for a cancel. */
  #wait(delayMs: number): Promise<void> {
    const { cancel, clock } = this.#options;
    if (clock === undefined || cancel?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const stopTimer = clock.startTimer(delayMs, () => {
        cancel?.removeEventListener("abort", onCancel);
        resolve();
      });
      const onCancel = (): void => {
        stopTimer();
        resolve();
      };
      cancel?.addEventListener("abort", onCancel, { once: true });
    });
  }
}

const finalStatuses = {
  failed: "FAILED",
  crashed: "CRASHED",
  systemFailure: "CRASHED",
  timedOut: "TIMED_OUT",
} as const;

function presetOf(machine: unknown): string | undefined {
  if (typeof machine === "string") return machine;
  const { preset } = (machine ?? {}) as { readonly preset?: unknown };
  return typeof preset === "string" ? preset : undefined;
}

function toRunError(error: TaskError): RunError {
  switch (error.type) {
    case "builtIn":
      return { name: error.name, message: error.message, stackTrace: error.stackTrace, ...toRunErrorDetails(error) };
    case "internal": {
      const { code, message = "", stackTrace } = error;
      return { name: code, message, ...(stackTrace !== undefined && { stackTrace }), ...toRunErrorDetails(error) };
    }
    default:
      return { message: error.raw };
  }
}

function toRunErrorDetails({
  cause,
  errors,
  properties,
}: ErrorDetails): Pick<RunError, "cause" | "errors" | "properties"> {
  return {
    ...(cause !== undefined && { cause: toRunError(cause) }),
    ...(errors !== undefined && { errors: errors.map(toRunError) }),
    ...(properties !== undefined && { properties: JSON.parse(properties) as Record<string, unknown> }),
  };
}
