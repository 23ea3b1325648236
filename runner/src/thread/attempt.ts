import { type LogLevel, logLevelRank } from "@baton/proto/contract/log-level";
import {
  AttemptLife,
  cutText,
  type FailureCircumstances,
  type LifeEnd,
  type LifeHost,
  systemClock,
  withoutOwnFramesIn,
} from "@baton/sdk/lifecycle";
import type { AttemptRuntime, RegisteredHook } from "@baton/sdk/runtime";
import { AttemptOutput } from "./attempt-output.ts";
import type { AttemptToExecute } from "./attempt-text.ts";
import { makeContext } from "./context.ts";
import { importFailure } from "./load-failure.ts";
import { LogBuffer, type SendLines } from "./log-buffer.ts";
import type { LoadedTask } from "./task-loader.ts";
import type { AttemptDetails, LogLine } from "./thread-protocol.ts";
import type { UnsentLines } from "./unsent-lines.ts";

// Task code may replace them.
const { now } = Date;
const elapsed = performance.now.bind(performance);

/** Limits the late lines of one attempt; further ones are dropped. */
const lateLinesAtMost = 100;
const longestLateLineBytes = 4 * 1024;
const lateMarker = "… the attempt has ended; the lines below came later, from code that it left behind …";
const lateEndMarker = `… it printed ${lateLinesAtMost} lines after its end; further ones are left out …`;

/** The part of the thread that an attempt uses. */
export interface AttemptHost {
  call(attemptId: string, method: string, request: object): Promise<unknown>;
  readonly unsentLines: UnsentLines;
  sendLogs(attemptId: string, ...batch: Parameters<SendLines>): void;
  /** Sends a late line. */
  sendLateLine(attempt: Attempt, line: LogLine): void;
  /** Called when a cancellation arrives for an attempt that has `onCancel` hooks. */
  canceling(attempt: Attempt): void;
  /** Called once, when the attempt ends. A thread that is not clean must not be used again. */
  ended(attempt: Attempt, end: LifeEnd, isClean: boolean): void;
}

/**
 * One attempt in a worker thread. States: waiting for its task to load, running, ended. The first end counts; later
 * ones are ignored.
 */
export class Attempt implements LifeHost {
  readonly clock = systemClock;
  readonly details: AttemptDetails;
  /** The attempt's number in its thread, from 1. */
  readonly ordinal: number;
  /** The attempt as the SDK sees it; set by {@link run}. */
  runtime: AttemptRuntime | undefined;
  /** When the attempt started, if its host does not know; milliseconds since the epoch. */
  readonly ownStart: number | undefined;
  readonly #startedAt: number;
  readonly #payload: string;
  readonly #payloadTypes: string;
  readonly #host: AttemptHost;
  #task: LoadedTask | undefined;
  #life: AttemptLife | undefined;
  #logs: LogBuffer | undefined;
  #output: AttemptOutput | undefined;
  #lateLines = 0;
  #ctx: Readonly<Record<string, unknown>> | undefined;
  #activeSince: number | undefined;
  #isEnded = false;

  constructor({ details, payload, payloadTypes, startedAt }: AttemptToExecute, ordinal: number, host: AttemptHost) {
    this.details = details;
    this.ordinal = ordinal;
    this.#payload = payload;
    this.#payloadTypes = payloadTypes;
    this.ownStart = startedAt === undefined ? now() : undefined;
    this.#startedAt = startedAt ?? (this.ownStart as number);
    this.#host = host;
  }

