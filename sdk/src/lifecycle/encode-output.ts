import { type EncodedValue, encodeValue } from "../values/encode-value.ts";
import { UnstorableValueError } from "../values/unstorable-value-error.ts";

const outputLimitBytes = 10 * 1024 * 1024;

/** An output that cannot be stored. The message says why. */
export class OutputError extends Error {
  readonly code = "TASK_OUTPUT_ERROR";
}

/**
 * Encodes what a task returned (spec 2.5).
 *
 * @throws {@link OutputError} for values that cannot be stored, and above 10 MiB.
 */
export function encodeOutput(value: unknown): EncodedValue {
  const encoded = encode(value);
  const { json = "", types = "" } = encoded;
  if ((json.length + types.length) * 3 <= outputLimitBytes) return encoded;
  const bytes = Buffer.byteLength(json) + Buffer.byteLength(types);
  if (bytes <= outputLimitBytes) return encoded;
  throw new OutputError(`The output has ${bytes} bytes; at most ${outputLimitBytes} are stored.`);
}

function encode(value: unknown): EncodedValue {
  try {
    return encodeValue(value, "output");
  } catch (error) {
    if (error instanceof UnstorableValueError) throw new OutputError(`The output cannot be stored. ${error.message}`);
    throw error;
  }
}
