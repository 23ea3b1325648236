import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { type MessagePort, threadId } from "node:worker_threads";
import { addOwnFolder, describeThrown, type LifeEnd, TaskRunExceededMaxDuration } from "@baton/sdk/lifecycle";
import { Attempt, type AttemptHost } from "./attempt.ts";
import { decodeExecute, encodeEnd } from "./attempt-text.ts";
import { PendingCalls } from "./calls.ts";
import { captureOutput } from "./capture-output.ts";
import { ChildProcesses } from "./child-processes.ts";
import { ThreadClaims } from "./claims.ts";
import { CleanCheck } from "./clean-check.ts";
import { watchLateCode } from "./late-code.ts";
import { installModuleRuntime } from "./module-runtime.ts";
import { containOwnExit } from "./own-exit.ts";
import { containOwnSignals } from "./own-signals.ts";
import { closePiscinaPorts, notePiscinaPort } from "./piscina-ports.ts";
import { watchProcessFlags } from "./process-flags.ts";
import { captureWarnings } from "./process-warnings.ts";
import { installRuntime } from "./runtime.ts";
import { keepStandardDescriptors } from "./standard-descriptors.ts";
import { TaskLoader } from "./task-loader.ts";
import type { FromThread, LogBatchState, LogLine, ThreadEnd, ThreadVersion, ToThread } from "./thread-protocol.ts";
import { UsageMeter } from "./thread-usage.ts";
import { UnsentLines } from "./unsent-lines.ts";

// Task code may replace them, and its thread must still be able to report about it.
const { parse, stringify } = JSON;
const { isArray } = Array;
const { now } = Date;
const planTurnEnd = setImmediate;

/** Connects a thread to its host. */
interface ThreadLink {
  readonly port: MessagePort;
  /** Two numbers: the claims on attempts, and how often code of ended attempts began or ended to run. */
  readonly counters: Int32Array;
  /** Memory for the thread's unsent lines. */
  readonly unsentMemory: SharedArrayBuffer;
  /** Memory in which the thread lists its child processes. */
  readonly childrenMemory: SharedArrayBuffer;
}

notePiscinaPort();

/** Executes the attempts that arrive on the port, as long as the thread lives. Piscina's only task in this thread. */
export function serve(link: ThreadLink): Promise<never> {
  new Thread(link).start();
  return new Promise<never>(() => undefined);
}

/** Executes one attempt at a time. The host sends the next ones after the end of those that it sent before. */
class Thread implements AttemptHost {
  readonly #port: MessagePort;
  readonly #post: (message: FromThread) => void;
  readonly #claims: ThreadClaims;
  readonly #lateCode: Int32Array;
  readonly unsentLines: UnsentLines;
  readonly #childrenMemory: SharedArrayBuffer;
  readonly #exit = process.exit;
  readonly #context = new AsyncLocalStorage<Attempt>();
  readonly #loader = new TaskLoader();
  readonly #calls = new PendingCalls();
  readonly #usage = new UsageMeter();
  #cleanCheck: CleanCheck | undefined;
  #current: Attempt | undefined;
  /** Number of attempts that began in this thread. */
  #attemptCount = 0;
  /** The attempts of the last message, as text, and the index of the next one. */
  #given: readonly string[] = [];
  #nextAt = 0;
  /** The async context of the thread itself, in which the attempts of one message follow each other. */
  readonly #base = newScope();
  readonly #onTurnEnd = (): void => this.#base.runInAsyncScope(this.#beginNext, this);
  /**
   * The async context of the current or last attempt. Each attempt has its own, so that the effect of
   * `AsyncLocalStorage.enterWith` ends with the attempt.
   */
  #scope = newScope();

  constructor({ childrenMemory, counters, port, unsentMemory }: ThreadLink) {
    this.#childrenMemory = childrenMemory;
    this.#port = port;
    this.#post = port.postMessage.bind(port);
    this.#claims = new ThreadClaims(counters.subarray(0, 1));
    this.#lateCode = counters.subarray(1);
    this.unsentLines = new UnsentLines(unsentMemory);
  }

