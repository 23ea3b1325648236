import { type AttemptRuntime, type BatonRuntime, runtimeKey } from "@baton/sdk/runtime";

/** Puts the runtime where every copy of the SDK in this thread finds it. */
export function installRuntime(currentAttempt: () => AttemptRuntime | undefined): void {
  const runtime: BatonRuntime = {
    protocol: 1,
    // A thread finds tasks by their exports; only registration collects them.
    taskDefined: () => undefined,
    currentAttempt,
  };
  Object.defineProperty(globalThis, runtimeKey, { value: Object.freeze(runtime), enumerable: false });
}
