import { type AttemptRuntime, type BatonRuntime, type RegisteredHook, runtimeKey } from "@baton/sdk/runtime";

/** Installs the runtime under the global symbol where every copy of the SDK in this thread finds it. */
export function installRuntime(
  taskDefined: (task: object) => void,
  currentAttempt: () => AttemptRuntime | undefined,
  hookRegistered: (hook: RegisteredHook) => void,
): void {
  const runtime: BatonRuntime = {
    protocol: 1,
    taskDefined,
    currentAttempt,
    hookRegistered,
  };
  Object.defineProperty(globalThis, runtimeKey, { value: Object.freeze(runtime), enumerable: false });
}
