import { writeStatusDetails } from "@baton/proto/client/status-details";
import { type AnswerCode, statusByCode } from "@baton/proto/contract/error-codes";
import { Metadata, status } from "@grpc/grpc-js";
import type { Logger } from "pino";
import {
  CoordinatorError,
  InvalidRequestError,
  OverloadedError,
  QueueFullError,
  StoreError,
  VersionsFullError,
} from "../../errors.ts";

/** The status that ends a failed call. */
export interface FailureStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/**
 * The most bytes of a message that are sent. The trailers hold the message three times, partly in base64 and
 * percent-encoded; clients drop a connection whose trailers exceed 16 KiB, and some clients at 8 KiB.
 */
export const maxMessageBytes = 1_024;
/** The most bytes of a field's path that are sent. */
export const maxFieldBytes = 256;

const storeRetryMs = 1_000;
const internalMessage = "The coordinator failed; its log says more.";

/** The part of a failure that callers see. */
export interface VisibleFailure {
  readonly status: status;
  readonly code: string;
  readonly message: string;
  readonly field: string;
  /** After how many milliseconds a repeated call may succeed; absent if it cannot. */
  readonly retryAfterMs?: number;
}

/** Returns the gRPC status of a code; undefined for a code that ends the start-up and is never sent. */
function statusOf(code: string): status | undefined {
  return Object.hasOwn(statusByCode, code) ? statusByCode[code as AnswerCode] : undefined;
}

/** Returns the part of a failure that callers may see. An unknown failure is logged, and callers see INTERNAL. */
export function visibleFailure(error: unknown, log: Logger): VisibleFailure {
  const code = error instanceof CoordinatorError ? statusOf(error.code) : undefined;
  if (code === undefined || !(error instanceof CoordinatorError)) {
    log.error({ err: error }, "call failed");
    return { status: status.INTERNAL, code: "INTERNAL", message: internalMessage, field: "" };
  }
  const retryAfterMs = retryAfterMsOf(error);
  return {
    status: code,
    code: error.code,
    message: cut(error.message, maxMessageBytes),
    field: error instanceof InvalidRequestError ? cut(error.field, maxFieldBytes) : "",
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Returns the status that ends a failed call, with a `google.rpc.Status` in the trailers. */
export function failureStatus(error: unknown, log: Logger): FailureStatus {
  const { code, field, message, retryAfterMs, status } = visibleFailure(error, log);
  const metadata = new Metadata();
  writeStatusDetails(metadata, status, message, { code, field: field === "" ? undefined : field, retryAfterMs });
  return { code: status, details: message, metadata };
}

/** Returns the beginning of a text, cut between characters, because grpc-js throws on half a character. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return bytes.toString();
  const ellipsis = "…";
  // A character that was cut in two decodes as replacement characters.
  const kept = bytes.subarray(0, maxBytes - Buffer.byteLength(ellipsis)).toString();
  return kept.replace(/\uFFFD+$/, "") + ellipsis;
}

function retryAfterMsOf(error: CoordinatorError): number | undefined {
  if (error instanceof OverloadedError || error instanceof QueueFullError || error instanceof VersionsFullError) {
    return error.retryAfterMs;
  }
  return error instanceof StoreError || error.code === "STOPPING" || error.code === "STANDBY"
    ? storeRetryMs
    : undefined;
}
