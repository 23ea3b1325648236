import { encodeValue, type RetrievedRun, type RunError } from "@baton/sdk";

/**
 * A run as `--json` prints it: the SDK's run object. Payload and output are the JSON that is stored, because they may be
 * values that JSON does not have.
 */
export function runToJson(run: RetrievedRun): unknown {
  return { ...run, payload: storedJson(run.payload), output: storedJson(run.output) };
}

/** The JSON that is stored of a payload or an output; `undefined` for none. */
export function storedJson(value: unknown): unknown {
  const { json } = encodeValue(value, "value");
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}

/** What failed, in one line. */
export function errorLine({ message, name }: RunError): string {
  return name === undefined || name === message ? message : `${name}: ${message}`;
}
