import { latestInstantMs } from "@baton/proto/contract/limits";
import type { TaskError } from "@baton/proto/contract/task-error";

/** A value that BSON cannot hold: a string that is not valid Unicode, or errors that are nested too deeply. */
export interface JsonText {
  /** JSON text of the value. */
  readonly json: string;
}

/** Levels of nested errors that are embedded. MongoDB takes documents of 100 levels, and an error takes up to two. */
const maxErrorDepth = 20;
/** A surrogate without the other half of its pair, which UTF-8 and therefore BSON cannot encode. */
const loneSurrogate = /\p{Surrogate}/u;

/** Returns the date of an instant. An instant that no date can hold, such as half a millisecond, stays a number. */
export function storedInstant(at: number): Date | number;
export function storedInstant(at: number | undefined): Date | number | undefined;
export function storedInstant(at: number | undefined): Date | number | undefined {
  return at !== undefined && Number.isInteger(at) && Math.abs(at) <= latestInstantMs ? new Date(at) : at;
}

/** Returns the text, or its JSON text where BSON would change it. */
export function storedText(text: string): string | JsonText;
export function storedText(text: string | undefined): string | JsonText | undefined;
export function storedText(text: string | undefined): string | JsonText | undefined {
  return text !== undefined && loneSurrogate.test(text) ? { json: JSON.stringify(text) } : text;
}

/** Returns the error as a document can hold it. */
export function storedError(error: TaskError | undefined): object | undefined {
  return error && embedError(error, 1);
}

function embedError(error: TaskError, depth: number): object {
  if (depth > maxErrorDepth) return { json: JSON.stringify(error) };
  const members: Record<string, unknown> = { ...error };
  for (const name of ["name", "message", "stackTrace", "raw", "properties"]) {
    const text = members[name];
    if (typeof text === "string") members[name] = storedText(text);
  }
  if ("cause" in error && error.cause !== undefined) members.cause = embedError(error.cause, depth + 1);
  if ("errors" in error) members.errors = error.errors?.map((inner) => embedError(inner, depth + 1));
  return members;
}

/** Converts dates and JSON texts within a stored value back. Changes the value and returns it. */
export function fromStored<T extends object>(value: T): T {
  const members = value as Record<string, unknown>;
  for (const name in members) {
    const member = members[name];
    if (typeof member !== "object" || member === null) continue;
    if (member instanceof Date) members[name] = member.getTime();
    else if ("json" in member) members[name] = JSON.parse(member.json as string);
    else fromStored(member);
  }
  return value;
}
