import type {
  BatchTriggerRequest,
  CancelRunRequest,
  GetRunRequest,
  ReplayRunRequest,
  TriggeredRun,
  TriggerItem,
  TriggerManyRequest,
} from "@baton/proto";
import { durationFromWire } from "../bundled/wire-time.ts";
import { type CallFailure, type ErrorCode, errorCodes } from "../client/errors.ts";
import type { AnyTask, TaskIdentifier, TaskOutput, TaskPayload } from "../define/task.ts";
import type { TriggerOptions } from "../runs/trigger-options.ts";
import { decodeValue } from "../values/decode-value.ts";
import { refuseCall } from "./execute-attempt.ts";
import type { TestCall } from "./run-task.ts";
import { TestChild } from "./test-child.ts";

/** A trigger that a task under test made. */
export interface MadeTrigger<TId extends string = string, TPayload = unknown> {
  readonly taskIdentifier: TId;
  /** A copy of the payload, as the child would get it. */
  readonly payload: TPayload;
  /** The options as they are sent: a `Date` and an array as text. */
  readonly options: TriggerOptions;
  /** The id of the handle that the task got. */
  readonly runId: string;
  /** The batch of the trigger; absent when it was not in one. */
  readonly batchId?: string;
  /** Whether an earlier trigger had this idempotency key, so that the task got its run. */
  readonly isCached: boolean;
}

/** The refusal of a trigger. */
export interface TriggerRefusal {
  /** For example `"PAYLOAD_TOO_LARGE"`; docs/errors.md lists them. */
  readonly code: ErrorCode;
  readonly message?: string;
}

/**
 * Answers the triggers of a task under test and lists them. Name a task by its object or its id. A trigger succeeds unless the
 * test refuses it. Its run has ended at once when the test gave a result, and cannot be read otherwise.
 */
export interface TestTriggers {
  /** The function for the option `call` of `runTask`. */
  readonly call: TestCall;
  /** Every trigger that was not refused, in order. */
  readonly made: readonly MadeTrigger[];
  /** Returns the triggers of one task. */
  of<T extends AnyTask>(task: T | TaskIdentifier<T>): readonly MadeTrigger<TaskIdentifier<T>, TaskPayload<T>>[];
  /**
   * Completes later runs of the task with this output, or with the result of a function for the payload. When the function
   * throws, the run fails with that error.
   */
  resolve<T extends AnyTask>(
    task: T | TaskIdentifier<T>,
    output: TaskOutput<T> | ((payload: TaskPayload<T>) => TaskOutput<T> | Promise<TaskOutput<T>>),
  ): void;
  /** Fails later runs of the task with this error. */
  reject(task: AnyTask | string, error: Error): void;
  /** Refuses later triggers of the task: the call in the task under test rejects, and there is no run. */
  refuse(task: AnyTask | string, refusal: TriggerRefusal): void;
}

/**
 * Makes an object whose `call` answers the triggers of a task under test.
 *
 * @example
 * const triggers = createTestTriggers();
 * triggers.resolve(sendEmail, { messageId: "m1" });
 * const run = await runTask(remindCustomers, { day: 5 }, { call: triggers.call });
 * assert.deepEqual(triggers.of(sendEmail).map(({ payload }) => payload.to), ["ada@example.com"]);
 */
export function createTestTriggers(): TestTriggers {
  const answers = new TriggerAnswers();
  return {
    call: (method, request) => answers.answer(method, request),
    made: answers.made,
    of: <T extends AnyTask>(task: T | TaskIdentifier<T>) =>
      answers.made.filter(({ taskIdentifier }) => taskIdentifier === idOf(task)) as never,
    resolve: (task, output) => void answers.results.set(idOf(task), output),
    reject: (task, error) =>
      void answers.results.set(idOf(task), () => {
        throw error;
      }),
    refuse: (task, refusal) => void answers.refusals.set(idOf(task), refusal),
  };
}

function idOf(task: AnyTask | string): string {
  const id = typeof task === "string" ? task : task?.id;
  if (typeof id === "string") return id;
  throw new TypeError("createTestTriggers() expected a task, or the id of one.");
}

