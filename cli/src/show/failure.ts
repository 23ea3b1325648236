import { messageType } from "@baton/proto";
import { status as grpcStatus, type ServiceError } from "@grpc/grpc-js";
import { flagOfField } from "../commands/flag-of-field.ts";
import type { Output } from "./output.ts";

/**
 * What the process ends with: a run that completed, one that ended otherwise, a usage error, no coordinator; and as every
 * process that a signal ends.
 */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, SIGINT: 130, SIGTERM: 143 } as const;

/** A value of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure that was foreseen; its message is for the user and its stack never shown. */
export class CliError extends Error {
  /** One of the codes of docs/errors.md. */
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, options: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliError";
    this.code = code;
    this.exitCode = options.exitCode ?? exitCodes.usage;
  }
}

/** A failure as the user sees it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** The fields at fault and why. */
  readonly fields: readonly { readonly field: string; readonly reason: string }[];
}

/**
 * Puts any thrown value into words. Only one that nobody foresaw says so.
 *
 * @param command - how the user starts Baton's command
 */
export function describeFailure(error: unknown, command = "baton"): Failure {
  if (error instanceof CliError) return { ...pick(error), exitCode: error.exitCode, fields: [] };
  if (isServiceError(error)) return describeServiceError(error, command);
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    const { code } = error;
    return { code, message: error.message, exitCode: exitCodeOf(code), fields: [] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "INTERNAL",
    message: `Something unexpected happened, please report it: ${message}`,
    exitCode: exitCodes.failed,
    fields: [],
  };
}

/** A failure as lines of stderr: the message with its code, then the fields at fault. */
export function failureText({ code, fields, message }: Failure, output: Output): string {
  const [first = "", ...more] = message.split("\n");
  return [
    `${output.paint("red", "error:", "err")} ${first} [${code}]`,
    ...more,
    ...fields.map(({ field, reason }) => (reason === message ? `  at ${field}` : `  ${field}: ${reason}`)),
  ].join("\n");
}

function pick(error: CliError): { code: string; message: string } {
  return { code: error.code, message: error.message };
}

/** What a service is told wrongly, in flags and environment. */
const usageCodes: ReadonlySet<string> = new Set([
  "CONFIG_INVALID",
  "CREDENTIAL_IN_ENVIRONMENT",
  "INSECURE_LISTEN",
  "TOKEN_FILE_UNREADABLE",
  "TOKEN_FILE_UNSAFE",
  "TOKEN_INVALID",
]);

function exitCodeOf(code: string): ExitCode {
  if (code === "COORDINATOR_UNREACHABLE") return exitCodes.unreachable;
  const isInputRefused = code.startsWith("IMPORT_");
  return usageCodes.has(code) || isInputRefused ? exitCodes.usage : exitCodes.failed;
}

/** Did this come from a gRPC call? */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "metadata" in error && "details" in error && "code" in error;
}

const refusals: ReadonlySet<number> = new Set([
  grpcStatus.INVALID_ARGUMENT,
  grpcStatus.NOT_FOUND,
  grpcStatus.ALREADY_EXISTS,
  grpcStatus.UNAUTHENTICATED,
  grpcStatus.PERMISSION_DENIED,
  grpcStatus.FAILED_PRECONDITION,
]);

function describeServiceError(error: ServiceError, command: string): Failure {
  const rich = richDetails(error);
  const unreachable = error.code === grpcStatus.UNAVAILABLE || error.code === grpcStatus.DEADLINE_EXCEEDED;
  if (error.code === grpcStatus.DEADLINE_EXCEEDED && rich.code === undefined) {
    return {
      code: "DEADLINE_EXCEEDED",
      message: "The coordinator did not answer in time. Its log may say why; what was asked may still be done.",
      exitCode: exitCodes.unreachable,
      fields: [],
    };
  }
  if (unreachable && rich.code === undefined) {
    return {
      code: "COORDINATOR_UNREACHABLE",
      message: `The coordinator cannot be reached: ${reasonOf(error.details)}. "${command} dev" starts one.`,
      exitCode: exitCodes.unreachable,
      fields: [],
    };
  }
  if (rich.code === "PAGE_TOKEN_INVALID") {
    return {
      code: rich.code,
      message: "The token of --page is not one of ours. Give what an earlier list printed, unchanged.",
      exitCode: exitCodes.usage,
      fields: [],
    };
  }
  const exitCode = unreachable ? exitCodes.unreachable : refusals.has(error.code) ? exitCodes.usage : exitCodes.failed;
  return {
    code: rich.code ?? grpcStatus[error.code] ?? "UNKNOWN",
    message: error.details,
    exitCode,
    fields: rich.fields,
  };
}

/** gRPC wraps the socket's own words, which are what helps. */
function reasonOf(details: string): string {
  return (/Last error: (?:Error: )?(.*?)\.? Resolution note/.exec(details)?.[1] ?? details).replace(/\.$/, "");
}

interface StatusDetails {
  readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
}

function richDetails(error: ServiceError): { code?: string; fields: Failure["fields"] } {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) return { fields: [] };
  const { details } = messageType("google.rpc.Status").deserialize(bytes) as StatusDetails;
  let code: string | undefined;
  let fields: Failure["fields"] = [];
  for (const detail of details) {
    const name = detail.type_url.split("/").at(-1);
    if (name === "google.rpc.ErrorInfo") {
      code = (messageType(name).deserialize(detail.value) as { reason: string }).reason;
    } else if (name === "google.rpc.BadRequest") {
      const { fieldViolations } = messageType(name).deserialize(detail.value) as {
        fieldViolations: readonly { field: string; description: string }[];
      };
      fields = fieldViolations.map(({ field, description }) => ({ field: flagOfField(field), reason: description }));
    }
  }
  return code === undefined ? { fields } : { code, fields };
}
