/** Why a thread ended that nobody ended. */
export interface ThreadExit {
  readonly isOutOfMemory: boolean;
  readonly message: string;
}

/** What an error of a thread says, at most, in UTF-16 units. */
const longestMessage = 4_096;

/**
 * Describes what a thread threw and did not catch. Code can throw anything, so no text is made of an object: that may throw,
 * or take as long as the object is large.
 */
export function describeThreadError(thrown: unknown): ThreadExit {
  if (typeof thrown !== "object" || thrown === null) return exitWith(String(thrown));
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  const isOutOfMemory = code === "ERR_WORKER_OUT_OF_MEMORY";
  return exitWith(typeof message === "string" ? message : "Code threw an object that is no error.", isOutOfMemory);
}

/**
 * Is this the failure of Node.js to read what a thread threw? An object of thousands of levels fits the stack of its thread and
 * not the one here. The thread ends as it does after every error that nobody catches.
 */
export function isUnreadableThreadError(error: unknown): boolean {
  return error instanceof Error && error.stack?.includes("(node:internal/error_serdes:") === true;
}

function exitWith(message: string, isOutOfMemory = false): ThreadExit {
  return { isOutOfMemory, message: message.slice(0, longestMessage) };
}
