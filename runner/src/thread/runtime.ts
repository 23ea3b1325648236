import { type AttemptRuntime, type BatonRuntime, type RegisteredHook, runtimeKey } from "@baton/sdk/runtime";

/** Puts the runtime where every copy of the SDK in this thread finds it. */
export function installRuntime(
  currentAttempt: () => AttemptRuntime | undefined,
  hookRegistered: (hook: RegisteredHook) => void,
): void {
  const runtime: BatonRuntime = {
    protocol: 1,
    // A thread finds tasks by their exports; only registration collects them.
    taskDefined: () => undefined,
    currentAttempt,
    hookRegistered,
  };
  Object.defineProperty(globalThis, runtimeKey, { value: Object.freeze(runtime), enumerable: false });
}
