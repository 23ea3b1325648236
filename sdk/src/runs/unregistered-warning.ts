import { findRuntime } from "../attempt/runtime.ts";

/** Tasks that this process has warned about. */
const warned = new Set<string>();
const warnedAtMost = 1_000;

/**
 * Warns that no version contains a task: in the log of the attempt that triggered it, else as a warning of the process, once
 * for each task.
 */
export function warnOfUnregistered(taskId: string): void {
  const message =
    `No version contains the task "${taskId}". Its run waits as PENDING_VERSION until a runner registers one: check the ` +
    "spelling of the id, or trigger with requireRegistered to have such triggers refused.";
  const attempt = findRuntime()?.currentAttempt();
  if (attempt !== undefined) {
    attempt.log("warn", message, undefined);
    return;
  }
  if (warned.has(taskId) || warned.size >= warnedAtMost) return;
  warned.add(taskId);
  process.emitWarning(message, { type: "BatonWarning", code: "TASK_NOT_REGISTERED" });
}
