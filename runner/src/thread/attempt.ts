import { cutText, encodeOutput, OutputError } from "@baton/sdk/lifecycle";
import type { AttemptRuntime } from "@baton/sdk/runtime";
import { type AttemptEnd, internalFailure } from "../outcome.ts";
import { makeContext } from "./context.ts";
import { type FailureCircumstances, failureOf, uncaughtFailureOf } from "./failure.ts";
import { LogBuffer } from "./log-buffer.ts";
import type { LoadedTask } from "./task-loader.ts";
import type { AttemptDetails, LogBatchState, LogLevel, LogLine } from "./thread-protocol.ts";

const levelRank = { none: 0, error: 1, warn: 2, info: 3, log: 3, debug: 4 } as const;

/** What an attempt needs of its thread. */
export interface AttemptHost {
  call(attemptId: string, method: string, request: object): Promise<unknown>;
  sendLogs(attemptId: string, lines: readonly LogLine[], state: LogBatchState): void;
  /** Told once, when the attempt ended. An unclean thread must not be used again. */
  ended(attempt: Attempt, end: AttemptEnd, isClean: boolean): void;
}

/**
 * One attempt in a worker thread: waiting to be loaded, running, ended. The first end counts; what comes later changes
 * nothing.
 */
export class Attempt {
  readonly details: AttemptDetails;
  /** What the SDK sees; there from {@link run} on. */
  runtime: AttemptRuntime | undefined;
  readonly #startedAt: number;
  readonly #payloadText: string;
  readonly #host: AttemptHost;
  /** Why the signal is aborted; undefined while it is not. */
  #abortReason: unknown;
  #task: LoadedTask | undefined;
  #logs: LogBuffer | undefined;
  #controller: AbortController | undefined;
  #activeSince: number | undefined;
  #isEnded = false;

  constructor(details: AttemptDetails, payloadText: string, startedAt: number, host: AttemptHost) {
    this.details = details;
    this.#payloadText = payloadText;
    this.#startedAt = startedAt;
    this.#host = host;
  }

  /** Did it end? */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Active time so far, in milliseconds. */
  get activeMs(): number {
    if (this.#activeSince === undefined) return 0;
    return Math.round((performance.now() - this.#activeSince) * 1000) / 1000;
  }

  /** The loaded task; undefined before. */
  get task(): LoadedTask | undefined {
    return this.#task;
  }

  /** Executes the task. Must be called within the attempt's async context. */
  async run(task: LoadedTask): Promise<void> {
    this.#task = task;
    this.#activeSince = performance.now();
    let payload: unknown;
    try {
      payload = this.#payloadText === "" ? undefined : JSON.parse(this.#payloadText);
    } catch (error) {
      const message = `The payload is not JSON. ${String((error as Error).message)}`;
      this.end(internalFailure("TASK_INPUT_ERROR", message, { type: "final", status: "failed" }), true);
      return;
    }
    const runtime = this.#makeRuntime(task);
    this.runtime = runtime;
    try {
      // Read only by tasks that look.
      const params = {
        get ctx() {
          return runtime.ctx;
        },
        get signal() {
          return runtime.signal;
        },
        init: {},
      };
      this.#succeed(await task.run(payload, params));
    } catch (error) {
      this.end(failureOf(error, this.#circumstances()), true);
    }
  }

  /** An exception that nobody caught belongs to this attempt. */
  failUncaught(thrown: unknown): void {
    this.end(uncaughtFailureOf(thrown, this.#circumstances()), false);
  }

  /** Ends the attempt, once. */
  end(end: AttemptEnd, isClean: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#logs?.end();
    this.#host.ended(this, end, isClean);
  }

  /** Aborts the signal. `reason` is a string that names the cancel, or a `TaskRunExceededMaxDuration`. */
  abort(reason: unknown): void {
    this.#abortReason ??= reason;
    this.#controller?.abort(reason);
  }

  /** Stores one line, whatever its level. */
  log(line: LogLine): void {
    if (this.#isEnded) return;
    const { attemptId } = this.details;
    this.#logs ??= new LogBuffer((lines, state) => this.#host.sendLogs(attemptId, lines, state));
    this.#logs.add(line);
  }

  /** Sends the lines that wait for the end of the turn. */
  flushLogs(): void {
    this.#logs?.flush();
  }

  #succeed(value: unknown): void {
    try {
      const { json, lostNumberPath } = encodeOutput(value);
      if (lostNumberPath !== undefined) {
        const message = `The output holds NaN or an infinity at ${lostNumberPath}; it is stored as null.`;
        this.log({ time: Date.now(), level: "warn", message });
      }
      this.end({ type: "succeeded", output: json }, true);
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      this.end(
        internalFailure("TASK_OUTPUT_ERROR", cutText(error.message, 4096), { type: "final", status: "failed" }),
        true,
      );
    }
  }

  #makeRuntime(task: LoadedTask): AttemptRuntime {
    const threshold = levelRank[task.version.config.logLevel];
    const { attemptId } = this.details;
    let ctx: Readonly<Record<string, unknown>> | undefined;
    const readCtx = () => {
      ctx ??= makeContext(this.details, task.version, task.built, this.#startedAt);
      return ctx;
    };
    const readSignal = () => this.#signal();
    return {
      get ctx() {
        return readCtx();
      },
      get signal() {
        return readSignal();
      },
      call: (method, request) => this.#host.call(attemptId, method, request),
      log: (level: LogLevel, message, properties) => {
        if (levelRank[level] <= threshold) this.log({ time: Date.now(), level, message, properties });
      },
    };
  }

  /** Made when it is first asked for: most tasks never look. */
  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  #circumstances(): FailureCircumstances {
    const { attemptNumber, maxAttempts, retry } = this.details;
    const version = this.#task?.version;
    return {
      attemptNumber,
      maxAttempts,
      retry: retry ?? this.#task?.built.definition.retry ?? noRetry,
      areRetriesEnabled: version?.environment !== "DEVELOPMENT" || version.config.retriesEnabledInDev,
      random: Math.random,
    };
  }
}

/** Of an attempt that failed before its task was known. */
const noRetry = { maxAttempts: 1, factor: 1, minTimeoutMs: 0, maxTimeoutMs: 0, randomize: false };
