import { createHash } from "node:crypto";
import type { RunnerId } from "./contract/ids.ts";

const boundForm = /^runner_k[0-9a-f]{31}$/;

/**
 * Makes the id of the runner process that knows this key. Nobody can use the id without the key, also when the coordinator
 * was restarted and has not heard of the runner.
 */
export function runnerIdOf(key: string): RunnerId {
  return `runner_k${createHash("sha256").update(key).digest("hex").slice(0, 31)}` as RunnerId;
}

/** Whether a runner may use this id: {@link runnerIdOf} made it from its key, or made none such. */
export function mayUseRunnerId(id: string, key: string): boolean {
  return !boundForm.test(id) || id === runnerIdOf(key);
}
