import type { LifeEnd } from "../lifecycle/attempt-end.ts";
import { AttemptLife } from "../lifecycle/attempt-life.ts";
import type { FailureCircumstances } from "../lifecycle/error-decision.ts";
import type { HookTable } from "../lifecycle/hook-table.ts";
import { systemClock } from "../lifecycle/life-clock.ts";
import { TaskRunExceededMaxDuration } from "../lifecycle/time-exceeded.ts";
import type { AttemptRuntime, TaskRecord } from "../runtime.ts";
import type { TestClock } from "./test-clock.ts";
import { type ContextParts, makeTestContext } from "./test-context.ts";
import { isKept, type LogLine, type LogThreshold } from "./test-log.ts";
import { runInAttempt } from "./test-runtime.ts";

/** One attempt to execute. */
export interface AttemptParts {
  readonly record: TaskRecord;
  readonly hooks: HookTable;
  readonly payloadText: string;
  readonly context: ContextParts;
  readonly circumstances: FailureCircumstances;
  readonly logLevel: LogThreshold;
  /** Lines are added here. */
  readonly logs: LogLine[];
  readonly clock: TestClock | undefined;
  readonly cancel: AbortSignal | undefined;
  readonly call: ((method: string, request: object) => unknown) | undefined;
}

/** How it ended. */
export interface AttemptOutcome {
  readonly end: LifeEnd;
  readonly activeMs: number;
}

const defaultCancelReason = "Canceled by the test.";

/** Executes one attempt with the life cycle of runners. */
export function executeAttempt(parts: AttemptParts): Promise<AttemptOutcome> {
  const { cancel, context, record } = parts;
  const clock = parts.clock ?? systemClock;
  const startedAt = clock.now();
  const ctx = makeTestContext(context);
  const log = (level: LogLine["level"], message: string, properties?: unknown) =>
    void parts.logs.push({
      level,
      message,
      ...(properties !== undefined && { properties }),
      attemptNumber: context.attemptNumber,
    });
  return new Promise((resolve) => {
    const end = (how: LifeEnd) => {
      stopTimer?.();
      cancel?.removeEventListener("abort", onCancel);
      resolve({ end: how, activeMs: clock.now() - startedAt });
    };
    const life = new AttemptLife({
      task: record,
      hooks: parts.hooks,
      payloadText: parts.payloadText,
      circumstances: parts.circumstances,
      host: { ctx, clock, warn: (message) => log("warn", message), canceling: () => undefined, ended: end },
    });
    const onCancel = () => life.cancel(typeof cancel?.reason === "string" ? cancel.reason : defaultCancelReason);
    const stopTimer = startLimit(parts, clock, (limitMs) => {
      const exceeded = new TaskRunExceededMaxDuration(limitMs, clock.now() - startedAt);
      life.timeUp(exceeded);
      end(timedOut(limitMs));
    });
    const locals = new Map<string, unknown>();
    const runtime: AttemptRuntime = {
      ctx,
      get signal() {
        return life.signal;
      },
      locals,
      call: async (method, request) => (parts.call === undefined ? refuseCall(method) : parts.call(method, request)),
      log: (level, message, properties) => {
        if (isKept(level, parts.logLevel)) log(level, message, properties && JSON.parse(properties));
      },
      waitUntil: (promise) => life.waitUntil(promise),
      activeTime: () => ({ attemptMs: clock.now() - startedAt, earlierMs: context.earlierMs }),
    };
    cancel?.addEventListener("abort", onCancel);
    runInAttempt({ runtime, registerHook: (hook) => life.registerHook(hook) }, () => {
      void life.run();
      if (cancel?.aborted) onCancel();
    });
  });
}

function startLimit(
  { context: { maxDuration } }: AttemptParts,
  clock: Pick<TestClock, "startTimer">,
  onTime: (limitMs: number) => void,
): (() => void) | undefined {
  if (maxDuration === undefined) return undefined;
  return clock.startTimer(maxDuration * 1000, () => onTime(maxDuration * 1000));
}

function timedOut(limitMs: number): LifeEnd {
  const message = `The attempt was active for more than ${limitMs / 1000} s.`;
  return {
    type: "failed",
    error: { type: "internal", code: "MAX_DURATION_EXCEEDED", message },
    decision: { type: "final", status: "timedOut" },
  };
}

/** In the form in which a runner hands refusals to the SDK. */
function refuseCall(method: string): Promise<never> {
  const message = `The task called ${method}, and a test has no coordinator. Answer it with runTask's option "call".`;
  return Promise.reject({ status: failedPrecondition, code: "CALL_IN_TEST", message });
}

/** The number of gRPC's status FAILED_PRECONDITION. */
const failedPrecondition = 9;
