import { findRuntime, type RegisteredHook } from "./runtime.ts";

/** Where functions given to `tasks.*` are kept when no runtime takes them; every copy of the SDK finds them there. */
const registryKey: unique symbol = Symbol.for("baton.hooks.v1") as never;

type Registry = { [registryKey]?: RegisteredHook[] };

/** Hands a function that was given to `tasks.*` to the runtime of this thread or, where there is none, keeps it. */
export function registerHook(hook: RegisteredHook): void {
  const runtime = findRuntime();
  if (runtime?.hookRegistered !== undefined) {
    runtime.hookRegistered(hook);
    return;
  }
  keepHook(hook);
}

/** Keeps a function that belongs to no attempt and no version, in place of an earlier one of its name. */
export function keepHook(hook: RegisteredHook): void {
  const global = globalThis as Registry;
  global[registryKey] ??= [];
  const hooks = global[registryKey];
  const at = hooks.findIndex(({ kind, name }) => kind === hook.kind && name === hook.name);
  if (at === -1) hooks.push(hook);
  else hooks[at] = hook;
}

/** What was kept, in the order of the first registration of each name. */
export function registeredHooks(): readonly RegisteredHook[] {
  return (globalThis as Registry)[registryKey] ?? [];
}