/** Answers the calls of `baton.v1.RunService` about triggered runs. */
class TriggerAnswers {
  readonly made: MadeTrigger[] = [];
  readonly results = new Map<string, unknown>();
  readonly refusals = new Map<string, TriggerRefusal>();
  readonly #children = new Map<string, TestChild>();
  readonly #keys = new Map<string, TestChild>();

  answer(method: string, request: object): unknown {
    switch (method) {
      case "TriggerMany":
        return { results: ((request as TriggerManyRequest).items ?? []).map((item) => this.#triggerOne(item)) };
      case "BatchTrigger":
        return this.#triggerBatch(request as BatchTriggerRequest);
      case "GetRun":
        return this.#read(request as GetRunRequest);
      case "CancelRun":
        return this.#cancel(request as CancelRunRequest);
      case "ReplayRun":
        return this.#replay(request as ReplayRunRequest);
      default:
        return refuseCall(
          method,
          request,
          `createTestTriggers() does not answer it; a function of your own for "call" can.`,
        );
    }
  }

  #triggerOne(item: TriggerItem): object {
    const refusal = this.#refusalOf(item);
    return refusal === undefined ? { run: this.#take(item, undefined) } : { error: { ...refusal, field: "" } };
  }

  #triggerBatch({ batchId = "", items = [] }: BatchTriggerRequest): object {
    for (const item of items) {
      const refusal = this.#refusalOf(item);
      if (refusal !== undefined) throw refusal;
    }
    return { batchId, runs: items.map((item) => this.#take(item, batchId)) };
  }

  #refusalOf({ taskId = "" }: TriggerItem): CallFailure | undefined {
    const refusal = this.refusals.get(taskId);
    if (refusal === undefined) return undefined;
    const { code, message = `The test refuses triggers of "${taskId}".` } = refusal;
    return { status: errorCodes[code], code, message };
  }

  #take(item: TriggerItem, batchId: string | undefined): TriggeredRun {
    const { taskId = "", payload = "", payloadTypes = "" } = item;
    const options = toOptions(item);
    const key = options.idempotencyKey === undefined ? undefined : JSON.stringify([taskId, options.idempotencyKey]);
    const known = key === undefined ? undefined : this.#keys.get(key);
    const child = known ?? new TestChild(item, batchId, this.results.has(taskId), this.results.get(taskId));
    this.#children.set(child.id, child);
    if (key !== undefined) this.#keys.set(key, child);
    this.made.push({
      taskIdentifier: taskId,
      payload: decodeValue(payload, payloadTypes),
      options,
      runId: child.id,
      ...(batchId !== undefined && { batchId }),
      isCached: known !== undefined,
    });
    return { runId: child.id, taskId, isCached: known !== undefined, status: "RUN_STATUS_QUEUED" };
  }

  async #read({ runId = "" }: GetRunRequest): Promise<object> {
    return { run: await this.#find(runId).read() };
  }

  #cancel({ runId = "" }: CancelRunRequest): object {
    return { runId, status: this.#find(runId).cancel() };
  }

  #replay({ runId = "", newRunId = "" }: ReplayRunRequest): object {
    const { taskId, payload, payloadTypes } = this.#find(runId);
    return { run: this.#take({ taskId, payload, payloadTypes, runId: newRunId }, undefined) };
  }

  #find(runId: string): TestChild {
    const child = this.#children.get(runId);
    if (child !== undefined) return child;
    const message = `The task under test triggered no run "${runId}".`;
    throw { status: errorCodes.RUN_NOT_FOUND, code: "RUN_NOT_FOUND", message } satisfies CallFailure;
  }
}

/** Converts the options of a trigger back to the form in which their author writes them. */
function toOptions({ options }: TriggerItem): TriggerOptions {
  const { delay, idempotencyKey, idempotencyKeyTtl, tags, priority, machine } = options ?? {};
  const { maxDuration, maxAttempts, requireRegistered } = options ?? {};
  return {
    ...(delay && { delay }),
    ...(idempotencyKey && { idempotencyKey }),
    ...(idempotencyKeyTtl && { idempotencyKeyTTL: idempotencyKeyTtl }),
    ...(tags?.length && { tags }),
    ...(priority !== undefined && { priority: Number(priority) }),
    ...(machine && { machine }),
    ...(maxDuration && { maxDuration: (durationFromWire(maxDuration) ?? 0) / 1000 }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(requireRegistered !== undefined && { requireRegistered }),
  };
}
