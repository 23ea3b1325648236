import { grpcStatus, statusByClientCode, statusByCode } from "../contract/error-codes.ts";
/** Members of an `ApiError`. */
export interface ApiErrorFields {
  readonly message: string;
  /** A stable code, for example `"RUN_NOT_FOUND"`; docs/errors.md lists the codes. */
  readonly code: string;
  /** Status like that of HTTP; undefined when no answer came. */
  readonly status?: number | undefined;
  /** The gRPC status number behind it. */
  readonly grpcStatus?: number | undefined;
  /** The option or field at fault, for example `"options.machine"`. */
  readonly field?: string | undefined;
  /** Milliseconds after which a repeated call may succeed. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Reports a call that the coordinator refused, or that never reached it. Test for `code`, `status` or the subclass. */
export class ApiError extends Error {
  readonly status: number | undefined;
  readonly code: string;
  readonly grpcStatus: number | undefined;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(fields: ApiErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "TriggerApiError";
    this.status = fields.status;
    this.code = fields.code;
    this.grpcStatus = fields.grpcStatus;
    this.field = fields.field;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** 400: the payload, an option or a filter is wrong. Repeating the call does not help. */
export class BadRequestError extends ApiError {}
/** 401: the token is missing or wrong. */
export class AuthenticationError extends ApiError {}
/** 403: the call is not allowed here. */
export class PermissionDeniedError extends ApiError {}
/** 404: there is no such run, or no such task where one is required. */
export class NotFoundError extends ApiError {}
/** 409: the id belongs to something else already, or the call lost a race. */
export class ConflictError extends ApiError {}
/** 422: the run is in a state that does not allow the call. */
export class UnprocessableEntityError extends ApiError {}
/** 429: the coordinator accepts no more at the moment. */
export class RateLimitError extends ApiError {
  /** Milliseconds to wait before another call; undefined when the coordinator gave no hint. */
  get millisecondsUntilReset(): number | undefined {
    return this.retryAfterMs;
  }
}
/** 5xx: the coordinator failed, is stopping, or did not answer in time. */
export class InternalServerError extends ApiError {}
/** No answer: nothing listens at the address, or the connection broke. */
export class ApiConnectionError extends ApiError {}

type ErrorClass = new (fields: ApiErrorFields) => ApiError;

const classes: Readonly<Record<number, readonly [status: number, type: ErrorClass, fallbackCode: string]>> = {
  [grpcStatus.cancelled]: [499, ApiError, "CANCELLED"],
  [grpcStatus.unknown]: [500, InternalServerError, "INTERNAL"],
  [grpcStatus.invalidArgument]: [400, BadRequestError, "OPTION_INVALID"],
  [grpcStatus.deadlineExceeded]: [504, InternalServerError, "DEADLINE_EXCEEDED"],
  [grpcStatus.notFound]: [404, NotFoundError, "NOT_FOUND"],
  [grpcStatus.alreadyExists]: [409, ConflictError, "ALREADY_EXISTS"],
  [grpcStatus.permissionDenied]: [403, PermissionDeniedError, "PERMISSION_DENIED"],
  [grpcStatus.resourceExhausted]: [429, RateLimitError, "OVERLOADED"],
  [grpcStatus.failedPrecondition]: [422, UnprocessableEntityError, "FAILED_PRECONDITION"],
  [grpcStatus.aborted]: [409, ConflictError, "ABORTED"],
  [grpcStatus.outOfRange]: [400, BadRequestError, "OPTION_INVALID"],
  [grpcStatus.unimplemented]: [501, InternalServerError, "UNIMPLEMENTED"],
  [grpcStatus.internal]: [500, InternalServerError, "INTERNAL"],
  [grpcStatus.unavailable]: [503, InternalServerError, "UNAVAILABLE"],
  [grpcStatus.dataLoss]: [500, InternalServerError, "INTERNAL"],
  [grpcStatus.unauthenticated]: [401, AuthenticationError, "UNAUTHENTICATED"],
};

/** The gRPC status number of every code that a call may fail with; docs/errors.md explains the codes. */
export const errorCodes = { ...statusByCode, ...statusByClientCode } as const;

/** A code that a call may fail with. */
export type ErrorCode = keyof typeof errorCodes;

/** Describes a failed call, as a transport reports it. */
export interface CallFailure {
  /** A gRPC status number. */
  readonly status: number;
  /** The `ErrorInfo` reason; undefined when the answer carried none. */
  readonly code?: string | undefined;
  readonly message: string;
  readonly field?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Makes the error of the class that fits a failed call. */
export function apiErrorFrom(failure: CallFailure): ApiError {
  const { status: grpcStatus, code, ...rest } = failure;
  const [status, type, fallbackCode] = classes[grpcStatus] ?? [500, InternalServerError, "INTERNAL"];
  return new type({ ...rest, status, grpcStatus, code: code === undefined || code === "" ? fallbackCode : code });
}

/** Makes an error with a known code, for a call that is refused before it is sent. */
export function apiError(code: ErrorCode, message: string, field?: string, cause?: unknown): ApiError {
  return apiErrorFrom({ status: errorCodes[code], code, message, field, cause });
}

/** Whether the same call may succeed later: no answer, 408, 409 with ABORTED, 429, and 5xx except 501. */
export function isRetryable(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  if (error instanceof ApiConnectionError || error.grpcStatus === grpcStatus.aborted) return true;
  const { status } = error;
  return status === 408 || status === 429 || (status !== undefined && status >= 500 && status !== 501);
}
