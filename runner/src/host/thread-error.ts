/** Why a thread exited by itself. */
export interface ThreadExit {
  readonly isOutOfMemory: boolean;
  readonly message: string;
}

/** Limits the message of a thread's error, in UTF-16 units. */
const longestMessage = 4_096;

/**
 * Describes an uncaught value that a thread threw. Does not convert an object to text, because that may throw or take
 * long for a large object.
 */
export function describeThreadError(thrown: unknown): ThreadExit {
  if (typeof thrown !== "object" || thrown === null) return exitWith(String(thrown));
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  const isOutOfMemory = code === "ERR_WORKER_OUT_OF_MEMORY";
  return exitWith(typeof message === "string" ? message : "Code threw an object that is not an error.", isOutOfMemory);
}

/**
 * Whether Node.js failed to read a value that a thread threw. An object with thousands of levels can be serialized on
 * the thread's stack and still be too deep for the stack here. The thread ends as after every uncaught error.
 */
export function isUnreadableThreadError(error: unknown): boolean {
  return error instanceof Error && error.stack?.includes("(node:internal/error_serdes:") === true;
}

function exitWith(message: string, isOutOfMemory = false): ThreadExit {
  return { isOutOfMemory, message: message.slice(0, longestMessage) };
}
