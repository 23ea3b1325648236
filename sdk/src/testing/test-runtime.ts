import { AsyncLocalStorage } from "node:async_hooks";
import { keepHook } from "../attempt/hook-registry.ts";
import {
  type AttemptRuntime,
  type BatonRuntime,
  findRuntime,
  type RegisteredHook,
  runtimeKey,
} from "../attempt/runtime.ts";

/** The attempt that code under test belongs to. */
export interface TestAttempt {
  readonly runtime: AttemptRuntime;
  registerHook(hook: RegisteredHook): void;
}

/** Shared by all copies of this module in the process, like the runtime. */
const storageKey: unique symbol = Symbol.for("baton.testing.v1") as never;

type Shared = { [storageKey]?: AsyncLocalStorage<TestAttempt> };

/**
 * Executes code as part of an attempt. The SDK finds the attempt's runtime in this code only.
 * @throws Error inside a runner, which has a runtime of its own
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
