import { createHash } from "node:crypto";

/** Names an idempotency key in a store: task id and hash. A key of 64 characters is taken as a finished hash. */
export function storedKey(taskId: string, key: string): string {
  const hash = key.length === 64 ? key : createHash("sha256").update(key).digest("hex");
  return `${taskId}\u001f${hash}`;
}
