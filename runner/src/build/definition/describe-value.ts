const maxDepth = 64;
const descriptionKey = "baton.described";

/** Takes the place of a value that cannot be copied to another process. */
export interface DescribedValue {
  readonly "baton.described": "function" | "symbol" | "cycle" | "unreadable" | "object";
}

/**
 * Returns a copy of a value that can be sent to another process. Plain objects, arrays and simple values stay as they
 * are; everything else becomes a {@link DescribedValue}.
 */
export function describeValue(value: unknown): unknown {
  return describe(value, new Set());
}

/** Whether a value is a description, of the given kind if there is one. */
export function isDescribed(value: unknown, kind?: DescribedValue[typeof descriptionKey]): value is DescribedValue {
  if (typeof value !== "object" || value === null || !(descriptionKey in value)) return false;
  return kind === undefined || value[descriptionKey] === kind;
}

function describe(value: unknown, above: Set<object>): unknown {
  if (typeof value === "function") return { [descriptionKey]: "function" };
  if (typeof value === "symbol") return { [descriptionKey]: "symbol" };
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value) || above.size >= maxDepth) return { [descriptionKey]: "cycle" };
  above.add(value);
  try {
    if (Array.isArray(value)) return value.map((item) => describe(item, above));
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
    if (!isPlain) return { [descriptionKey]: "object" };
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, describe(member, above)]));
  } catch {
    return { [descriptionKey]: "unreadable" };
  } finally {
    above.delete(value);
  }
}
