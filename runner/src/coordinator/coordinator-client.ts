import type { LogServiceClient, RunnerServiceClient, RunServiceClient } from "@baton/proto";
import { CoordinatorChannel } from "@baton/proto/client/channel";
import { readStatusDetails, type StatusDetails } from "@baton/proto/client/status-details";
import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** A refused or failed call, in the form that a task's SDK expects. */
export interface CallError extends StatusDetails {
  /** A gRPC status number. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The coordinator's services that a runner uses. */
export interface CoordinatorClient {
  readonly address: string;
  readonly runner: RunnerServiceClient;
  readonly runs: RunServiceClient;
  readonly logs: LogServiceClient;
  /** Metadata with the token, for every call. */
  readonly metadata: Metadata;
  /** Reads the token's file again, for later calls. @throws TokenError when the file cannot be used */
  renewToken(): void;
  close(): void;
}

/**
 * Opens connections on demand: one for the runner's stream, one for calls of tasks and for logs.
 *
 * @param readToken - returns the token for every call; undefined when none is sent
 * @throws TokenError when the token's file cannot be used
 */
export function connectCoordinator(address: string, readToken: (() => string) | undefined): CoordinatorClient {
  const token = readToken?.();
  const stream = new CoordinatorChannel(address, { profile: "runner", hasOwnConnection: true });
  const calls = new CoordinatorChannel(address, { token, profile: "runner" });
  return {
    address,
    runner: stream.client("runner"),
    runs: calls.client("run"),
    logs: calls.client("log"),
    metadata: calls.metadata,
    renewToken: () => {
      if (readToken !== undefined) calls.setToken(readToken());
    },
    close: () => {
      stream.close();
      calls.close();
    },
  };
}

/** Returns the description of a failed call, with the code and field from its details. */
export function readCallError(error: ServiceError): CallError {
  const unnamed = error.code === status.UNAVAILABLE ? "COORDINATOR_UNREACHABLE" : "INTERNAL";
  const { code = unnamed, ...details } = readStatusDetails(error.metadata);
  return { status: error.code, code, message: error.details || error.message, ...details };
}
