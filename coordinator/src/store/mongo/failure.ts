import { CoordinatorError, StoreError } from "../../errors.ts";

/** MongoDB's error codes that an answer depends on. */
export const serverCodes = {
  unauthorized: 13,
  authenticationFailed: 18,
  atlasError: 8000,
  duplicateKey: 11000,
} as const;

/** Codes of a server that is not the primary: NotWritablePrimary and similar ones. */
export const notPrimaryCodes: ReadonlySet<unknown> = new Set([10107, 13435, 13436, 10058]);
/** Codes of a server that is stepping down or shutting down, and of a router that lost the server behind it. */
const changingCodes: ReadonlySet<unknown> = new Set([
  ...[11600, 11602, 189, 91], // InterruptedAtShutdown, InterruptedDueToReplStateChange, PrimarySteppedDown, ShutdownInProgress
  ...[6, 7, 89, 9001, 133, 43], // HostUnreachable, HostNotFound, NetworkTimeout, SocketException, FailedToSatisfyReadPreference, CursorNotFound
]);

/** Options of an address whose values are secret. */
const secretOptions = /([?&](?:tlsCertificateKeyFilePassword|proxyPassword|authMechanismProperties)=)[^&]*/gi;

/** Returns the address without its passwords, for messages. May cut a malformed address too short. */
export function redactAddress(address: string): string {
  return address.replace(/^(mongodb(?:\+srv)?:\/\/[^:/?@]*):.*@/s, "$1:***@").replace(secretOptions, "$1***");
}

/** Returns the error for a failed request to the open store. */
export function requestFailure(cause: unknown, place: string): CoordinatorError {
  if (cause instanceof CoordinatorError) return cause;
  return new StoreError(`The store ${place} could not answer (${textOf(cause)}).`, { cause });
}

/** Returns whether the connection failed, or a server is changing its role, so that a repeat may help. */
export function isPassing(cause: unknown): boolean {
  const name = nameOf(cause);
  // In a bulk, the driver hides the kind of its own failure, but a failure from the server has a code.
  const isBroken = name === "MongoBulkWriteError" && codeOf(cause) === undefined;
  const isWay = isBroken || name.startsWith("MongoNetwork") || name.startsWith("MongoPool");
  return isWay || notPrimaryCodes.has(codeOf(cause)) || changingCodes.has(codeOf(cause));
}

/** Returns whether the failure is passing, or no server or primary was found. */
export function isAway(cause: unknown): boolean {
  return isPassing(cause) || nameOf(cause) === "MongoServerSelectionError";
}

/** Returns whether an insert found its id taken. */
export function isDuplicateKey(cause: unknown): boolean {
  return codeOf(cause) === serverCodes.duplicateKey;
}

/** The result of a bulk of inserts in which ids were taken. */
export interface BulkInsertFailure {
  /** Indexes of the inserts whose id existed already. */
  readonly taken: readonly number[];
}

/**
 * Reads the failure of an unordered bulk of inserts.
 * @returns undefined if anything but taken ids failed; then it is unknown what was written
 */
export function readBulkInsertFailure(cause: unknown): BulkInsertFailure | undefined {
  if (nameOf(cause) !== "MongoBulkWriteError") return undefined;
  const failure = cause as { readonly writeErrors?: unknown; readonly result?: { getWriteConcernError?(): unknown } };
  if (failure.result?.getWriteConcernError?.() !== undefined) return undefined;
  const errors = [failure.writeErrors ?? []].flat() as { readonly code: unknown; readonly index: number }[];
  if (errors.length === 0 || errors.some(({ code }) => code !== serverCodes.duplicateKey)) return undefined;
  return { taken: errors.map(({ index }) => index) };
}

/** Returns the code of the failure, if it has one. */
export function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

/** Returns the kind of the failure, as the driver names it. */
export function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : "";
}

/** Returns the message of the failure without a full stop. */
export function textOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
}
