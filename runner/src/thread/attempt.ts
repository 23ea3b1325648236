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

/** Lines of code that goes on after its attempt; what comes beyond is left out. */
const lateLinesAtMost = 100;
const longestLateLineBytes = 4 * 1024;
const lateMarker = "… the attempt has ended; the lines below came later, from code that it left behind …";
const lateEndMarker = `… it printed ${lateLinesAtMost} lines after its end; further ones are left out …`;

/** What an attempt needs of its thread. */
export interface AttemptHost {
  call(attemptId: string, method: string, request: object): Promise<unknown>;
  readonly unsentLines: UnsentLines;
  sendLogs(attemptId: string, ...batch: Parameters<SendLines>): void;
  /** Sends a line of an attempt that has ended. */
  sendLateLine(attempt: Attempt, line: LogLine): void;
  /** A cancel arrived, and the attempt has `onCancel` hooks. */
  canceling(attempt: Attempt): void;
  /** Told once, when the attempt ended. An unclean thread must not be used again. */
  ended(attempt: Attempt, end: LifeEnd, isClean: boolean): void;
}

/**
 * One attempt in a worker thread: waiting to be loaded, running, ended. The first end counts; what comes later changes
 * nothing.
 */
export class Attempt implements LifeHost {
  readonly clock = systemClock;
  readonly details: AttemptDetails;
  /** Its number in its thread, from 1. */
  readonly ordinal: number;
  /** What the SDK sees; there from {@link run} on. */
  runtime: AttemptRuntime | undefined;
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
    this.#startedAt = startedAt;
    this.#host = host;
  }

  /** Did it end? */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** What the task sees as `ctx`; made when it is first asked for. */
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

  /** The loaded task; undefined before. */
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

  /** An exception that nobody caught belongs to this attempt. */
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

  /** The run was canceled. */
  cancel(reason: string): void {
    if (this.#life === undefined) this.ended({ type: "canceled", reason }, false);
    else this.#life.cancel(reason);
  }

  /** The attempt passed its `maxDuration`. */
  timeUp(reason: unknown): void {
    this.#life?.timeUp(reason);
  }

  /** A function was given to `tasks.*` by this attempt's code. */
  registerHook(hook: RegisteredHook): void {
    this.#life?.registerHook(hook);
  }

  canceling(): void {
    this.#host.canceling(this);
  }

  /** Stores one line of the life's own. */
  warn(message: string): void {
    this.log({ time: now(), level: "warn", message });
  }

  /** What the attempt's code prints. */
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

  /** The thread exits: sends the lines that wait for the end of the turn, and those that have no end. */
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
