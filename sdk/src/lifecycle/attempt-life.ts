import type { RegisteredHook } from "../attempt/runtime.ts";
import { cancelGraceMs, defaultMaxOutputBytes, longCancelGraceMs } from "../contract/limits.ts";
import { decodeValue } from "../values/decode-value.ts";
import { askHandlers } from "./ask-handlers.ts";
import type { LifeEnd } from "./attempt-end.ts";
import { encodeOutput, OutputError } from "./encode-output.ts";
import { defaultDelayMs, finalFailure, internalError, policyDecision } from "./error-decision.ts";
import { runGlobalChain } from "./global-chain.ts";
import { callHook, type HookCallParams } from "./hook-call.ts";
import type { Hook, HookTable } from "./hook-table.ts";
import { mergeInit } from "./init-value.ts";
import type { LifeHost, LifeParts } from "./life-parts.ts";
import { OpenCalls } from "./open-calls.ts";
import { PayloadParseError } from "./payload-parse-error.ts";
import { PendingWaits } from "./pending-waits.ts";
import { RunCall } from "./run-call.ts";
import { cutText, describeThrown, toTaskError } from "./task-error.ts";
import { failedVerdict, type Verdict } from "./verdict.ts";

/** Limits how long an attempt waits for the promises of `waitUntil`. */
const waitUntilLimitMs = 60_000;
/** Limits how long an attempt whose code has returned waits for the answers to calls that nobody awaited. */
const openCallLimitMs = 10_000;
/** Number of open calls that one warning names. */
const namedCallsAtMost = 5;

const nothing = Promise.resolve();

/**
 * The phase of an attempt; it only moves forward: `entering` (payload and global middleware), `running` (hooks and `run`),
 * `deciding` (what follows an error), `concluding` (the hooks after that), `ended`.
 */
type Phase = "entering" | "running" | "deciding" | "concluding" | "ended";

/**
 * The life of one attempt: calls the functions of the task and its hooks in the order of docs/tasks.md 3.1, and decides what
 * follows from their results and errors.
 *
 * The steps run in one flow. An uncaught error, a cancellation and `maxDuration` start a new flow: `#flow` counts them, and
 * an older flow does nothing after the call that it awaits.
 */
