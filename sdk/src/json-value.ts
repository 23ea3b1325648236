import { types } from "node:util";

/** A value that JSON has no place for, and where in the whole it stands. */
export class JsonValueError extends TypeError {
  readonly code = "VALUE_NOT_JSON";
  /** For example `$.users[2].id`; `$` is the whole value. */
  readonly path: string;

  constructor(path: string, found: string, cause?: unknown) {
    super(
      `Expected a JSON value at ${path}, found ${found}; ` +
        "use strings, finite numbers, booleans, null, arrays and plain objects.",
      cause === undefined ? undefined : { cause },
    );
    this.name = "JsonValueError";
    this.path = path;
  }
}

/** What `encodeJson` may tell besides its result. */
export interface EncodeJsonOptions {
  /** Told the path of each `NaN` or infinity that was stored as `null`. */
  readonly onNonFinite?: (path: string) => void;
}

/**
 * The JSON text of a payload or output, or undefined for `undefined`. Follows `JSON.stringify`, `toJSON` included, but
 * refuses what that would silently drop or empty: functions, symbols, `bigint`, `Map`, `Set`.
 * @throws JsonValueError naming the path, also for a circular reference and for a `toJSON` that throws
 */
export function encodeJson(value: unknown, options: EncodeJsonOptions = {}): string | undefined {
  const walk: Walk = { keys: [], ancestors: new Set(), onNonFinite: options.onNonFinite };
  try {
    return encode(value, "", walk);
  } catch (error) {
    if (error instanceof RangeError) throw new JsonValueError(pathOf(walk), "a value nested too deeply", error);
    throw error;
  }
}

interface Walk {
  readonly keys: (string | number)[];
  readonly ancestors: Set<object>;
  readonly onNonFinite: ((path: string) => void) | undefined;
}

function encode(given: unknown, key: string, walk: Walk): string | undefined {
  const value = applyToJson(given, key, walk);
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return encodeNumber(value, walk);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return undefined;
    case "object":
      return value === null ? "null" : encodeObject(value, walk);
    default:
      throw new JsonValueError(pathOf(walk), `a ${typeof value}`);
  }
}

function encodeNumber(value: number, walk: Walk): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "0" : String(value);
  walk.onNonFinite?.(pathOf(walk));
  return "null";
}

function encodeObject(value: object, walk: Walk): string | undefined {
  if (types.isMap(value)) throw new JsonValueError(pathOf(walk), "a Map");
  if (types.isSet(value)) throw new JsonValueError(pathOf(walk), "a Set");
  if (types.isBoxedPrimitive(value)) return encode(value.valueOf(), "", walk);
  if (walk.ancestors.has(value)) throw new JsonValueError(pathOf(walk), "a circular reference");
  walk.ancestors.add(value);
  const text = Array.isArray(value) ? encodeArray(value, walk) : encodeMembers(value, walk);
  walk.ancestors.delete(value);
  return text;
}

function encodeArray(values: readonly unknown[], walk: Walk): string {
  let text = "[";
  for (let index = 0; index < values.length; index++) {
    walk.keys.push(index);
    if (index > 0) text += ",";
    text += encode(values[index], String(index), walk) ?? "null";
    walk.keys.pop();
  }
  return `${text}]`;
}

function encodeMembers(value: object, walk: Walk): string {
  let text = "{";
  for (const key of Object.keys(value)) {
    walk.keys.push(key);
    const member = encode((value as Record<string, unknown>)[key], key, walk);
    if (member !== undefined) text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${member}`;
    walk.keys.pop();
  }
  return `${text}}`;
}

function applyToJson(value: unknown, key: string, walk: Walk): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    const { toJSON } = value as { toJSON?: unknown };
    return typeof toJSON === "function" ? toJSON.call(value, key) : value;
  } catch (error) {
    throw new JsonValueError(pathOf(walk), "an object whose toJSON throws", error);
  }
}

function pathOf(walk: Walk): string {
  let path = "$";
  for (const key of walk.keys.slice(0, 50)) {
    if (typeof key === "number") path += `[${key}]`;
    else path += /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return walk.keys.length > 50 ? `${path}…` : path;
}
