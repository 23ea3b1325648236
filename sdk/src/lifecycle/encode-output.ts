import { type EncodedValue, encodeValue } from "../values/encode-value.ts";
import { UnstorableValueError } from "../values/unstorable-value-error.ts";

/** Reports an output that cannot be stored. The message says why. */
export class OutputError extends Error {
  readonly code = "TASK_OUTPUT_ERROR";
}

/**
 * Encodes the output of a task (docs/tasks.md 2.5).
 *
 * @param limitBytes - Largest output in bytes of UTF-8.
 * @throws {@link OutputError} for values that cannot be stored, and above the limit.
 */
export function encodeOutput(value: unknown, limitBytes: number): EncodedValue {
  const encoded = encode(value);
  const { json = "", types = "" } = encoded;
  if ((json.length + types.length) * 3 <= limitBytes) return encoded;
  const bytes = Buffer.byteLength(json) + Buffer.byteLength(types);
  if (bytes <= limitBytes) return encoded;
  throw new OutputError(`The output has ${bytes} bytes; at most ${limitBytes} are stored.`);
}

function encode(value: unknown): EncodedValue {
  try {
    return encodeValue(value, "output");
  } catch (error) {
    if (error instanceof UnstorableValueError) throw new OutputError(`The output cannot be stored. ${error.message}`);
    throw error;
  }
}
