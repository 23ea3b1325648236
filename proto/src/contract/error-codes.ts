/** The numbers of gRPC statuses that calls of Baton end with. */
export const grpcStatus = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

type GrpcStatus = (typeof grpcStatus)[keyof typeof grpcStatus];

/** The gRPC status of every code that a coordinator answers with; docs/errors.md explains the codes. */
export const statusByCode = {
  PAYLOAD_NOT_JSON: grpcStatus.invalidArgument,
  PAYLOAD_TOO_LARGE: grpcStatus.invalidArgument,
  PAYLOAD_TYPES_INVALID: grpcStatus.invalidArgument,
  MACHINE_UNKNOWN: grpcStatus.invalidArgument,
  OPTION_INVALID: grpcStatus.invalidArgument,
  OPTION_NOT_SUPPORTED: grpcStatus.invalidArgument,
  BATCH_INVALID: grpcStatus.invalidArgument,
  TOO_MANY_ITEMS: grpcStatus.invalidArgument,
  PAGE_TOKEN_INVALID: grpcStatus.invalidArgument,
  PROTOCOL_BROKEN: grpcStatus.invalidArgument,
  MESSAGE_MALFORMED: grpcStatus.invalidArgument,
  MESSAGE_TOO_LARGE: grpcStatus.invalidArgument,
  COMPRESSION_NOT_SUPPORTED: grpcStatus.unimplemented,
  RUN_NOT_FOUND: grpcStatus.notFound,
  SERVICE_UNKNOWN: grpcStatus.notFound,
  TASK_NOT_REGISTERED: grpcStatus.notFound,
  RUN_ID_TAKEN: grpcStatus.alreadyExists,
  PARENT_NOT_RUNNING: grpcStatus.failedPrecondition,
  TOKEN_MISSING: grpcStatus.unauthenticated,
  TOKEN_WRONG: grpcStatus.unauthenticated,
  RUNNER_SUPERSEDED: grpcStatus.aborted,
  OVERLOADED: grpcStatus.resourceExhausted,
  QUEUE_FULL: grpcStatus.resourceExhausted,
  VERSIONS_FULL: grpcStatus.resourceExhausted,
  STORE_UNAVAILABLE: grpcStatus.unavailable,
  STOPPING: grpcStatus.unavailable,
  STANDBY: grpcStatus.unavailable,
  INTERNAL: grpcStatus.internal,
} as const satisfies Readonly<Record<string, GrpcStatus>>;

/** A code that a coordinator answers with. */
export type AnswerCode = keyof typeof statusByCode;

/** The gRPC status of every code with which a client refuses a call before it sends anything, or gives it up. */
export const statusByClientCode = {
  VALUE_NOT_STORABLE: grpcStatus.invalidArgument,
  TOKEN_INVALID: grpcStatus.unauthenticated,
  TOKEN_FILE_UNREADABLE: grpcStatus.unauthenticated,
  TOKEN_FILE_UNSAFE: grpcStatus.unauthenticated,
  DEADLINE_EXCEEDED: grpcStatus.deadlineExceeded,
} as const satisfies Readonly<Record<string, GrpcStatus>>;
