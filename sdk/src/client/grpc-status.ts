import { readStatusDetails, type ServiceError, status } from "../bundled/grpc.ts";
import { ApiConnectionError, type ApiError, apiErrorFrom } from "./errors.ts";

/** The error class for a failed gRPC call, with what its `google.rpc.Status` tells. */
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
