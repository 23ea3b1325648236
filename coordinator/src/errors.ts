/** The most characters of a caller's text that a message repeats. */
export const maxRepeatedLength = 60;

/** Returns a caller's text as messages repeat it: a long text loses its end. */
export function shortened(text: string): string {
  return text.length > maxRepeatedLength ? `${text.slice(0, maxRepeatedLength)}…` : text;
}

/** A failure that a caller can act on. `code` is stable and listed in docs/errors.md. */
export abstract class CoordinatorError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The store could not answer; the request may have been carried out or not. Repeating it is safe. */
export class StoreError extends CoordinatorError {
  override readonly code: string = "STORE_UNAVAILABLE";
}

/** Tells callers about a change whose outcome is unknown. */
export const mayHaveHappened = "The change may still be made; repeating the call with the same run id is safe.";

/** Another coordinator owns the store. */
export class StoreLockedError extends CoordinatorError {
  override readonly code = "STORE_LOCKED";
}

/** The store's file was deleted or replaced while it was open; writes to it can no longer be found. */
export class StoreReplacedError extends CoordinatorError {
  override readonly code = "STORE_REPLACED";
}

/** Why an open store cannot be used any more: whatever its coordinator would do or acknowledge could be wrong. */
export type StoreLostError = StoreLockedError | StoreReplacedError;

/** The store was written by a newer Baton. */
export class StoreVersionError extends CoordinatorError {
  override readonly code = "STORE_VERSION";
}

/** The store cannot be used as it is: no permission, a file that is not a database, a full disk. */
export class StoreUnusableError extends CoordinatorError {
  override readonly code = "STORE_UNUSABLE";
}

/** An import into the store is unfinished: its content is incomplete, and only another import may open it. */
export class HalfImportedError extends CoordinatorError {
  override readonly code = "STORE_HALF_IMPORTED";
}

/** Returns the error for a half-imported store that is not opened for an import. `place` is its redacted address. */
export function halfImported(place: string): HalfImportedError {
  return new HalfImportedError(
    `An import into the store ${place} is not finished, so its content is incomplete. ` +
      "Import into it again (it starts over), or name another store.",
  );
}

/** The store to import into is not empty. */
export class StoreNotEmptyError extends CoordinatorError {
  override readonly code = "STORE_NOT_EMPTY";
}

/** Why a stream cannot be imported. */
export type ImportRefusedCode =
  | "IMPORT_NOT_AN_EXPORT"
  | "IMPORT_FORMAT_NEWER"
  | "IMPORT_LINE_INVALID"
  | "IMPORT_CUT"
  | "IMPORT_CHANGED";

/** The stream cannot be imported as it is. */
export class ImportRefusedError extends CoordinatorError {
  override readonly code: ImportRefusedCode;

