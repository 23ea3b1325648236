declare const brand: unique symbol;

/** `run_` and a unique part. */
export type RunId = string & { readonly [brand]: "run" };
/** `attempt_` and a unique part. */
export type AttemptId = string & { readonly [brand]: "attempt" };
/** `runner_` and a random part, made by each runner process; see `@baton/proto/runner-id`. */
export type RunnerId = string & { readonly [brand]: "runner" };

/** The prefix of the id of a run or a batch. */
export type IdPrefix = "run_" | "batch_";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const timeDigits = 10;

/** The number of random bytes that {@link makeId} takes. */
export const idRandomBytes = 16;

/**
 * Makes an id that sorts by time: the prefix, ten digits of milliseconds and sixteen random digits, in base 32.
 *
 * @param timeMs - Milliseconds since the epoch.
 * @param random - {@link idRandomBytes} bytes; five bits of each are used.
 */
export function makeId(prefix: IdPrefix, timeMs: number, random: Uint8Array): string {
  let time = timeMs;
  let head = "";
  for (let index = 0; index < timeDigits; index += 1) {
    head = alphabet.charAt(time % 32) + head;
    time = Math.floor(time / 32);
  }
  let tail = "";
  for (const byte of random) tail += alphabet.charAt(byte % 32);
  return prefix + head + tail;
}

const idBody = /^[A-Za-z0-9]{8,64}$/;
const idBodyStart = /^[A-Za-z0-9]{0,64}$/;

/** Whether a text is an id that clients may make: the prefix and 8 to 64 letters or digits. */
export function isId(prefix: IdPrefix, id: string): boolean {
  return id.startsWith(prefix) && idBody.test(id.slice(prefix.length));
}

/** Whether a text can be the beginning of an id: the prefix and at most 64 letters or digits. */
export function isIdPrefix(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(prefix) && idBodyStart.test(text.slice(prefix.length));
}

/** The rule for the characters of a task's id, for messages. */
export const taskIdRule = "1 to 128 letters, digits or _ . : / -, beginning with a letter or digit";

const taskIdForm = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}$/;

/** Whether a text has the form of a task's id (docs/tasks.md 2.3). */
export function isTaskId(id: string): boolean {
  return taskIdForm.test(id);
}
