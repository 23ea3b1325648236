const maxDepth = 64;
const descriptionKey = "baton.described";

/** Stands for a value that cannot be copied to another process. */
export interface DescribedValue {
  readonly "baton.described": "function" | "symbol" | "cycle" | "unreadable" | "object";
}

/**
 * A copy of a value that survives the way to another process: plain objects, arrays and simple values as they are,
 * everything else as a {@link DescribedValue}.
 */
export function describeValue(value: unknown): unknown {
  return describe(value, new Set());
}

/** Is this the description of a value of that kind, or, without one, of any? */
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
