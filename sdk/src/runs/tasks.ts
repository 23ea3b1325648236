import { globalHooks } from "../attempt/global-hooks.ts";
import { callRun, transportOutsideTasks } from "../client/client.ts";
import type { RequestOptions } from "../client/request-options.ts";
import type { AnyTask, TaskIdentifier, TaskOutput, TaskPayload } from "../define/task.ts";
import { type RegisteredTask, toRegisteredTask } from "./registered-task.ts";
import { type BatchHandle, type BatchItem, type RunHandle, triggerBatch, triggerRun } from "./trigger.ts";
import type { TriggerOptions } from "./trigger-options.ts";

/**
 * Triggers tasks by id, needing only their types, lists the registered ones, and registers global hooks. No schema checks
 * the payloads of these triggers.
 * @example
 * const handle = await tasks.trigger<typeof resize>("resize", { width: 200 }, { delay: "10m" });
 */
export const tasks = {
  ...globalHooks,

  /**
   * Creates one run and resolves once the run is stored.
   * @throws ApiError
   */
  trigger<T extends AnyTask>(
    id: TaskIdentifier<T>,
    payload: TaskPayload<T>,
    options?: TriggerOptions,
    requestOptions?: RequestOptions,
  ): Promise<RunHandle<TaskIdentifier<T>, TaskPayload<T>, TaskOutput<T>>> {
    return triggerRun(id, payload, options, requestOptions);
  },

  /**
   * Creates 1 to 1,000 runs of one task, or none when one item is not valid.
   * @throws ApiError
   */
  batchTrigger<T extends AnyTask>(
    id: TaskIdentifier<T>,
    items: readonly BatchItem<TaskPayload<T>>[],
    options?: Record<string, never>,
    requestOptions?: RequestOptions,
  ): Promise<BatchHandle<TaskIdentifier<T>, TaskPayload<T>, TaskOutput<T>>> {
    return triggerBatch(id, items, options, requestOptions);
  },

  /**
   * Lists the registered tasks, sorted by id, each as its newest version defines it. Not inside tasks.
   * @throws BadRequestError with `OPTION_NOT_SUPPORTED` inside a task; ApiError
   * @example
   * for (const { id, runnerCount } of await tasks.list()) console.log(id, runnerCount);
   */
  async list(requestOptions?: RequestOptions): Promise<readonly RegisteredTask[]> {
    transportOutsideTasks("tasks.list");
    const { tasks: registered } = await callRun("ListTasks", {}, requestOptions);
    return registered.flatMap(toRegisteredTask);
  },
};
