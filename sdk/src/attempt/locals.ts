import { findRuntime } from "./runtime.ts";

/** Names one value that an attempt keeps; keys with one id are one key. */
export interface LocalsKey<T> {
  readonly id: string;
  /** Exists in types only. */
  readonly "~type"?: T;
}

/** Values that hooks, middleware and `run` of one attempt share. Outside an attempt nothing is kept. */
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

  /** The value that was set last; undefined when there is none. */
  get<T>(key: LocalsKey<T>): T | undefined {
    return values()?.get(key.id) as T | undefined;
  },

  /**
   * The value that was set last.
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
