import { grpcStatus } from "@baton/proto/contract/error-codes";
import type { ApiError } from "@baton/sdk";
import { flagOfField } from "../commands/flag-of-field.ts";
import type { Output } from "./output.ts";

/**
 * The exit codes: the run completed; it ended otherwise, or something failed; bad usage; no coordinator; and those of a
 * process that a signal ended.
 */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3, SIGINT: 130, SIGTERM: 143 } as const;

/** An exit code of the command. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected failure. Its message is for the user; its stack is never shown. */
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

/** A failure in the form that the user sees. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** The flag, argument or field at fault. */
  readonly field?: string;
}

/**
 * Describes any thrown value for the user. The message of an unexpected one says that it is unexpected.
 *
 * @param command - How the user starts the `baton` command.
 */
export function describeFailure(error: unknown, command = "baton"): Failure {
  if (error instanceof CliError) return { ...pick(error), exitCode: error.exitCode };
  if (isApiError(error)) return describeApiError(error, command);
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    const { code } = error;
    return { code, message: error.message, exitCode: exitCodeOf(code) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "INTERNAL",
    message: `Something unexpected happened, please report it: ${message}`,
    exitCode: exitCodes.failed,
  };
}

/** Writes a failure as lines of stderr: the message with its code, then the field at fault. */
export function failureText({ code, field, message }: Failure, output: Output): string {
  const [first = "", ...more] = message.split("\n");
  return [
    `${output.paint("red", "error:", "err")} ${first} [${code}]`,
    ...more,
    ...(field === undefined ? [] : [`  at ${field}`]),
  ].join("\n");
}

function pick(error: CliError): { code: string; message: string } {
  return { code: error.code, message: error.message };
}

/** The codes of wrong flags and environment variables of a service. */
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

const refusals: ReadonlySet<number> = new Set([
  grpcStatus.invalidArgument,
  grpcStatus.notFound,
  grpcStatus.alreadyExists,
  grpcStatus.unauthenticated,
  grpcStatus.permissionDenied,
  grpcStatus.failedPrecondition,
]);

/** Whether the error is a failed call; checked without loading the SDK, which a command without calls does not need. */
function isApiError(error: unknown): error is ApiError {
  return error instanceof Error && error.name === "TriggerApiError";
}

function describeApiError(error: ApiError, command: string): Failure {
  const { code, field, grpcStatus: status = grpcStatus.unknown, message } = error;
  if (code === "DEADLINE_EXCEEDED") {
    return {
      code,
      message: "The coordinator did not answer in time. Its log may say why; it may still do what was asked.",
      exitCode: exitCodes.unreachable,
    };
  }
  if (code === "COORDINATOR_UNREACHABLE") {
    const { details = message } = (error.cause ?? {}) as { readonly details?: string };
    return {
      code,
      message: `The coordinator cannot be reached: ${reasonOf(details)}. "${command} dev" starts one.`,
      exitCode: exitCodes.unreachable,
    };
  }
  if (code === "PAGE_TOKEN_INVALID") {
    return {
      code,
      message: "The token of --page is not from an earlier list. Copy the token that a list printed, unchanged.",
      exitCode: exitCodes.usage,
    };
  }
  const exitCode =
    status === grpcStatus.unavailable
      ? exitCodes.unreachable
      : refusals.has(status)
        ? exitCodes.usage
        : exitCodes.failed;
  return { code, message, exitCode, ...(field === undefined ? {} : { field: flagOfField(field) }) };
}

/** Returns the socket's own message, which gRPC wraps. */
function reasonOf(details: string): string {
  return (/Last error: (?:Error: )?(.*?)\.? Resolution note/.exec(details)?.[1] ?? details).replace(/\.$/, "");
}
