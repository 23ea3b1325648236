import type { ErrorDetails, TaskError } from "../contract/task-error.ts";
import type { TaskError as WireTaskError } from "../generated/messages.ts";

/** Converts the error of a task to its wire form. */
export function taskErrorToWire(error: TaskError): WireTaskError {
  switch (error.type) {
    case "builtIn":
      return {
        type: "TASK_ERROR_TYPE_BUILT_IN",
        name: error.name,
        message: error.message,
        stackTrace: error.stackTrace,
        ...detailsToWire(error),
      };
    case "string":
      return { type: "TASK_ERROR_TYPE_STRING", raw: error.raw };
    case "custom":
      return { type: "TASK_ERROR_TYPE_CUSTOM", raw: error.raw };
    case "internal":
      return {
        type: "TASK_ERROR_TYPE_INTERNAL",
        code: error.code,
        message: error.message ?? "",
        stackTrace: error.stackTrace ?? "",
        ...detailsToWire(error),
      };
  }
}

function detailsToWire({ cause, errors, properties }: ErrorDetails): WireTaskError {
  return {
    ...(cause !== undefined && { cause: taskErrorToWire(cause) }),
    ...(errors !== undefined && { errors: errors.map(taskErrorToWire) }),
    ...(properties !== undefined && { properties }),
  };
}
