import { type AttemptRuntime, type BatonRuntime, runtimeKey } from "./runtime.ts";

/** Takes the place of a runner's thread in which an attempt executes, until `leaveAttempt`. */
export function enterAttempt(members: Partial<AttemptRuntime> = {}): void {
  const attempt: AttemptRuntime = {
    ctx: {},
    signal: new AbortController().signal,
    log: () => undefined,
    call: async () => ({}),
    ...members,
  };
  const runtime: BatonRuntime = { protocol: 1, taskDefined: () => undefined, currentAttempt: () => attempt };
  (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey] = runtime;
}

/** Removes the runtime. May be called twice. */
export function leaveAttempt(): void {
  delete (globalThis as { [runtimeKey]?: BatonRuntime })[runtimeKey];
}
