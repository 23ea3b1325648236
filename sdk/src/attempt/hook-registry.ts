import { findRuntime, type RegisteredHook } from "./runtime.ts";

/** The global symbol under which hooks are kept when there is no runtime; every copy of the SDK finds them there. */
const registryKey: unique symbol = Symbol.for("baton.hooks.v1") as never;

type Registry = { [registryKey]?: RegisteredHook[] };

/** Passes a hook of `tasks.*` to the runtime of this thread, or keeps it when there is none. */
export function registerHook(hook: RegisteredHook): void {
  const runtime = findRuntime();
  if (runtime?.hookRegistered !== undefined) {
    runtime.hookRegistered(hook);
    return;
  }
  keepHook(hook);
}

/** Keeps a hook that belongs to no attempt and no version; it replaces an earlier one of its name. */
export function keepHook(hook: RegisteredHook): void {
  const global = globalThis as Registry;
  global[registryKey] ??= [];
  const hooks = global[registryKey];
  const at = hooks.findIndex(({ kind, name }) => kind === hook.kind && name === hook.name);
  if (at === -1) hooks.push(hook);
  else hooks[at] = hook;
}

/** Returns the kept hooks, in the order of the first registration of each name. */
export function registeredHooks(): readonly RegisteredHook[] {
  return (globalThis as Registry)[registryKey] ?? [];
}
