import { types } from "node:util";
import type { TaskRecord } from "@baton/sdk";

const taskKey = Symbol.for("baton.task.v1");

/** A task object, whichever copy of the SDK made it. */
export interface TaskObject {
  readonly [taskKey]: TaskRecord;
}

/** Whether an object is a task. Calls no getter and no proxy trap. */
export function isTask(value: object): value is TaskObject {
  return !types.isProxy(value) && Object.getOwnPropertyDescriptor(value, taskKey)?.value !== undefined;
}

/** The definition of a task as its author wrote it. */
export function recordOf(task: TaskObject): TaskRecord {
  return task[taskKey];
}
