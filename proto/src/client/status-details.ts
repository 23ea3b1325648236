import type { Metadata } from "@grpc/grpc-js";
import { messageType } from "../services.ts";
import { durationFromWire, durationToWire, type SecondsAndNanos } from "../time.ts";

/** The trailer that carries a serialized `google.rpc.Status`. */
const trailer = "grpc-status-details-bin";
const domain = "baton";

/** The details of a failed call, besides its gRPC status and message. */
export interface StatusDetails {
  /** One of the codes of docs/errors.md: the reason of an `ErrorInfo`. */
  readonly code?: string | undefined;
  /** The field of the request at fault, from a `BadRequest`. */
  readonly field?: string | undefined;
  /** When a repeated call may succeed, from a `RetryInfo`. */
  readonly retryAfterMs?: number | undefined;
}

/** `google.protobuf.Any` in the loader's form. */
interface AnyMessage {
  readonly type_url: string;
  readonly value: Buffer;
}

/** The members of the three detail messages; no two messages share one. */
interface DetailMembers {
  readonly reason?: string;
  readonly fieldViolations?: readonly { readonly field: string }[];
  readonly retryDelay?: SecondsAndNanos | null;
}

const statusType = messageType("google.rpc.Status");
const prefix = "type.googleapis.com/";
const detailTypes = ["google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo"] as const;

/** Writes the details of a failed call into its trailers. */
export function writeStatusDetails(
  metadata: Metadata,
  status: number,
  message: string,
  { code, field, retryAfterMs }: StatusDetails,
): void {
  const details: AnyMessage[] = [];
  const add = (name: (typeof detailTypes)[number], value: object): void => {
    details.push({ type_url: prefix + name, value: messageType(name).serialize(value) });
  };
  if (code !== undefined) add("google.rpc.ErrorInfo", { reason: code, domain });
  if (field !== undefined) add("google.rpc.BadRequest", { fieldViolations: [{ field, description: message }] });
  if (retryAfterMs !== undefined) add("google.rpc.RetryInfo", { retryDelay: durationToWire(retryAfterMs) });
  metadata.set(trailer, statusType.serialize({ code: status, message, details }));
}

/** Reads the details of a failed call from its trailers. Details that the call does not have are absent. */
export function readStatusDetails(metadata: Metadata | undefined): StatusDetails {
  const [bytes] = metadata?.get(trailer) ?? [];
  return Buffer.isBuffer(bytes) ? decodeStatusDetails(bytes) : {};
}

/** Reads the details of a serialized `google.rpc.Status`. */
export function decodeStatusDetails(bytes: Buffer): StatusDetails {
  const found: { code?: string; field?: string; retryAfterMs?: number } = {};
  const { details } = statusType.deserialize(bytes) as { details: readonly AnyMessage[] };
  for (const { type_url, value } of details) {
    const name = detailTypes.find((type) => type_url.endsWith(`/${type}`));
    if (name === undefined) continue;
    const { fieldViolations, reason, retryDelay } = messageType(name).deserialize(value) as DetailMembers;
    if (reason !== undefined) found.code = reason;
    const field = fieldViolations?.[0]?.field;
    if (field !== undefined) found.field = field;
    const retryAfterMs = durationFromWire(retryDelay);
    if (retryAfterMs !== undefined) found.retryAfterMs = retryAfterMs;
  }
  return found;
}
