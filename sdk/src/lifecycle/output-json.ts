import { encodeJson, JsonValueError } from "../json-value.ts";

const outputLimitBytes = 10 * 1024 * 1024;

/** An output that cannot be stored. The message says why. */
export class OutputError extends Error {
  readonly code = "TASK_OUTPUT_ERROR";
}

/** An output as JSON text. */
export interface EncodedOutput {
  /** Absent: the task returned `undefined`. */
  readonly json: string | undefined;
  /** Where a `NaN` or an infinity became `null`, the first place only. */
  readonly lostNumberPath: string | undefined;
}

/**
 * Turns what a task returned into JSON text by the rules of spec 2.5.
 *
 * @throws {@link OutputError} for values that JSON cannot hold, and above 10 MiB.
 */
export function encodeOutput(value: unknown): EncodedOutput {
  let lostNumberPath: string | undefined;
  const onNonFinite = (path: string): void => {
    lostNumberPath ??= path;
  };
  let json: string | undefined;
  try {
    json = encodeJson(value, { onNonFinite });
  } catch (error) {
    if (error instanceof JsonValueError) throw new OutputError(`The output cannot be stored. ${error.message}`);
    throw error;
  }
  if (json !== undefined && json.length * 3 > outputLimitBytes) {
    const bytes = Buffer.byteLength(json);
    if (bytes > outputLimitBytes) {
      throw new OutputError(`The output has ${bytes} bytes; at most ${outputLimitBytes} are stored.`);
    }
  }
  return { json, lostNumberPath };
}
