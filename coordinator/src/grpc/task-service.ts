import type { TaskServiceHandlers } from "@baton/proto";
import { registeredTasksToWire } from "./convert-task.ts";
import { unary } from "./handler.ts";
import type { ServiceContext } from "./service-context.ts";

/** Says what is registered. */
export function taskService(context: ServiceContext): TaskServiceHandlers {
  return {
    ListTasks: unary(context, () => ({ tasks: registeredTasksToWire(context.coordinator.listTasks()) })),
  };
}