  start(): void {
    process.setSourceMapsEnabled(true);
    addOwnFolder(new URL(".", import.meta.url));
    installModuleRuntime();
    installRuntime(
      (task) => this.#loader.taskDefined(task),
      () => this.#owner()?.runtime,
      (hook) => {
        const attempt = this.#owner();
        if (attempt?.runtime === undefined) this.#loader.registerHook(hook);
        else attempt.registerHook(hook);
      },
    );
    captureOutput(() => {
      const attempt = this.#owner();
      const config = attempt?.task?.version.config;
      return {
        output: config?.disableConsoleInterceptor ? undefined : attempt?.output,
        isPrintedToo: config?.enableConsoleLogging === true,
      };
    });
    keepStandardDescriptors();
    captureWarnings((message) => {
      const attempt = this.#owner();
      if (attempt === undefined) return false;
      attempt.warn(message);
      return true;
    });
    const onUncaught = (thrown: unknown) => this.#onUncaught(thrown);
    process.on("uncaughtException", onUncaught);
    process.on("unhandledRejection", onUncaught);
    process.on("exit", () => this.#current?.flushLogs());
    containOwnExit(() => this.#refuseLate("process.exit"));
    containOwnSignals((signal) => {
      this.#refuseLate("process.kill");
      this.#send({ type: "signaled", signal });
    });
    watchLateCode<Attempt>({
      counter: this.#lateCode,
      owner: () => this.#context.getStore(),
      isLate: (owner) => owner !== this.#current,
      runFor: (owner, code) => this.#context.run(owner, code),
      failed: (owner, thrown) => this.#onLateError(owner, thrown),
    });
    const children = new ChildProcesses(this.#childrenMemory, () => this.#context.getStore()?.ordinal ?? 0);
    children.install();
    watchProcessFlags(() => this.#send({ type: "flagsChanged" }));
    this.#cleanCheck = new CleanCheck(
      children,
      () =>
        process.listeners("uncaughtException").includes(onUncaught) &&
        process.listeners("unhandledRejection").includes(onUncaught),
    );
    this.#port.on("message", (message: ToThread) => this.#onMessage(message));
    closePiscinaPorts();
    this.#send({ type: "hello", threadId });
  }

  call(attemptId: string, method: string, request: object): Promise<unknown> {
    if (this.#current?.details.attemptId !== attemptId) {
      return Promise.reject({
        status: 9,
        code: "ATTEMPT_ENDED",
        message: "The attempt that makes this call has ended.",
      });
    }
    return this.#calls.make(method, request, (callId, name, body) =>
      this.#send({ type: "call", attemptId, callId, method: name, body }),
    );
  }

  sendLogs(attemptId: string, lines: readonly string[], state: LogBatchState): void {
    this.#send({ type: "logs", attemptId, state, body: `[${lines.join(",")}]` });
  }

  sendLateLine({ details: { attemptId } }: Attempt, line: LogLine): void {
    this.#send({ type: "lateLogs", attemptId, body: stringify([line]) });
  }

  canceling(attempt: Attempt): void {
    if (this.#current === attempt) this.#send({ type: "canceling" });
  }

  ended(attempt: Attempt, end: LifeEnd, isClean: boolean): void {
    if (this.#current !== attempt) return;
    try {
      this.#tellEnd(attempt, end, isClean);
    } catch (error) {
      // Code replaced a function that this thread needs. The thread's exit tells the host that the attempt is over.
      process.stderr.write(
        `The end of ${attempt.details.attemptId} could not be reported. ${describeThrown(error).message}\n`,
      );
      this.#exit.call(process, 1);
    }
  }

  #tellEnd(attempt: Attempt, end: LifeEnd, isClean: boolean): void {
    this.#calls.forgetAll();
    const { activeMs } = attempt;
    const usage = this.#usage.read(activeMs);
    const report: ThreadEnd = {
      startedAt: attempt.ownStart,
      endedAt: now(),
      activeMs,
      usage,
      end: toThreadEnd(end),
    };
    const output = end.type === "succeeded" ? `${end.output ?? ""}${end.outputTypes ?? ""}` : "";
    const isReusable = isClean && this.#cleanCheck?.isClean(activeMs) === true;
    const text = encodeEnd(isReusable, report, output);
    this.#current = undefined;
    this.#send(text);
    if (!isReusable) this.#given = [];
    // In a turn of its own, so that a rejection that the attempt left is noticed before the next one begins.
    else if (this.#nextAt < this.#given.length) planTurnEnd(this.#onTurnEnd);
  }

  #send(message: FromThread): void {
    this.#post(message);
  }

  #onMessage(message: ToThread): void {
    if (typeof message === "string" || isTexts(message)) {
      this.#claims.received();
      this.#given = typeof message === "string" ? [message] : message;
      this.#nextAt = 0;
      this.#beginNext();
      return;
    }
    switch (message.type) {
      case "version":
        this.#loader.addVersion(parse(message.manifest) as ThreadVersion);
        break;
      case "cancel":
        this.#inScopeOf(message.attemptId, (attempt) => attempt.cancel(message.reason));
        break;
      case "timeUp":
        this.#inScopeOf(message.attemptId, (attempt) =>
          attempt.timeUp(new TaskRunExceededMaxDuration(message.limitMs, message.usedMs)),
        );
        break;
      case "measure":
        this.#measure(message.attemptId);
        break;
      case "callResult":
        this.#calls.answer(message.callId, message.isError, message.body);
        break;
    }
  }

  /** Calls hooks and signal listeners of the current attempt in its async context. */
  #inScopeOf(attemptId: string, call: (attempt: Attempt) => void): void {
    const attempt = this.#current;
    if (attempt?.details.attemptId === attemptId) this.#scope.runInAsyncScope(call, undefined, attempt);
  }

