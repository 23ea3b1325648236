import { CoordinatorError, StoreError, StoreLockedError, StoreUnusableError } from "../../errors.ts";

/** SQLite's primary result codes that an answer depends on. */
const resultCodes = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** Returns the error for a file that could not be opened, worded for the person who starts the coordinator. */
export function openingFailure(cause: unknown, file: string): CoordinatorError {
  if (cause instanceof CoordinatorError) return cause;
  const options = { cause };
  switch (resultCodeOf(cause)) {
    case resultCodes.busy:
    case resultCodes.locked:
      return new StoreLockedError(
        `The store "${file}" is in use by another coordinator, export or import. Stop that one, or name another file with --store.`,
        options,
      );
    case resultCodes.notADatabase:
    case resultCodes.corrupt:
      return new StoreUnusableError(
        `The file "${file}" is not a database, or it is damaged (${textOf(cause)}). ` +
          "Name another file, or put a backup in its place.",
        options,
      );
    case resultCodes.readOnly:
    case resultCodes.permission:
      return new StoreUnusableError(
        `The store "${file}" cannot be written. Allow this user to write the file and its folder.`,
        options,
      );
    case resultCodes.full:
      return new StoreUnusableError(
        `The disk of the store "${file}" is full. Make room on it, or name a file on another disk.`,
        options,
      );
    default:
      return new StoreUnusableError(
        `The store "${file}" cannot be opened (${textOf(cause)}). ` +
          "It must be a file in a folder that this user may read and write.",
        options,
      );
  }
}

/** Returns the error for a failed request to the open store. */
export function requestFailure(cause: unknown, file: string): CoordinatorError {
  if (cause instanceof CoordinatorError) return cause;
  const reason =
    resultCodeOf(cause) === resultCodes.full
      ? "its disk is full; make room on it"
      : `${textOf(cause)}; see whether its disk works`;
  return new StoreError(`The store "${file}" could not answer: ${reason}.`, { cause });
}

/**
 * Returns whether the connection is doubtful after this failure, so that the file must be reopened before any answer.
 */
export function needsReopening(cause: unknown): boolean {
  const code = resultCodeOf(cause);
  return code === resultCodes.ioError || code === resultCodes.corrupt || code === resultCodes.notADatabase;
}

/** Returns whether this failure comes from the database, and not from a fault in this program. */
export function isStoreFailure(cause: unknown): boolean {
  return resultCodeOf(cause) !== undefined;
}

function resultCodeOf(cause: unknown): number | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ("code" in cause && ["EACCES", "EPERM", "EROFS"].includes(String(cause.code))) return resultCodes.permission;
  if ("rawCode" in cause && typeof cause.rawCode === "number") return cause.rawCode & 0xff;
  return /ConnectionFailed.*: 14/.test(cause.message) ? resultCodes.cannotOpen : undefined;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