  constructor(code: ImportRefusedCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a request is invalid; repeating it does not help. */
export type InvalidRequestCode =
  | "PAYLOAD_NOT_JSON"
  | "PAYLOAD_TOO_LARGE"
  | "PAYLOAD_TYPES_INVALID"
  | "MACHINE_UNKNOWN"
  | "OPTION_INVALID"
  | "OPTION_NOT_SUPPORTED"
  | "BATCH_INVALID"
  | "TOO_MANY_ITEMS"
  | "PAGE_TOKEN_INVALID"
  | "PROTOCOL_BROKEN"
  | "MESSAGE_MALFORMED"
  | "MESSAGE_TOO_LARGE"
  | "COMPRESSION_NOT_SUPPORTED"
  | "SERVICE_UNKNOWN";

/** The request is refused as it is. */
export class InvalidRequestError extends CoordinatorError {
  override readonly code: InvalidRequestCode;
  /** Path of the invalid field, for example `items[2].options.machine`; empty if the error is not about one field. */
  readonly field: string;

  constructor(code: InvalidRequestCode, field: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.field = field;
  }
}

/** No run has the id. */
export class RunNotFoundError extends CoordinatorError {
  override readonly code = "RUN_NOT_FOUND";

  constructor(runId: string) {
    super(
      `No run has the id "${shortened(runId)}". Was it deleted after its retention, or made by another coordinator?`,
    );
  }
}

/** The run id of a trigger belongs to a run with another task or payload. */
export class RunIdTakenError extends CoordinatorError {
  override readonly code = "RUN_ID_TAKEN";

  constructor(runId: string) {
    super(
      `The run id "${shortened(runId)}" belongs to a run with another task or payload. Send a new id for a new run.`,
    );
  }
}

/** A trigger requires a registered task, and names one that no version contains or that was deleted since. */
export class TaskNotRegisteredError extends CoordinatorError {
  override readonly code = "TASK_NOT_REGISTERED";
  /** Registered ids that are similar to the one in the trigger, nearest first. */
  readonly nearestTaskIds: readonly string[];

  constructor(taskId: string, nearestTaskIds: readonly string[]) {
    const hint =
      nearestTaskIds.length > 0
        ? `Did you mean ${nearestTaskIds.map((id) => `"${id}"`).join(" or ")}?`
        : "Start a runner whose task files export it.";
    super(`The task "${shortened(taskId)}" is not registered. ${hint}`);
    this.nearestTaskIds = nearestTaskIds;
  }
}

/** The call has no token, or a wrong one. */
export class UnauthenticatedError extends CoordinatorError {
  override readonly code: "TOKEN_MISSING" | "TOKEN_WRONG";

  constructor(code: "TOKEN_MISSING" | "TOKEN_WRONG") {
    super(
      code === "TOKEN_MISSING"
        ? "This coordinator needs a token, and none came. Name it with --token-file, BATON_TOKEN or configure({ token }); " +
            'other clients send the metadata "authorization: Bearer <token>".'
        : "The token is not this coordinator's. Use the one that it was started with.",
    );
    this.code = code;
  }
}

/** Unwritten changes, or data held for callers, have reached their limit. */
export class OverloadedError extends CoordinatorError {
  override readonly code = "OVERLOADED";
  /** When to try again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(
    retryAfterMs: number,
    reason = "The coordinator has more unwritten work than it may hold; nothing was created.",
  ) {
    super(`${reason} Try again later.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The queue holds as many queued runs as the operator allows. */
export class QueueFullError extends CoordinatorError {
  override readonly code = "QUEUE_FULL";
  /** When to try again, in milliseconds. */
  readonly retryAfterMs = 1_000;

  constructor(queue: string, limit: number) {
    super(
      `The queue "${shortened(queue)}" has no room: it may hold ${limit} queued runs. Nothing was created; try again when it is shorter.`,
    );
  }
}

/** The registered versions take all the memory that they may. */
export class VersionsFullError extends CoordinatorError {
  override readonly code = "VERSIONS_FULL";
  /** When to try again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(maxBytes: number, retryAfterMs: number) {
    super(
      `The registered versions take the ${maxBytes / 1024 ** 2} MiB that they may, and runners or runs use them. ` +
        "Nothing was registered; stop runners of old versions, or shorten descriptions and schemas of tasks.",
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** This coordinator waits to take over from another one. */
export class StandbyError extends CoordinatorError {
  override readonly code = "STANDBY";

  constructor(holder: string) {
    super(`This coordinator stands by; ${holder} serves. Call that one, or try again when this one has taken over.`);
  }
}

/** The coordinator is stopping. */
export class StoppingError extends CoordinatorError {
  override readonly code = "STOPPING";

  constructor() {
    super("The coordinator is stopping. Connect again.");
  }
}

/** A newer stream of the same runner took over. */
export class RunnerSupersededError extends CoordinatorError {
  override readonly code = "RUNNER_SUPERSEDED";

  constructor() {
    super("A newer stream of this runner took over; this one ends.");
  }
}

/** The address to listen on is in use, or this machine does not have it. */
export class PortInUseError extends CoordinatorError {
  override readonly code = "PORT_IN_USE";
}

/** A coordinator without a token must not listen for other machines. */
export class InsecureListenError extends CoordinatorError {
  override readonly code = "INSECURE_LISTEN";
}

/** A trigger names a parent that is not executing the named attempt. */
export class ParentNotRunningError extends CoordinatorError {
  override readonly code = "PARENT_NOT_RUNNING";

  constructor(runId: string) {
    super(`The run "${shortened(runId)}" is not executing the attempt that this trigger names as its parent.`);
  }
}