  #measure(attemptId: string): void {
    const usage = this.#current?.details.attemptId === attemptId && this.#usage.read(Number.POSITIVE_INFINITY);
    if (usage) this.#send({ type: "measured", attemptId, usage });
  }

  #beginNext(): void {
    // A new message may have come since the turn was planned, and late code may have ended the use of the old one.
    if (this.#current !== undefined || this.#nextAt >= this.#given.length) return;
    const text = this.#given[this.#nextAt] as string;
    this.#nextAt += 1;
    try {
      this.#execute(text);
    } catch (error) {
      // The host sees that the attempt never began, and gives it to another thread.
      process.stderr.write(`The thread cannot begin an attempt and ends. ${describeThrown(error).message}\n`);
      this.#exit.call(process, 1);
    }
  }

  #execute(text: string): void {
    if (this.#cleanCheck?.isFit() === false) throw new Error("Code of an earlier attempt replaced a function.");
    const attempt = new Attempt(decodeExecute(text), this.#attemptCount + 1, this);
    this.#current = attempt;
    this.#cleanCheck?.begin();
    this.#usage.begin();
    this.#scope = this.#context.run(attempt, newScope);
    void this.#scope.runInAsyncScope(this.#runAttempt, this, attempt);
  }

  async #runAttempt(attempt: Attempt): Promise<void> {
    // Not earlier: when code of an earlier attempt broke the thread, the host sees that this attempt never began.
    if (!this.#claims.claim()) {
      this.#current = undefined;
      this.#given = [];
      return;
    }
    this.#attemptCount += 1;
    const { version, taskId, maxDurationMs } = attempt.details;
    const loaded = this.#loader.find(version, taskId);
    if (loaded !== undefined) {
      if (maxDurationMs !== undefined) this.#send({ type: "active" });
      return attempt.run(loaded);
    }
    this.#send({ type: "loading" });
    const { importCount } = this.#loader;
    // A context that modules enter while they load belongs to no attempt.
    const task = await newScope().runInAsyncScope(() => this.#loader.load(version, taskId));
    if ("isHostFault" in task) {
      this.#send({ type: "crowded" });
      return;
    }
    if ("end" in task) {
      attempt.ended(task.end, false);
      return;
    }
    if (attempt.isEnded) return;
    if (this.#loader.importCount !== importCount) this.#cleanCheck?.accept();
    this.#send({ type: "active" });
    return attempt.run(task);
  }

  /** Throws when code of an ended attempt tries to end the thread, which would end the current attempt. */
  #refuseLate(what: string): void {
    const owner = this.#context.getStore();
    if (owner === undefined || owner === this.#current) return;
    throw new Error(`${what}() was called by code of attempt ${owner.details.attemptId}, which has ended.`);
  }

  /** The attempt that the running code belongs to, whether it has ended or not. */
  #owner(): Attempt | undefined {
    return this.#context.getStore() ?? this.#current;
  }

  /** A late error of an earlier attempt does not fail the current one, but the thread is not used again. */
  #onUncaught(thrown: unknown): void {
    const owner = this.#owner();
    if (owner !== undefined && owner === this.#current) {
      owner.failUncaught(thrown);
      return;
    }
    this.#onLateError(owner, thrown);
  }

  #onLateError(owner: Attempt | undefined, thrown: unknown): void {
    const { message, stackTrace } = describeThrown(thrown);
    const text = `An error that nobody caught came late. ${stackTrace ?? message}`;
    if (owner === undefined) process.stderr.write(`${text}\n`);
    else owner.log({ time: now(), level: "error", message: text });
    this.#given = [];
    this.#send({ type: "spoiled" });
  }
}

function isTexts(message: ToThread): message is readonly string[] {
  return isArray(message);
}

function newScope(): AsyncResource {
  return new AsyncResource("BatonAttempt", { requireManualDestroy: true });
}

function toThreadEnd(end: LifeEnd): ThreadEnd["end"] {
  switch (end.type) {
    case "succeeded":
      return {
        type: "succeeded",
        hasOutput: end.output !== undefined,
        outputLength: end.outputTypes === undefined ? undefined : end.output?.length,
      };
    case "failed":
      return end;
    case "canceled":
      // The run is canceled already and its outcome is not awaited; this says that the attempt's code has ended.
      return {
        type: "failed",
        error: { type: "string", raw: end.reason },
        decision: { type: "final", status: "failed" },
      };
  }
}
