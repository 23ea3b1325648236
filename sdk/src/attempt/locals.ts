import { findRuntime } from "./runtime.ts";

/** Names one value of an attempt. Keys with the same id are the same key. */
export interface LocalsKey<T> {
  readonly id: string;
  /** Exists in types only. */
  readonly "~type"?: T;
}

/**
 * Keeps values that hooks, middleware and `run` of one attempt share. Outside an attempt nothing is kept.
 * @example
 * const database = locals.create<Database>("database");
 * locals.set(database, await connect());
 */
export const locals = {
  /** Makes a key for values of one type. */
  create<T>(id: string): LocalsKey<T> {
    return Object.freeze({ id });
  },

  /** Keeps a value until the attempt ends, and returns it. */
  set<T>(key: LocalsKey<T>, value: T): T {
    values()?.set(key.id, value);
    return value;
  },

  /** Returns the value that was set last; undefined when there is none. */
  get<T>(key: LocalsKey<T>): T | undefined {
    return values()?.get(key.id) as T | undefined;
  },

  /**
   * Returns the value that was set last.
   * @throws Error when none was set
   */
  getOrThrow<T>(key: LocalsKey<T>): T {
    const kept = values();
    if (kept?.has(key.id)) return kept.get(key.id) as T;
    const where = kept === undefined ? "there is no attempt here" : "nothing of this attempt has set it";
    throw new Error(`The local "${key.id}" has no value: ${where}.`);
  },
};

function values(): Map<string, unknown> | undefined {
  return findRuntime()?.currentAttempt()?.locals;
}
