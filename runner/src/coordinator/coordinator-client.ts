import {
  durationFromWire,
  type LogServiceClient,
  messageType,
  type RunnerServiceClient,
  type RunServiceClient,
  services,
} from "@baton/proto";
import {
  type ChannelOptions,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";

/** A refused or failed call, in the form that a task's SDK expects. */
export interface CallError {
  /** A gRPC status number. */
  readonly status: number;
  /** One of the codes of docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly field?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The coordinator's services as a runner uses them. */
export interface CoordinatorClient {
  readonly address: string;
  readonly runner: RunnerServiceClient;
  readonly runs: RunServiceClient;
  readonly logs: LogServiceClient;
  /** Carries the token; for every call. */
  readonly metadata: Metadata;
  close(): void;
}

/** Outputs may have 10 MiB, and several travel in one message; payloads likewise. */
const messageBytes = 64 * 1024 * 1024;

const channelOptions: ChannelOptions = {
  "grpc.max_receive_message_length": messageBytes,
  "grpc.max_send_message_length": messageBytes,
  // A peer that vanished without a word is noticed within 10 s.
  "grpc.keepalive_time_ms": 5_000,
  "grpc.keepalive_timeout_ms": 5_000,
  // The runner has its own backoff; the channel must not hold it up after an outage.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1_000,
  "grpc.enable_retries": 0,
};

/** Opens connections on demand: one for the runner's stream, one for calls of tasks and for logs. */
export function connectCoordinator(address: string, token: string | undefined): CoordinatorClient {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  const open = <Client>(definition: unknown, name: string, isOwnConnection: boolean): Client => {
    const Constructor = makeGenericClientConstructor(definition as never, name);
    const options = { ...channelOptions, ...(isOwnConnection ? { "grpc.use_local_subchannel_pool": 1 } : undefined) };
    return new Constructor(address, credentials.createInsecure(), options) as unknown as Client;
  };
  const runner = open<RunnerServiceClient>(services.runner, "RunnerService", true);
  const runs = open<RunServiceClient>(services.run, "RunService", false);
  const logs = open<LogServiceClient>(services.log, "LogService", false);
  return {
    address,
    runner,
    runs,
    logs,
    metadata,
    close: () => {
      for (const client of [runner, runs, logs]) client.close();
    },
  };
}

const Status = messageType("google.rpc.Status");
const ErrorInfo = messageType("google.rpc.ErrorInfo");
const BadRequest = messageType("google.rpc.BadRequest");
const RetryInfo = messageType("google.rpc.RetryInfo");

/** What a failed call says, with the code and field of its details. */
export function readCallError(error: ServiceError): CallError {
  const details = readDetails(error);
  const code = details.code ?? (error.code === status.UNAVAILABLE ? "COORDINATOR_UNREACHABLE" : "INTERNAL");
  const { field, retryAfterMs } = details;
  return {
    status: error.code,
    code,
    message: error.details || error.message,
    ...(field === undefined ? undefined : { field }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  };
}

function readDetails(error: ServiceError): { code?: string; field?: string; retryAfterMs?: number } {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!Buffer.isBuffer(bytes)) return {};
  const found: { code?: string; field?: string; retryAfterMs?: number } = {};
  const { details } = Status.deserialize(bytes) as {
    details: { type_url?: string; typeUrl?: string; value: Buffer }[];
  };
  for (const detail of details) {
    const type = detail.typeUrl ?? detail.type_url ?? "";
    if (type.endsWith("google.rpc.ErrorInfo")) {
      found.code = (ErrorInfo.deserialize(detail.value) as { reason: string }).reason;
    } else if (type.endsWith("google.rpc.BadRequest")) {
      const { fieldViolations } = BadRequest.deserialize(detail.value) as { fieldViolations: { field: string }[] };
      if (fieldViolations[0] !== undefined) found.field = fieldViolations[0].field;
    } else if (type.endsWith("google.rpc.RetryInfo")) {
      const { retryDelay } = RetryInfo.deserialize(detail.value) as {
        retryDelay: Parameters<typeof durationFromWire>[0];
      };
      const retryAfterMs = durationFromWire(retryDelay);
      if (retryAfterMs !== undefined) found.retryAfterMs = retryAfterMs;
    }
  }
  return found;
}