  /** Whether the attempt has ended. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The task's `ctx`; created at the first read. */
  get ctx(): Readonly<Record<string, unknown>> {
    if (this.#task === undefined) throw new Error("An attempt has no ctx before its task is loaded.");
    this.#ctx ??= makeContext(this.details, this.#task.version, this.#task.built, this.#startedAt);
    return this.#ctx;
  }

  /** Active time so far, in milliseconds. */
  get activeMs(): number {
    if (this.#activeSince === undefined) return 0;
    return Math.round((elapsed() - this.#activeSince) * 1000) / 1000;
  }

  /** The attempt's task; undefined until it is loaded. */
  get task(): LoadedTask | undefined {
    return this.#task;
  }

  /** Executes the task. Must be called within the attempt's async context. */
  run(task: LoadedTask): Promise<void> {
    this.#task = task;
    this.#activeSince = elapsed();
    const life = new AttemptLife({
      task: task.record,
      hooks: task.hooks,
      payloadText: this.#payload,
      payloadTypes: this.#payloadTypes,
      maxOutputBytes: this.details.maxOutputBytes,
      circumstances: this.#circumstances(task),
      host: this,
    });
    this.#life = life;
    this.runtime = this.#makeRuntime(task, life);
    return life.run();
  }

  /** Fails the attempt with an uncaught exception of its code. */
  failUncaught(thrown: unknown): void {
    if (this.#life !== undefined) this.#life.failUncaught(thrown);
    else this.ended(importFailure("The task's file", thrown), false);
  }

  /** Ends the attempt, once. */
  ended(end: LifeEnd, isClean: boolean): void {
    if (this.#isEnded) return;
    this.#output?.end();
    this.#isEnded = true;
    this.#logs?.end();
    this.#host.ended(this, end, isClean);
  }

  /** Asks the attempt to stop because its run was canceled. */
  cancel(reason: string): void {
    if (this.#life === undefined) this.ended({ type: "canceled", reason }, false);
    else this.#life.cancel(reason);
  }

  /** Stops the attempt because it exceeded its `maxDuration`. */
  timeUp(reason: unknown): void {
    this.#life?.timeUp(reason);
  }

  /** Registers a hook that this attempt's code passed to `tasks.*`. */
  registerHook(hook: RegisteredHook): void {
    this.#life?.registerHook(hook);
  }

  canceling(): void {
    this.#host.canceling(this);
  }

  /** Stores a warning of the life itself. */
  warn(message: string): void {
    this.log({ time: now(), level: "warn", message });
  }

  /** The printed output of the attempt's code. */
  get output(): AttemptOutput {
    this.#output ??= new AttemptOutput({
      line: (level, message) => this.log({ time: now(), level, message }),
      unfinished: (lines) => {
        const time = now();
        this.#logBuffer.keepUnfinished(lines.map((line) => ({ time, ...line })));
      },
    });
    return this.#output;
  }

  /** Stores one line, whatever its level. */
  log(line: LogLine): void {
    if (this.#isEnded) this.#logLate(line);
    else this.#logBuffer.add(line);
  }

  /** Sends waiting and unfinished lines, because the thread exits. */
  flushLogs(): void {
    this.#output?.end();
    this.#logs?.flush();
  }

  get #logBuffer(): LogBuffer {
    const { unsentLines } = this.#host;
    const { attemptId } = this.details;
    this.#logs ??= new LogBuffer(this.#startedAt, unsentLines, (lines, state) =>
      this.#host.sendLogs(attemptId, lines, state),
    );
    return this.#logs;
  }

  #logLate(line: LogLine): void {
    if (this.#lateLines > lateLinesAtMost) return;
    const mark = (message: string) => this.#host.sendLateLine(this, { time: line.time, level: "warn", message });
    if (this.#lateLines === 0) mark(lateMarker);
    this.#lateLines += 1;
    if (this.#lateLines > lateLinesAtMost) mark(lateEndMarker);
    else this.#host.sendLateLine(this, { ...line, message: cutText(line.message, longestLateLineBytes) });
  }

  #makeRuntime(task: LoadedTask, life: AttemptLife): AttemptRuntime {
    const { logLevel } = task.version.config;
    const lowestRank = logLevel === "none" ? Number.POSITIVE_INFINITY : logLevelRank[logLevel];
    const { attemptId } = this.details;
    const readCtx = () => this.ctx;
    let locals: Map<string, unknown> | undefined;
    return {
      get ctx() {
        return readCtx();
      },
      get signal() {
        return life.signal;
      },
      get locals() {
        locals ??= new Map();
        return locals;
      },
      call: (method, request) => this.#host.call(attemptId, method, request),
      log: (level: LogLevel, message, properties) => {
        if (logLevelRank[level] >= lowestRank) this.log({ time: now(), level, message, properties });
      },
      waitUntil: (promise) => life.waitUntil(promise),
      callStarted: (what) => life.callStarted(what),
      activeTime: () => ({ attemptMs: this.activeMs, earlierMs: this.details.activeMs }),
      shownStack: withoutOwnFramesIn,
    };
  }

  #circumstances({ version, built }: LoadedTask): FailureCircumstances {
    const { attemptNumber, maxAttempts, retry } = this.details;
    return {
      attemptNumber,
      maxAttempts,
      retry: retry ?? built.definition.retry,
      areRetriesEnabled: version.environment !== "DEVELOPMENT" || version.config.retriesEnabledInDev,
      random: Math.random,
    };
  }
}
