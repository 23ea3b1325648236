import { encodeValue, type RetrievedRun, type RunError } from "@baton/sdk";

/**
 * Converts a run to what `--json` prints: the SDK's run object, with payload and output as the stored JSON, because their
 * values may have types that JSON does not have.
 */
export function runToJson(run: RetrievedRun): unknown {
  return { ...run, payload: storedJson(run.payload), output: storedJson(run.output) };
}

/** Returns the stored JSON of a payload or an output; `undefined` when there is none. */
export function storedJson(value: unknown): unknown {
  const { json } = encodeValue(value, "value");
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}

/** Writes an error in one line. */
export function errorLine({ message, name }: RunError): string {
  return name === undefined || name === message ? message : `${name}: ${message}`;
}
