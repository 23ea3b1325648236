import { readStatusDetails, type ServiceError, status } from "../bundled/grpc.ts";
import { ApiConnectionError, type ApiError, apiErrorFrom } from "./errors.ts";

/** Converts a failed gRPC call, with the details of its `google.rpc.Status`, to an `ApiError`. */
export function apiErrorFromGrpc(error: ServiceError, coordinator: string): ApiError {
  const details = readStatusDetails(error.metadata);
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
 * Whether the connection ended during the call. The SDK cancels no call that somebody awaits, so CANCELLED comes from a
 * closed connection, and so does an INTERNAL that grpc-js reports when HTTP/2 ended the stream.
 */
function isConnectionFault({ code, details }: ServiceError): boolean {
  if (code === status.INTERNAL) return /RST_STREAM|Session closed/.test(details);
  return code === status.UNAVAILABLE || code === status.CANCELLED;
}

/** Returns the reason without the remarks that gRPC adds around it. */
function reasonOf(error: ServiceError): string {
  return error.details.replace(/^No connection established\. Last error: /, "").replace(/\.? Resolution note:.*$/s, "");
}
