import { createHash } from "node:crypto";

/** Returns the name of an idempotency key in a store: task id and hash. A key of 64 characters counts as a hash. */
export function storedKey(taskId: string, key: string): string {
  const hash = key.length === 64 ? key : createHash("sha256").update(key).digest("hex");
  return `${taskId}\u001f${hash}`;
}
