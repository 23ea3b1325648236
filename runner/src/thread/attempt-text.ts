import type { AttemptDetails, ThreadEnd } from "./thread-protocol.ts";

// An attempt and its end are sent as one string each, because a string is cheap to write to a pipe and to clone for a
// thread. The runner and the host pass payloads and outputs on without parsing them.
//
//   attempt    details (JSON) LF payload payload-types
//   to thread  startedAt LF attempt; startedAt is empty for an attempt that follows others in its message
//   end        report (JSON of ThreadEnd) LF output output-types
//   from thread  "+" or "-" activeMs LF end
//
// JSON.stringify writes no line feed, so the first one ends the JSON.

// Task code in the thread may replace them.
const { parse, stringify } = JSON;

/** An attempt as its thread receives it. */
export interface AttemptToExecute {
  /** Milliseconds since the epoch; undefined when the attempt starts now. */
  readonly startedAt: number | undefined;
  readonly details: AttemptDetails;
  /** JSON text; empty when the attempt has no payload. */
  readonly payload: string;
  /** The payload's types; empty when its JSON says everything. */
  readonly payloadTypes: string;
}

/** The end of an attempt as its host receives it. */
export interface EndOfThread {
  readonly type: "ended";
  /** Whether the thread may be used again. */
  readonly isReusable: boolean;
  readonly activeMs: number;
  /** The part for the runner, which the host passes on. */
  readonly end: string;
}

/** Returns the `payloadLength` of an attempt's details: where the types begin; undefined without types. */
export function payloadLengthOf(payload: string, payloadTypes: string): number | undefined {
  return payloadTypes === "" ? undefined : payload.length;
}

/** Encodes an attempt for a host. `details.payloadLength` must be {@link payloadLengthOf} of payload and types. */
export function encodeAttempt(details: AttemptDetails, payload: string, payloadTypes: string): string {
  return `${stringify(details)}\n${payload}${payloadTypes}`;
}

/**
 * Encodes an attempt for the thread that executes it. `attempt` is the text from {@link encodeAttempt}.
 *
 * @param startedAt - undefined for an attempt that follows others, and starts when they have ended
 */
export function encodeExecute(startedAt: number | undefined, attempt: string): string {
  return `${startedAt ?? ""}\n${attempt}`;
}

/** Decodes the text from {@link encodeExecute}. */
export function decodeExecute(text: string): AttemptToExecute {
  const detailsAt = text.indexOf("\n") + 1;
  const payloadAt = text.indexOf("\n", detailsAt) + 1;
  const details = parse(text.slice(detailsAt, payloadAt - 1)) as AttemptDetails;
  const typesAt = details.payloadLength === undefined ? text.length : payloadAt + details.payloadLength;
  return {
    startedAt: detailsAt === 1 ? undefined : Number(text.slice(0, detailsAt - 1)),
    details,
    payload: text.slice(payloadAt, typesAt),
    payloadTypes: text.slice(typesAt),
  };
}

/** Encodes the end of an attempt. `output` is its JSON text followed by its types; empty when there is none. */
export function encodeEnd(isReusable: boolean, report: ThreadEnd, output: string): string {
  return `${isReusable ? "+" : "-"}${report.activeMs}\n${stringify(report)}\n${output}`;
}

/**
 * Decodes the host's part of the text from {@link encodeEnd}. Returns undefined for other text, which task code may
 * send.
 */
export function decodeEnd(text: string): EndOfThread | undefined {
  const lineEnd = text.indexOf("\n");
  const activeMs = Number(text.slice(1, lineEnd));
  const isReusable = text.startsWith("+");
  if (!isReusable && !text.startsWith("-")) return undefined;
  if (!(activeMs >= 0 && activeMs < Number.POSITIVE_INFINITY)) return undefined;
  return { type: "ended", isReusable, activeMs, end: text.slice(lineEnd + 1) };
}

/** Splits an end into the report, which stays unchecked, and the output with its types. */
export function splitEnd(end: string): { readonly report: string; readonly output: string } {
  const outputAt = end.indexOf("\n") + 1;
  return { report: end.slice(0, outputAt - 1), output: end.slice(outputAt) };
}
