import type { TaskServiceHandlers } from "@baton/proto";
import { unary } from "./handler.ts";
import type { ServiceContext } from "./service-context.ts";
import { registeredTasksToWire } from "./wire/convert-task.ts";

/** Lists the registered tasks. */
export function taskService(context: ServiceContext): TaskServiceHandlers {
  return {
    ListTasks: unary(context, () => ({ tasks: registeredTasksToWire(context.coordinator.tasks.list()) })),
  };
}
