import { hookOptions } from "@baton/proto/contract/hook-names";
import { isDescribed } from "./describe-value.ts";
import { type OptionProblem, show } from "./retry-options.ts";

/**
 * Returns the problems of hooks among described options: each must be a function, and `handleError` and `catchError`
 * are the same hook.
 */
export function findHookProblems(options: Readonly<Record<string, unknown>>): OptionProblem[] {
  const problems: OptionProblem[] = hookOptions
    .filter((name) => options[name] !== undefined && !isDescribed(options[name], "function"))
    .map((name) => ({ path: name, reason: `expected a function, got ${show(options[name])}` }));
  if (options.handleError !== undefined && options.catchError !== undefined) {
    const reason = "handleError and catchError are one hook under two names; give one of them";
    problems.push({ path: "catchError", reason });
  }
  return problems;
}