export class AttemptLife {
  readonly #parts: LifeParts;
  readonly #host: LifeHost;
  #hooks: HookTable;
  #phase: Phase = "entering";
  #flow = 0;
  #payload: unknown;
  #init: unknown = {};
  #verdict: Verdict | undefined;
  /** Whether step 6 was reached, so that `cleanup` is due. */
  #hasBegun = false;
  #isClean = true;
  readonly #run = new RunCall(() => this.#callRun());
  #cleaning: Promise<void> | undefined;
  #waits: PendingWaits | undefined;
  #calls: OpenCalls | undefined;
  #isReporting = false;
  /** Lets the global middleware go on; undefined when there is none. */
  #leaveInside: (() => void) | undefined;
  #controller: AbortController | undefined;
  #abortReason: unknown;
  #canceledFor: string | undefined;
  #stopGrace: (() => void) | undefined;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.#host = parts.host;
    this.#hooks = parts.hooks;
  }

  /** The attempt's signal, aborted by a cancellation and by `maxDuration`. Made at the first read, because most tasks never read it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Executes the attempt and reports its end to the host. */
  run(): Promise<void> {
    const { task, payloadText, payloadTypes } = this.#parts;
    try {
      this.#payload = decodeValue(payloadText, payloadTypes);
    } catch (error) {
      const thrown = new Error(`The payload cannot be read. ${(error as Error).message}`, { cause: error });
      return this.#conclude(failedVerdict(thrown, internalError("TASK_INPUT_ERROR", thrown), finalFailure));
    }
    return task.parsePayload === undefined ? this.#enter() : this.#parseAndEnter(task.parsePayload);
  }

  /** Registers a hook that code of this attempt gave to `tasks.*`; it is a global hook of this attempt only. */
  registerHook(hook: RegisteredHook): void {
    this.#hooks = this.#hooks.with(hook);
  }

  /** Keeps the attempt from ending before the promise has settled, up to a limit. */
  waitUntil(promise: PromiseLike<unknown>): void {
    this.#waits ??= new PendingWaits();
    this.#waits.add(promise);
  }

  /**
   * Notes a call to the coordinator that must not be lost; `what` names it. The attempt does not end before the returned
   * function is called, up to a limit.
   */
  callStarted(what: string): () => void {
    this.#calls ??= new OpenCalls();
    return this.#calls.start(what);
  }

  /** Fails the attempt for an exception or rejection that its code did not catch. */
  failUncaught(thrown: unknown): void {
    this.#isClean = false;
    if (this.#abortReason !== undefined || (this.#phase !== "entering" && this.#phase !== "running")) {
      this.#warn("An error that nobody caught came after the attempt was decided", thrown);
      return;
    }
    this.#flow += 1;
    void this.#failWith(thrown, true);
  }

  /** Cancels the attempt: aborts the signal, calls `onCancel` and, if `run` settles in time, `cleanup` (docs/tasks.md 3.6). */
  cancel(reason: string): void {
    if (this.#phase === "ended" || this.#abortReason !== undefined) return;
    this.#canceledFor = reason;
    this.#isClean = false;
    this.#stop(reason);
    void this.#endCanceled();
  }

  /** Ends the attempt at its `maxDuration`: aborts the signal and calls no further hook. The host ends the thread. */
  timeUp(reason: unknown): void {
    if (this.#phase === "ended" || this.#abortReason !== undefined) return;
    this.#isClean = false;
    this.#stop(reason);
  }

  get #isTimeUp(): boolean {
    return this.#abortReason !== undefined && this.#canceledFor === undefined;
  }

  #stop(reason: unknown): void {
    this.#flow += 1;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  async #parseAndEnter(parsePayload: (payload: unknown) => unknown): Promise<void> {
    const flow = this.#flow;
    try {
      const parsed = await parsePayload(this.#payload);
      if (flow !== this.#flow) return;
      this.#payload = parsed;
    } catch (error) {
      if (flow !== this.#flow) return;
      const thrown = new PayloadParseError(error);
      return this.#conclude(failedVerdict(thrown, toTaskError(thrown), finalFailure));
    }
    return this.#enter();
  }

  #enter(): Promise<void> {
    return this.#hooks.middleware.length > 0 ? this.#runInMiddleware() : this.#runInside();
  }

  /** Steps 6 to 9, then what follows from them. */
  async #runInside(): Promise<void> {
    const flow = this.#flow;
    this.#phase = "running";
    this.#hasBegun = true;
    let value: unknown;
    try {
      if (this.#parts.circumstances.attemptNumber === 1 && this.#hooks.onStart.length > 0) {
        await this.#callEach(this.#hooks.onStart, {});
        if (flow !== this.#flow) return;
      }
      if (this.#hooks.init.length > 0) {
        await this.#initialize();
        if (flow !== this.#flow) return;
      }
      for (const hook of this.#hooks.onStartAttempt) {
        await callHook(hook, this.#params({}));
        if (flow !== this.#flow) return;
      }
      const middleware = this.#hooks.taskMiddleware;
      value = await (middleware === undefined
        ? this.#run.start()
        : this.#run.startAround(
            async (next) => callHook(middleware, this.#params({ next })),
            () => flow !== this.#flow,
          ));
      // A trigger that nobody awaits still creates its run, and one that is refused fails the attempt, as in a script.
      if (this.#calls?.isAnyOpen && flow === this.#flow) await this.#settleCalls(this.#calls);
    } catch (thrown) {
      if (flow === this.#flow) await this.#failWith(thrown, false);
      return;
    }
    if (flow === this.#flow) return this.#conclude(this.#encode(value));
  }

  async #runInMiddleware(): Promise<void> {
    const flow = this.#flow;
    const over = new Promise<void>((resolve) => {
      this.#leaveInside = resolve;
    });
    const { early, last } = await runGlobalChain(
      this.#hooks.middleware,
      async (hook, next) => callHook(hook, this.#params({ next })),
      async () => {
        if (flow !== this.#flow) throw new Error("The attempt was stopped before next() was called.");
        void this.#runInside();
        return over;
      },
    );
    if (!this.#hasBegun) {
      if (flow !== this.#flow) return;
      const { thrown } = early ?? last ?? { thrown: new Error("next() was not called by a global middleware.") };
      return this.#failWith(thrown, false);
    }
    await over;
    if (last !== undefined) await this.#failLate(last.thrown);
    this.#report();
  }

  async #initialize(): Promise<void> {
    const flow = this.#flow;
    let init: unknown = {};
    for (const hook of this.#hooks.init) {
      try {
        const result = await callHook(hook, this.#params({}));
        init = mergeInit(init as object, result, this.#hooks.isTaskHook(hook));
      } catch (thrown) {
        this.#ignore(hook, thrown);
      }
      if (flow !== this.#flow) return;
    }
    this.#init = init;
  }

  #callRun(): unknown {
    const readCtx = () => this.#host.ctx;
    const readSignal = () => this.signal;
    // Getters, so that tasks that do not read these members do not pay for them.
    return this.#parts.task.run(this.#payload, {
      get ctx() {
        return readCtx();
      },
      get signal() {
        return readSignal();
      },
      init: this.#init,
    });
  }

  #encode(value: unknown): Verdict {
    try {
      return {
        type: "succeeded",
        value,
        encoded: encodeOutput(value, this.#parts.maxOutputBytes ?? defaultMaxOutputBytes),
      };
    } catch (error) {
      const thrown =
        error instanceof OutputError
          ? error
          : new OutputError(`The output cannot be stored. ${describeThrown(error).message}`, { cause: error });
      const message = cutText(thrown.message, 4096);
      return failedVerdict(thrown, { type: "internal", code: "TASK_OUTPUT_ERROR", message }, finalFailure);
    }
  }

  async #failWith(thrown: unknown, isUncaught: boolean): Promise<void> {
    const verdict = await this.#decide(thrown, isUncaught);
    if (verdict !== undefined) await this.#conclude(verdict);
  }

  async #decide(thrown: unknown, isUncaught: boolean): Promise<Verdict | undefined> {
    const flow = this.#flow;
    const { circumstances, host } = this.#parts;
    this.#phase = "deciding";
    const verdict = await askHandlers(
      { thrown, isUncaught },
      circumstances,
      host.clock.now(),
      this.#hooks.handleError,
      async (hook, own) => {
        const result = await callHook(hook, this.#params({ ...own, init: this.#init }));
        return { result, isStopped: flow !== this.#flow };
      },
      (message) => host.warn(message),
    );
    return flow === this.#flow ? verdict : undefined;
  }

  /** Does what follows the decision. Makes no promise when nothing follows, because most tasks have no hooks. */
  #conclude(verdict: Verdict): Promise<void> {
    this.#phase = "concluding";
    this.#verdict = verdict;
    if (this.#hooks.hasAnyAfterRun || this.#waits !== undefined) return this.#callAfterRun(verdict);
    this.#leave();
    return nothing;
  }

  /** Performs the steps 12 to 14. */
  async #callAfterRun(verdict: Verdict): Promise<void> {
    const flow = this.#flow;
    if (verdict.type === "succeeded") {
      const { value } = verdict;
      await this.#callEach(this.#hooks.onSuccess, { output: value, init: this.#init });
      if (flow !== this.#flow) return;
      await this.#callEach(this.#hooks.onComplete, { result: { ok: true, data: value }, init: this.#init });
    } else if (verdict.isFailedRun) {
      const { thrown: error } = verdict;
      await this.#callEach(this.#hooks.onFailure, { error, init: this.#init });
      if (flow !== this.#flow) return;
      await this.#callEach(this.#hooks.onComplete, { result: { ok: false, error }, init: this.#init });
    }
    if (flow !== this.#flow) return;
    if (this.#hasBegun) {
      this.#cleaning = this.#cleanUp();
      await this.#cleaning;
      if (flow !== this.#flow) return;
      if (this.#waits !== undefined) await this.#settleWaits(this.#waits);
      if (flow !== this.#flow) return;
    }
    this.#leave();
  }

  /** Calls `cleanup`. Its error fails an attempt that succeeded, by the default policy alone (docs/tasks.md 3.3). */
  async #cleanUp(): Promise<void> {
    for (const hook of this.#hooks.cleanup) {
      if (this.#isTimeUp) return;
      try {
        await callHook(hook, this.#params({ init: this.#init }));
      } catch (thrown) {
        if (this.#verdict?.type !== "succeeded" || this.#abortReason !== undefined) {
          this.#ignore(hook, thrown);
          continue;
        }
        const decision = policyDecision(defaultDelayMs(thrown, this.#parts.circumstances));
        await this.#replaceVerdict(failedVerdict(thrown, toTaskError(thrown), decision));
      }
    }
  }

  async #settleWaits(waits: PendingWaits): Promise<void> {
    if (await waits.settle(this.#host.clock, waitUntilLimitMs)) return;
    this.#isClean = false;
    this.#host.warn(
      `A promise given to waitUntil had not settled after ${waitUntilLimitMs / 1000} s; it is left alone.`,
    );
  }

  async #settleCalls(calls: OpenCalls): Promise<void> {
    const names = await calls.settle(this.#host.clock, openCallLimitMs);
    if (names.length === 0) return;
    this.#isClean = false;
    const more = names.length > namedCallsAtMost ? ` and ${names.length - namedCallsAtMost} more` : "";
    this.#host.warn(
      `Calls had no answer ${openCallLimitMs / 1000} s after the attempt's code had ended, and are left alone: ` +
        `${names.slice(0, namedCallsAtMost).join(", ")}${more}. Await them.`,
    );
  }

  /** Handles an error that a global middleware threw after `next()`. */
  async #failLate(thrown: unknown): Promise<void> {
    if (this.#phase === "ended" || this.#abortReason !== undefined) return;
    if (this.#verdict?.type !== "succeeded") {
      this.#warn("A global middleware threw after the attempt had failed, which is ignored", thrown);
      return;
    }
    const verdict = await this.#decide(thrown, false);
    if (verdict === undefined) return;
    this.#phase = "concluding";
    await this.#replaceVerdict(verdict);
  }

  /** Turns a success into a failure. `onComplete` was called before and is not called again. */
  async #replaceVerdict(verdict: Verdict): Promise<void> {
    this.#verdict = verdict;
    if (verdict.type === "failed" && verdict.isFailedRun) {
      await this.#callEach(this.#hooks.onFailure, { error: verdict.thrown, init: this.#init });
    }
  }

  async #endCanceled(): Promise<void> {
    const { onCancel } = this.#hooks;
    const graceMs = onCancel.length > 0 ? longCancelGraceMs : cancelGraceMs;
    this.#stopGrace = this.#host.clock.startTimer(graceMs, () => {
      this.#flow += 1;
      this.#report();
    });
    if (onCancel.length > 0) {
      this.#host.canceling();
      await this.#callEach(onCancel, { runPromise: this.#run.promise(), init: this.#init });
    }
    await this.#run.settled();
    if (this.#phase === "ended") return;
    if (this.#cleaning !== undefined) await this.#cleaning;
    else if (this.#hasBegun) await this.#cleanUp();
    this.#leave();
  }

  /** Lets the global middleware go on; the outermost one then reports. Reports at once when there is none. */
  #leave(): void {
    if (this.#leaveInside === undefined || !this.#hasBegun) this.#report();
    else this.#leaveInside();
  }

  #report(): void {
    if (this.#phase === "ended") return;
    const end = this.#end();
    if (end === undefined) return;
    if (this.#calls?.isAnyOpen && !this.#isReporting && this.#canceledFor === undefined) {
      this.#isReporting = true;
      void this.#settleCalls(this.#calls).then(() => this.#report());
      return;
    }
    this.#phase = "ended";
    this.#stopGrace?.();
    this.#host.ended(end, this.#isClean);
  }

  /** Returns how the attempt ended; undefined after `maxDuration`, when every later result is dropped. */
  #end(): LifeEnd | undefined {
    const verdict = this.#verdict;
    if (this.#canceledFor !== undefined) return { type: "canceled", reason: this.#canceledFor };
    if (this.#isTimeUp) return undefined;
    if (verdict?.type === "failed") return { type: "failed", error: verdict.error, decision: verdict.decision };
    if (verdict === undefined) return undefined;
    const { json, types } = verdict.encoded;
    return { type: "succeeded", output: json, ...(types !== undefined && { outputTypes: types }) };
  }

  /** Calls hooks one after another, ignoring their errors, until a new flow starts. */
  async #callEach(hooks: readonly Hook[], own: Readonly<Record<string, unknown>>): Promise<void> {
    const flow = this.#flow;
    for (const hook of hooks) {
      try {
        await callHook(hook, this.#params(own));
      } catch (thrown) {
        this.#ignore(hook, thrown);
      }
      if (flow !== this.#flow) return;
    }
  }

  #params(own: Readonly<Record<string, unknown>>): HookCallParams {
    const readCtx = () => this.#host.ctx;
    const readSignal = () => this.signal;
    return {
      payload: this.#payload,
      get ctx() {
        return readCtx();
      },
      get signal() {
        return readSignal();
      },
      task: this.#parts.task.id,
      ...own,
    };
  }

  #ignore(hook: Hook, thrown: unknown): void {
    this.#warn(`${hook.kind} threw, which is ignored`, thrown);
  }

  #warn(what: string, thrown: unknown): void {
    const { message, stackTrace } = describeThrown(thrown);
    this.#host.warn(`${what}. ${message}${stackTrace === undefined ? "" : `\n${stackTrace}`}`);
  }
}
