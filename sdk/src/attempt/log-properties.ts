import { types } from "node:util";
import { errorName, withErrorName } from "../values/error-members.ts";

/** Longest JSON text of one entry's properties, in UTF-16 units; the rest is cut. */
const longestText = 64 * 1024;
const deepest = 16;
const cutMarker = "… (cut)";

/**
 * Returns the properties of a log entry as JSON text. Unlike a payload they may hold anything, because a person reads them:
 * errors show name, message, stack, cause and their own members, and a value that JSON does not have becomes text. A member
 * that cannot be read becomes a remark. Never throws.
 *
 * @param shownStack - Returns the part of an error's stack to show.
 */
export function encodeLogProperties(properties: unknown, shownStack?: ShownStack): string | undefined {
  if (properties === undefined) return undefined;
  return JSON.stringify(new Walk(shownStack).toJson(properties, 0));
}

type ShownStack = (stack: string) => string;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

class Walk {
  readonly #shownStack: ShownStack;
  readonly #ancestors: object[] = [];
  #left = longestText;

  constructor(shownStack: ShownStack = (stack) => stack) {
    this.#shownStack = shownStack;
  }

  toJson(value: unknown, depth: number): Json {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        this.#left -= 8;
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
        this.#left -= 8;
        return value;
      case "bigint":
        return this.#text(String(value));
      case "undefined":
        return this.#text("undefined");
      case "symbol":
        return this.#text(String(value));
      case "function":
        return this.#text(`[function ${value.name || "without a name"}]`);
      case "object":
        return value === null ? null : this.#object(value, depth);
    }
  }

  #object(value: object, depth: number): Json {
    if (this.#ancestors.includes(value)) return this.#text("[circular]");
    if (depth >= deepest) return this.#text("[nested too deeply]");
    this.#ancestors.push(value);
    try {
      return this.#members(value, depth + 1);
    } catch (error) {
      return this.#text(`[cannot be read: ${messageOf(error)}]`);
    } finally {
      this.#ancestors.pop();
    }
  }

  #members(value: object, depth: number): Json {
    if (types.isNativeError(value) || value instanceof Error) return this.#error(value, depth);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return this.#text(String(value));
    if (ArrayBuffer.isView(value)) return this.#text(`[${value.constructor.name} of ${value.byteLength} bytes]`);
    if (types.isBoxedPrimitive(value)) return this.toJson(value.valueOf(), depth);
    if (types.isMap(value)) return this.#list([...value], depth);
    if (types.isSet(value)) return this.#list([...value], depth);
    if (Array.isArray(value)) return this.#list(value, depth);
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON === "function") return this.toJson(toJSON.call(value, ""), depth);
    return this.#record(value, Object.keys(value), depth);
  }

  #error(error: Error, depth: number): Json {
    const known = ["name", "message", "stack", ...("cause" in error ? ["cause"] : [])];
    const errors = Array.isArray((error as AggregateError).errors) ? ["errors"] : [];
    const own = Object.keys(error).filter((key) => !known.includes(key) && !errors.includes(key));
    return this.#record(error, [...known, ...own, ...errors], depth, (key) => this.#readError(error, key));
  }

  #readError(error: Error, key: string): unknown {
    if (key === "name") return errorName(error);
    const member = memberOf(error, key);
    return key === "stack" && typeof member === "string"
      ? this.#shownStack(withErrorName(member, errorName(error)))
      : member;
  }

  #record(
    value: object,
    keys: readonly string[],
    depth: number,
    read = (key: string) => memberOf(value, key),
  ): { readonly [key: string]: Json } {
    // Without a prototype, so that __proto__ is an ordinary member.
    const record: Record<string, Json> = Object.create(null);
    for (const [index, key] of keys.entries()) {
      if (this.#left <= 0) {
        record["…"] = `${keys.length - index} members are left out`;
        break;
      }
      const member = this.#member(() => read(key), depth);
      if (member === undefined) continue;
      this.#left -= key.length;
      record[key] = member;
    }
    return record;
  }

  /** Returns undefined for an undefined member, which JSON leaves out. */
  #member(read: () => unknown, depth: number): Json | undefined {
    try {
      const member = read();
      return member === undefined ? undefined : this.toJson(member, depth);
    } catch (error) {
      return this.#text(`[cannot be read: ${messageOf(error)}]`);
    }
  }

  #list(values: readonly unknown[], depth: number): Json {
    const list: Json[] = [];
    for (const value of values) {
      if (this.#left <= 0) {
        list.push(`… ${values.length - list.length} more`);
        break;
      }
      list.push(this.toJson(value, depth));
    }
    return list;
  }

  #text(text: string): string {
    const kept = text.length <= this.#left ? text : text.slice(0, Math.max(0, this.#left)) + cutMarker;
    this.#left -= kept.length;
    return kept;
  }
}

function memberOf(value: object, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key];
}

function messageOf(error: unknown): string {
  try {
    return String((error as { readonly message?: unknown }).message ?? error);
  } catch {
    return "it throws";
  }
}
