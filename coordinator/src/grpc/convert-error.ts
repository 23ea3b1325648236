import type { TaskError__Output, TaskError as WireTaskError } from "@baton/proto";
import type { ErrorDetails, TaskError } from "../core/attempt.ts";
import { InvalidRequestError } from "../errors.ts";

/** What a task threw, for the wire. */
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

/** Characters of an error's message that a list has. */
const listedMessageLength = 500;

/** What a task threw, as lists show it: without the stack, and only the beginning of what it says. */
export function listedErrorToWire(error: TaskError): WireTaskError {
  const { type, name = "", code = "", message = "", raw = "" } = taskErrorToWire(error);
  return { type, name, code, message: beginningOf(message), raw: beginningOf(raw) } as WireTaskError;
}

function beginningOf(text: string): string {
  return text.length <= listedMessageLength ? text : `${text.slice(0, listedMessageLength - 1)}…`;
}

/** What a runner reports that a task threw. @throws InvalidRequestError when it says no type. */
export function taskErrorFromWire(error: TaskError__Output): TaskError {
  switch (error.type) {
    case "TASK_ERROR_TYPE_BUILT_IN":
      return {
        type: "builtIn",
        name: error.name,
        message: error.message,
        stackTrace: error.stackTrace,
        ...detailsFromWire(error),
      };
    case "TASK_ERROR_TYPE_STRING":
      return { type: "string", raw: error.raw };
    case "TASK_ERROR_TYPE_CUSTOM":
      return { type: "custom", raw: error.raw };
    case "TASK_ERROR_TYPE_INTERNAL":
      return {
        type: "internal",
        code: error.code,
        ...(error.message !== "" && { message: error.message }),
        ...(error.stackTrace !== "" && { stackTrace: error.stackTrace }),
        ...detailsFromWire(error),
      };
    default:
      throw new InvalidRequestError("PROTOCOL_BROKEN", "error.type", "A failure needs the type of its error.");
  }
}

function detailsToWire({ cause, errors, properties }: ErrorDetails): WireTaskError {
  return {
    ...(cause !== undefined && { cause: taskErrorToWire(cause) }),
    ...(errors !== undefined && { errors: errors.map(taskErrorToWire) }),
    ...(properties !== undefined && { properties }),
  };
}

function detailsFromWire({ cause, errors, properties }: TaskError__Output): ErrorDetails {
  return {
    ...(cause !== null && { cause: taskErrorFromWire(cause) }),
    ...(errors.length > 0 && { errors: errors.map(taskErrorFromWire) }),
    ...(properties !== "" && { properties }),
  };
}
