import { messageType, type ServiceError, status } from "../bundled/grpc.ts";
import { durationFromWire } from "../bundled/wire-time.ts";
import { ApiConnectionError, type ApiError, apiErrorFrom } from "./errors.ts";

interface StatusDetails {
  readonly code: string | undefined;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
}

interface AnyMessage {
  readonly typeUrl?: string;
  readonly type_url?: string;
  readonly value: Buffer;
}

interface ErrorDetail {
  readonly reason?: string;
  readonly retryDelay?: { readonly seconds: number; readonly nanos: number } | null;
  readonly fieldViolations?: readonly { readonly field: string }[];
}

/** The error class for a failed gRPC call, with what its `google.rpc.Status` tells. */
export function apiErrorFromGrpc(error: ServiceError, coordinator: string): ApiError {
  const details = readDetails(error);
  if (isConnectionFault(error) && details.code === undefined) {
    return new ApiConnectionError({
      code: "COORDINATOR_UNREACHABLE",
      message:
        `The coordinator at ${coordinator} cannot be reached: ${reasonOf(error)}. Start one with "baton dev" or ` +
        `"baton coordinator", or name another with configure({ coordinator }) or BATON_COORDINATOR.`,
      grpcStatus: error.code,
      cause: error,
    });
  }
  const message =
    error.code === status.DEADLINE_EXCEEDED
      ? `The coordinator at ${coordinator} did not answer in time; see requestOptions.timeoutMs.`
      : error.details;
  return apiErrorFrom({ status: error.code, message, cause: error, ...details });
}

/**
 * Did the connection end under the call? The SDK cancels no call that is waited for, so CANCELLED comes from one that was
 * closed; and so does an INTERNAL of grpc-js itself, when HTTP/2 ended it.
 */
function isConnectionFault({ code, details }: ServiceError): boolean {
  if (code === status.INTERNAL) return /RST_STREAM|Session closed/.test(details);
  return code === status.UNAVAILABLE || code === status.CANCELLED;
}

/** What went wrong, without gRPC's remarks around it. */
function reasonOf(error: ServiceError): string {
  return error.details.replace(/^No connection established\. Last error: /, "").replace(/\.? Resolution note:.*$/s, "");
}

function readDetails(error: ServiceError): StatusDetails {
  const found: { code?: string; field?: string; retryAfterMs?: number } = {};
  const [encoded] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (encoded instanceof Buffer) {
    for (const detail of decodeDetails(encoded)) {
      if (detail.reason !== undefined) found.code = detail.reason;
      const retryAfterMs = durationFromWire(detail.retryDelay);
      if (retryAfterMs !== undefined) found.retryAfterMs = retryAfterMs;
      const field = detail.fieldViolations?.[0]?.field;
      if (field !== undefined) found.field = field;
    }
  }
  return { code: found.code, field: found.field, retryAfterMs: found.retryAfterMs };
}

const detailTypes = ["google.rpc.ErrorInfo", "google.rpc.RetryInfo", "google.rpc.BadRequest"];

function decodeDetails(encoded: Buffer): readonly ErrorDetail[] {
  const decoded = messageType("google.rpc.Status").deserialize(encoded) as { details: readonly AnyMessage[] };
  const details: ErrorDetail[] = [];
  for (const any of decoded.details) {
    const typeName = (any.typeUrl ?? any.type_url ?? "").split("/").pop() ?? "";
    if (detailTypes.includes(typeName)) details.push(messageType(typeName).deserialize(any.value) as ErrorDetail);
  }
  return details;
}
