import type { TaskError__Output, TaskError as WireTaskError } from "@baton/proto";
import { innerErrorsAtMost, type TaskError } from "@baton/proto/contract/task-error";
import { taskErrorToWire } from "@baton/proto/wire/task-error";
import { InvalidRequestError } from "../../errors.ts";
import { isJson } from "../requests/json-text.ts";

/** The most characters of an error's message in a list. */
const listedMessageLength = 500;

/** Converts an error as lists show it: without the stack, and with the beginning of its message. */
export function listedErrorToWire(error: TaskError): WireTaskError {
  const { type, name = "", code = "", message = "", raw = "" } = taskErrorToWire(error);
  return { type, name, code, message: beginningOf(message), raw: beginningOf(raw) } as WireTaskError;
}

function beginningOf(text: string, length: number = listedMessageLength): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/**
 * Characters that are kept of an error from a runner, and of its nested errors. Baton's runner cuts at half of that or
 * less. Every run of a list carries its error, so a runner that does not cut would fill memory.
 */
export const errorLimits = { text: 16 * 1024, stack: 32 * 1024, properties: 4 * 1024, inner: 64 * 1024 };

/** What may still be kept of nested errors. */
interface InnerRoom {
  errors: number;
  length: number;
}

/** Reads the error that a task threw, and cuts it. @throws InvalidRequestError if the error has no type */
export function taskErrorFromWire(error: TaskError__Output): TaskError {
  return withInner(plainErrorFromWire(error), error, { errors: innerErrorsAtMost, length: errorLimits.inner });
}

/** Cuts a text that a runner sent. */
export function errorTextFromWire(text: string): string {
  return beginningOf(text, errorLimits.text);
}

/** Reads an error without its nested errors. */
function plainErrorFromWire(error: TaskError__Output): TaskError {
  const stackTrace = beginningOf(error.stackTrace, errorLimits.stack);
  const message = errorTextFromWire(error.message);
  const hasProperties = error.properties.length <= errorLimits.properties && isJson(error.properties);
  const properties = hasProperties ? { properties: error.properties } : {};
  switch (error.type) {
    case "TASK_ERROR_TYPE_BUILT_IN":
      return { type: "builtIn", name: errorTextFromWire(error.name), message, stackTrace, ...properties };
    case "TASK_ERROR_TYPE_STRING":
      return { type: "string", raw: errorTextFromWire(error.raw) };
    case "TASK_ERROR_TYPE_CUSTOM":
      return { type: "custom", raw: customFromWire(error.raw) };
    case "TASK_ERROR_TYPE_INTERNAL":
      return {
        type: "internal",
        code: errorTextFromWire(error.code),
        ...(message !== "" && { message }),
        ...(stackTrace !== "" && { stackTrace }),
        ...properties,
      };
    default:
      throw new InvalidRequestError("PROTOCOL_BROKEN", "error.type", "A failure needs the type of its error.");
  }
}

/** Cuts JSON text as Baton's runner does: the beginning of the text becomes a value in another JSON text. */
function customFromWire(raw: string): string {
  if (raw.length <= errorLimits.text) return raw;
  return JSON.stringify({ truncated: true, preview: raw.slice(0, errorLimits.text / 2) });
}

/** Adds nested errors while there is room for them. */
function withInner(error: TaskError, { cause, errors }: TaskError__Output, room: InnerRoom): TaskError {
  if (error.type !== "builtIn" && error.type !== "internal") return error;
  const innerCause = cause === null ? undefined : innerFromWire(cause, room);
  const inner = errors.flatMap((one) => innerFromWire(one, room) ?? []);
  return {
    ...error,
    ...(innerCause !== undefined && { cause: innerCause }),
    ...(inner.length > 0 && { errors: inner }),
  };
}

function innerFromWire(wire: TaskError__Output, room: InnerRoom): TaskError | undefined {
  if (room.errors <= 0) return undefined;
  const error = plainErrorFromWire(wire);
  const length = Object.values(error).reduce((sum, text) => sum + text.length, 0);
  if (length > room.length) return undefined;
  room.errors -= 1;
  room.length -= length;
  return withInner(error, wire, room);
}
