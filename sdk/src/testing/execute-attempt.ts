import type { TriggerItem } from "@baton/proto";
import type { Context } from "../attempt/context.ts";
import type { AttemptRuntime, TaskRecord } from "../attempt/runtime.ts";
import { longestTimerMs } from "../contract/limits.ts";
import type { LifeEnd } from "../lifecycle/attempt-end.ts";
import { AttemptLife } from "../lifecycle/attempt-life.ts";
import type { FailureCircumstances } from "../lifecycle/error-decision.ts";
import type { HookTable } from "../lifecycle/hook-table.ts";
import type { LifeClock } from "../lifecycle/life-clock.ts";
import type { LifeHost } from "../lifecycle/life-parts.ts";
import { withoutOwnFramesIn } from "../lifecycle/own-frames.ts";
import { TaskRunExceededMaxDuration } from "../lifecycle/time-exceeded.ts";
import type { EncodedValue } from "../values/encode-value.ts";
import type { TestClock } from "./test-clock.ts";
import { type ContextParts, makeTestContext } from "./test-context.ts";
import { isKept, type LogLine, type LogThreshold } from "./test-log.ts";
import { runInAttempt, type TestAttempt } from "./test-runtime.ts";

/** The attempt to execute. */
export interface AttemptParts {
  readonly record: TaskRecord;
  readonly hooks: HookTable;
  readonly payload: EncodedValue;
  readonly context: ContextParts;
  readonly circumstances: FailureCircumstances;
  readonly logLevel: LogThreshold;
  /** Receives the lines of the attempt. */
  readonly logs: LogLine[];
  readonly clock: TestClock | undefined;
  readonly cancel: AbortSignal | undefined;
  readonly call: ((method: string, request: object) => unknown) | undefined;
}

/** How the attempt ended. */
export interface AttemptOutcome {
  readonly end: LifeEnd;
  readonly activeMs: number;
}

/** The clock of this computer. Its timers keep the process alive, because a test has nothing else that does. */
const realClock: LifeClock = {
  now: () => Date.now(),
  startTimer: (delayMs, onTime) => {
    const timer = setTimeout(onTime, Math.min(delayMs, longestTimerMs));
    return () => clearTimeout(timer);
  },
};

/** Returns the reason with which a test canceled its run. */
export function cancelReason(cancel: AbortSignal | undefined): string {
  return typeof cancel?.reason === "string" ? cancel.reason : "Canceled by the test.";
}

/**
 * Executes one attempt with the life cycle of runners. A runner would end the thread with the attempt; here its code may go
 * on, but without effect: it logs nothing, and its calls to a coordinator are never answered.
 */
export function executeAttempt(parts: AttemptParts): Promise<AttemptOutcome> {
  return new Promise((resolve) => new TestedLife(parts, resolve).start());
}

class TestedLife implements LifeHost {
  readonly ctx: Context;
  readonly clock: LifeClock;
  readonly #parts: AttemptParts;
  readonly #resolve: (outcome: AttemptOutcome) => void;
  readonly #startedAt: number;
  readonly #life: AttemptLife;
  readonly #attempt: TestAttempt;
  readonly #onCancel = () => this.#cancel();
  #stopTimer: (() => void) | undefined;
  #isOver = false;

  constructor(parts: AttemptParts, resolve: (outcome: AttemptOutcome) => void) {
    this.#parts = parts;
    this.#resolve = resolve;
    this.clock = parts.clock ?? realClock;
    this.#startedAt = this.clock.now();
    this.ctx = makeTestContext(parts.context);
    this.#life = new AttemptLife({
      task: parts.record,
      hooks: parts.hooks,
      payloadText: parts.payload.json ?? "",
      payloadTypes: parts.payload.types,
      circumstances: parts.circumstances,
      host: this,
    });
    this.#attempt = {
      runtime: this.#makeRuntime(),
      registerHook: (hook) => this.#life.registerHook(hook),
    };
  }

  start(): void {
    const { cancel, context } = this.#parts;
    cancel?.addEventListener("abort", this.#onCancel);
    const { maxDuration } = context;
    if (maxDuration !== undefined) {
      this.#stopTimer = this.clock.startTimer(maxDuration * 1000, () => this.#timeUp(maxDuration * 1000));
    }
    this.#asAttempt(() => void this.#life.run());
  }

  warn(message: string): void {
    this.#log("warn", message);
  }

  canceling(): void {
    // Only a runner needs this, for its grace.
  }

  ended(end: LifeEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer?.();
    this.#parts.cancel?.removeEventListener("abort", this.#onCancel);
    this.#resolve({ end, activeMs: this.#activeMs });
  }

  get #activeMs(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** Runs code in the context of the attempt, although the test's signal or clock started it. */
  #asAttempt(code: () => void): void {
    runInAttempt(this.#attempt, code);
  }

  #cancel(): void {
    this.#asAttempt(() => this.#life.cancel(cancelReason(this.#parts.cancel)));
  }

  #timeUp(limitMs: number): void {
    const exceeded = new TaskRunExceededMaxDuration(limitMs, this.#activeMs);
    this.#asAttempt(() => this.#life.timeUp(exceeded));
    this.ended(timedOut(limitMs));
  }

  #makeRuntime(): AttemptRuntime {
    const life = this.#life;
    const { call } = this.#parts;
    return {
      ctx: this.ctx,
      get signal() {
        return life.signal;
      },
      locals: new Map<string, unknown>(),
      call: async (method, request) => {
        if (this.#isOver) return never;
        const answer = await (call === undefined ? refuseCall(method, request) : call(method, request));
        return this.#isOver ? never : answer;
      },
      log: (level, message, properties) => {
        if (isKept(level, this.#parts.logLevel)) this.#log(level, message, properties && JSON.parse(properties));
      },
      waitUntil: (promise) => life.waitUntil(promise),
      callStarted: (what) => life.callStarted(what),
      activeTime: () => ({ attemptMs: this.#activeMs, earlierMs: this.#parts.context.earlierMs }),
      shownStack: withoutOwnFramesIn,
    };
  }

  #log(level: LogLine["level"], message: string, properties?: unknown): void {
    if (this.#isOver) return;
    const { attemptNumber } = this.#parts.context;
    this.#parts.logs.push({ level, message, ...(properties !== undefined && { properties }), attemptNumber });
  }
}

const never = new Promise<never>(() => undefined);

function timedOut(limitMs: number): LifeEnd {
  const message = `The attempt was active for more than ${limitMs / 1000} s.`;
  return {
    type: "failed",
    error: { type: "internal", code: "MAX_DURATION_EXCEEDED", message },
    decision: { type: "final", status: "timedOut" },
  };
}

/** Refuses a call in the form that a runner uses. */
export function refuseCall(
  method: string,
  request: object,
  advice = `Answer it with runTask's option "call"; createTestTriggers() makes one for triggers.`,
): Promise<never> {
  const message = `The task ${actionOf(method, request)}, and a test has no coordinator. ${advice}`;
  return Promise.reject({ status: failedPrecondition, code: "CALL_IN_TEST", message });
}

/** Names the action of the task's author behind a call. */
function actionOf(method: string, request: object): string {
  const { items = [] } = request as { readonly items?: readonly TriggerItem[] };
  if ((method !== "TriggerMany" && method !== "BatchTrigger") || items.length === 0) return `called ${method}`;
  const taskIds = new Set(items.map(({ taskId = "" }) => taskId));
  return `triggered ${[...taskIds].map((taskId) => `"${taskId}"`).join(", ")}`;
}

/** The number of gRPC's status FAILED_PRECONDITION. */
const failedPrecondition = 9;
