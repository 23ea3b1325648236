import { AsyncLocalStorage } from "node:async_hooks";
import { keepHook } from "../attempt/hook-registry.ts";
import {
  type AttemptRuntime,
  type BatonRuntime,
  findRuntime,
  type RegisteredHook,
  runtimeKey,
} from "../attempt/runtime.ts";

/** What code under test may ask of the attempt that it belongs to. */
export interface TestAttempt {
  readonly runtime: AttemptRuntime;
  registerHook(hook: RegisteredHook): void;
}

/** Shared by all copies of this module in the process, as the runtime is. */
const storageKey: unique symbol = Symbol.for("baton.testing.v1") as never;

type Shared = { [storageKey]?: AsyncLocalStorage<TestAttempt> };

/**
 * Executes code as part of an attempt: the SDK finds the attempt's runtime there, and nowhere else in the process.
 * @throws Error inside a runner, whose runtime stays what it is
 */
export function runInAttempt<T>(attempt: TestAttempt, code: () => T): T {
  return storageOf().run(attempt, code);
}

function storageOf(): AsyncLocalStorage<TestAttempt> {
  const shared = globalThis as Shared;
  const existing = shared[storageKey];
  if (existing !== undefined) return existing;
  if (findRuntime() !== undefined) throw new Error("runTask() is for tests; inside a runner trigger the task instead.");
  const storage = new AsyncLocalStorage<TestAttempt>();
  const runtime: BatonRuntime = {
    protocol: 1,
    taskDefined: () => undefined,
    currentAttempt: () => storage.getStore()?.runtime,
    hookRegistered: (hook) => {
      const attempt = storage.getStore();
      if (attempt === undefined) keepHook(hook);
      else attempt.registerHook(hook);
    },
  };
  Object.defineProperty(globalThis, runtimeKey, { value: Object.freeze(runtime), enumerable: false });
  Object.defineProperty(shared, storageKey, { value: storage, enumerable: false });
  return storage;
}
