const outputLimitBytes = 10 * 1024 * 1024;

/** An output that cannot be stored. The message says why. */
export class OutputError extends Error {
  readonly code = "TASK_OUTPUT_ERROR";
}

/** An output as JSON text. */
export interface EncodedOutput {
  /** Absent: the task returned `undefined`. */
  readonly json: string | undefined;
  /** A `NaN` or an infinity became `null`. */
  readonly hasLostNumbers: boolean;
}

/**
 * Turns what a task returned into JSON text by the rules of spec 2.5.
 *
 * @throws {@link OutputError} for values that JSON cannot hold, and above 10 MiB.
 */
export function encodeOutput(value: unknown): EncodedOutput {
  if (value === undefined) return { json: undefined, hasLostNumbers: false };
  let hasLostNumbers = false;
  const check = (key: string, member: unknown): unknown => {
    const problem = problemOf(member);
    if (problem !== undefined) {
      throw new OutputError(`The output holds ${problem}${key === "" ? "" : ` in "${key}"`}, which JSON cannot hold.`);
    }
    if (typeof member === "number" && !Number.isFinite(member)) hasLostNumbers = true;
    return member;
  };
  let json: string | undefined;
  try {
    json = JSON.stringify(value, check);
  } catch (error) {
    if (error instanceof OutputError) throw error;
    throw new OutputError(`The output cannot be turned into JSON: ${String((error as Error)?.message ?? error)}`);
  }
  if (json !== undefined && json.length * 3 > outputLimitBytes) {
    const bytes = Buffer.byteLength(json);
    if (bytes > outputLimitBytes) {
      throw new OutputError(`The output has ${bytes} bytes; at most ${outputLimitBytes} are stored.`);
    }
  }
  return { json, hasLostNumbers };
}

function problemOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "bigint":
      return "a bigint";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "object":
      if (value instanceof Map) return "a Map";
      return value instanceof Set ? "a Set" : undefined;
    default:
      return undefined;
  }
}
