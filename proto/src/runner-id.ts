import { createHash } from "node:crypto";
import type { RunnerId } from "./contract/ids.ts";

const boundForm = /^runner_k[0-9a-f]{31}$/;

/**
 * Returns the id of the runner process that has this key. Without the key no process can use the id, even after a
 * restart of the coordinator, which then does not know the runner yet.
 */
export function runnerIdOf(key: string): RunnerId {
  return `runner_k${createHash("sha256").update(key).digest("hex").slice(0, 31)}` as RunnerId;
}

/** Whether a runner may use this id: {@link runnerIdOf} made it from the runner's key, or it is not an id of that form. */
export function mayUseRunnerId(id: string, key: string): boolean {
  return !boundForm.test(id) || id === runnerIdOf(key);
}
