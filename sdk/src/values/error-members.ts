import { types } from "node:util";

/** An `Error` of this or another realm. Never throws: a Proxy may, when it is asked for its prototype. */
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

/** The `name` of an error, and where it only has that of the language's class, the name of its own class. Never throws. */
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

/** The members of an error that are no plain data of its own: they are read one by one. */
export const errorMembers: readonly string[] = ["name", "message", "stack", "cause", "errors"];

/**
 * A stack that begins with the name of its error. It begins with that of the language's class otherwise, because the name
 * of an error's own class comes later, or is no member of the error.
 */
export function withErrorName(stack: string, name: string): string {
  const written = /^[A-Za-z]+(?=:|\n|$)/.exec(stack)?.[0] ?? "";
  return written !== name && builtInNames.includes(written) ? name + stack.slice(written.length) : stack;
}

/** Names of an error's own enumerable members beside name, message, stack, cause and errors. Never throws. */
export function ownMemberNames(error: Error): readonly string[] {
  try {
    return Object.keys(error).filter((name) => !errorMembers.includes(name));
  } catch {
    return [];
  }
}

/** A member of an object; undefined when reading it throws. */
export function readMember(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
