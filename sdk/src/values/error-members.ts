import { types } from "node:util";

/** Whether a value is an `Error` of this or another realm. Never throws, although a Proxy may when its prototype is read. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

const builtInNames: readonly unknown[] = [
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
];

/** Returns the `name` of an error; where that is the name of a built-in class, the name of the error's own class. Never throws. */
export function errorName(error: Error): string {
  try {
    const { constructor: Class, name } = error;
    if (!builtInNames.includes(name) || Object.hasOwn(error, "name"))
      return name === undefined ? "Error" : String(name);
    return typeof Class === "function" && Class.name !== "" ? String(Class.name) : String(name);
  } catch {
    return "Error";
  }
}

/** Members of an error that are read one by one, because they are not plain data. */
export const errorMembers: readonly string[] = ["name", "message", "stack", "cause", "errors"];

/**
 * Returns the stack with the error's name at its beginning. Node.js writes the name of the built-in class there when the
 * error's own name is set later, or only by its class.
 */
export function withErrorName(stack: string, name: string): string {
  const written = /^[A-Za-z]+(?=:|\n|$)/.exec(stack)?.[0] ?? "";
  return written !== name && builtInNames.includes(written) ? name + stack.slice(written.length) : stack;
}

/** Lists an error's own enumerable members except name, message, stack, cause and errors. Never throws. */
export function ownMemberNames(error: Error): readonly string[] {
  try {
    return Object.keys(error).filter((name) => !errorMembers.includes(name));
  } catch {
    return [];
  }
}

/** Reads a member of an object; returns undefined when reading it throws. */
export function readMember(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
