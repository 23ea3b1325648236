/** Hooks that get positional arguments, or one object (docs/tasks.md 0.3). */
export const positionalHookNames = [
  "init",
  "cleanup",
  "middleware",
  "onStart",
  "onSuccess",
  "onFailure",
  "handleError",
] as const;

/** Hooks that always get one object. */
export const objectHookNames = ["onStartAttempt", "onComplete", "onWait", "onResume", "onCancel"] as const;

/** The kind of a hook. `catchError` is another name of `handleError`. */
export type HookName = (typeof positionalHookNames)[number] | (typeof objectHookNames)[number];

/** The options of tasks and configurations that are hooks. */
export const hookOptions = [...positionalHookNames, ...objectHookNames, "catchError"] as const;
