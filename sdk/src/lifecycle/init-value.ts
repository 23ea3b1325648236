/**
 * Returns `init` after one more hook returned `result` (docs/tasks.md 3.4). Plain objects are merged. Any other result of the
 * task's own hook replaces `init`, except `undefined` and `null`, which add nothing.
 */
export function mergeInit(merged: object, result: unknown, isTaskHook: boolean): unknown {
  if (isPlainObject(result)) return { ...merged, ...result };
  if (!isTaskHook || result === undefined || result === null) return merged;
  return result;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
