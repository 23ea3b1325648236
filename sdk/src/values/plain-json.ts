/**
 * Whether JSON text says everything about a value: strings, finite numbers, booleans, null, arrays and plain objects, with no
 * object twice. Fast; returns `false` for every value that needs a closer look.
 * @throws RangeError for a value nested too deeply
 */
export function isPlainJson(value: unknown): boolean {
  return isPlain(value, undefined);
}

/** @param seen - Objects that were found; absent for the whole value. */
function isPlain(value: unknown, seen: Set<object> | undefined): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      return value === null || isPlainObject(value, seen ?? new Set());
    default:
      return false;
  }
}

function isPlainObject(value: object, seen: Set<object>): boolean {
  if (seen.has(value) || (value as { toJSON?: unknown }).toJSON !== undefined) return false;
  seen.add(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isPlain(value[index], seen)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key of Object.keys(value)) if (!isPlain((value as Record<string, unknown>)[key], seen)) return false;
  return true;
}
