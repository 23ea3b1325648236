import type { Run__Output, RunStatus__Output, TaskError__Output, TriggerItem } from "@baton/proto";
import { timestampToWire } from "../bundled/wire-time.ts";
import type { CallFailure } from "../client/errors.ts";
import { ownQueueOf } from "../contract/task-definition.ts";
import type { ErrorDetails, TaskError } from "../contract/task-error.ts";
import { toTaskError } from "../lifecycle/task-error.ts";
import { decodeValue } from "../values/decode-value.ts";
import { encodeValue } from "../values/encode-value.ts";

/** A run that a task under test triggered, with the result that the test gives it. */
export class TestChild {
  readonly id: string;
  readonly taskId: string;
  /** The payload as JSON text. */
  readonly payload: string;
  /** The types that the JSON text cannot say. */
  readonly payloadTypes: string;
  readonly #batchId: string;
  readonly #tags: string[];
  readonly #createdAt = Date.now();
  /** Undefined when the test gave no result. */
  readonly #ended: Promise<End> | undefined;
  #isCanceled = false;
  #status: RunStatus__Output = "RUN_STATUS_QUEUED";

  /** @param result - The output, or a function that returns it for the payload. */
  constructor(item: TriggerItem, batchId: string | undefined, hasResult: boolean, result: unknown) {
    this.id = item.runId ?? "";
    this.taskId = item.taskId ?? "";
    this.payload = item.payload ?? "";
    this.payloadTypes = item.payloadTypes ?? "";
    this.#batchId = batchId ?? "";
    this.#tags = item.options?.tags ?? [];
    this.#ended = hasResult ? this.#execute(result) : undefined;
  }

  /**
   * Resolves with the run once it has ended.
   * @throws CallFailure when the test gave no result
   */
  async read(): Promise<Run__Output> {
    if (this.#isCanceled) return this.#toRun(canceled);
    if (this.#ended !== undefined) return this.#toRun(await this.#ended);
    const message =
      `The task under test reads a run of "${this.taskId}", and the test gives such runs no result. ` +
      `Give one with triggers.resolve("${this.taskId}", output) before the task triggers it.`;
    throw { status: failedPrecondition, code: "CALL_IN_TEST", message } satisfies CallFailure;
  }

  /** Cancels the run unless it has ended; returns the status that won. */
  cancel(): RunStatus__Output {
    if (this.#status === "RUN_STATUS_QUEUED") {
      this.#isCanceled = true;
      this.#status = "RUN_STATUS_CANCELED";
    }
    return this.#status;
  }

  async #execute(result: unknown): Promise<End> {
    const end = await this.#endOf(result);
    if (!this.#isCanceled) this.#status = end.status;
    return end;
  }

  async #endOf(result: unknown): Promise<End> {
    try {
      const payload = decodeValue(this.payload, this.payloadTypes);
      const output: unknown = typeof result === "function" ? await result(payload) : result;
      const { json = "", types = "" } = encodeValue(output, "output");
      return { status: "RUN_STATUS_COMPLETED", output: json, outputTypes: types, error: null };
    } catch (thrown) {
      return { status: "RUN_STATUS_FAILED", output: "", outputTypes: "", error: toWire(toTaskError(thrown)) };
    }
  }

  #toRun({ status, output, outputTypes, error }: End): Run__Output {
    const createTime = timestampToWire(this.#createdAt);
    return {
      id: this.id,
      taskId: this.taskId,
      status,
      version: "20000101.1",
      createTime,
      updateTime: createTime,
      queueTime: createTime,
      startTime: createTime,
      finishTime: createTime,
      delayedUntilTime: null,
      retryTime: null,
      expireTime: null,
      activeDuration: null,
      queue: ownQueueOf(this.taskId),
      priority: 0,
      machine: "",
      maxDuration: null,
      tags: this.#tags,
      idempotencyKey: "",
      parentRunId: "",
      rootRunId: "",
      depth: 1,
      batchId: this.#batchId,
      triggerFunction: this.#batchId === "" ? "TRIGGER_FUNCTION_TRIGGER" : "TRIGGER_FUNCTION_BATCH_TRIGGER",
      isReplay: false,
      isTest: true,
      attemptCount: 1,
      interruptionCount: 0,
      attempts: [],
      timeline: [],
      error,
      payload: this.payload,
      payloadTypes: this.payloadTypes,
      output,
      outputTypes,
      revision: 1,
      waitingFor: "",
      ttl: null,
    };
  }
}

interface End {
  readonly status: RunStatus__Output;
  readonly output: string;
  readonly outputTypes: string;
  readonly error: TaskError__Output | null;
}

const noError: TaskError__Output = {
  type: "TASK_ERROR_TYPE_STRING",
  name: "",
  message: "",
  stackTrace: "",
  code: "",
  raw: "",
  cause: null,
  errors: [],
  properties: "",
};

/** The end of a canceled run, with the coordinator's words for a cancellation without a reason. */
const canceled: End = {
  status: "RUN_STATUS_CANCELED",
  output: "",
  outputTypes: "",
  error: { ...noError, raw: "Canceled by a caller." },
};

function toWire(error: TaskError): TaskError__Output {
  switch (error.type) {
    case "builtIn": {
      const { name, message, stackTrace } = error;
      return { ...noError, type: "TASK_ERROR_TYPE_BUILT_IN", name, message, stackTrace, ...detailsToWire(error) };
    }
    case "internal":
      return { ...noError, type: "TASK_ERROR_TYPE_INTERNAL", code: error.code, message: error.message ?? "" };
    default:
      return { ...noError, raw: error.raw };
  }
}

function detailsToWire({ cause, errors = [], properties = "" }: ErrorDetails) {
  return { cause: cause === undefined ? null : toWire(cause), errors: errors.map(toWire), properties };
}

/** The number of gRPC's status FAILED_PRECONDITION. */
const failedPrecondition = 9;
