import { CoordinatorError, StoreError } from "../../errors.ts";

/** Error codes of MongoDB, as far as an answer depends on them. */
export const serverCodes = {
  unauthorized: 13,
  authenticationFailed: 18,
  atlasError: 8000,
  duplicateKey: 11000,
} as const;

/** Codes of a server that is not the primary: NotWritablePrimary and its kin. */
export const notPrimaryCodes: ReadonlySet<unknown> = new Set([10107, 13435, 13436, 10058]);
/** Codes of a server that is just giving up its place or its work, and of a router that has lost the server behind it. */
const changingCodes: ReadonlySet<unknown> = new Set([
  ...[11600, 11602, 189, 91], // InterruptedAtShutdown, InterruptedDueToReplStateChange, PrimarySteppedDown, ShutdownInProgress
  ...[6, 7, 89, 9001, 133, 43], // HostUnreachable, HostNotFound, NetworkTimeout, SocketException, FailedToSatisfyReadPreference, CursorNotFound
]);

/** Options of an address whose values are secret. */
const secretOptions = /([?&](?:tlsCertificateKeyFilePassword|proxyPassword|authMechanismProperties)=)[^&]*/gi;

/** The address without its passwords, to be shown. One that is written wrongly is rather cut too short. */
export function redactAddress(address: string): string {
  return address.replace(/^(mongodb(?:\+srv)?:\/\/[^:/?@]*):.*@/s, "$1:***@").replace(secretOptions, "$1***");
}

/** What a request to the open store failed with. */
export function requestFailure(cause: unknown, place: string): CoordinatorError {
  if (cause instanceof CoordinatorError) return cause;
  return new StoreError(`The store ${place} could not answer (${textOf(cause)}).`, { cause });
}

/** Is this a failure of the way to the server, or of a server that is about to be another one, so that a repeat may help? */
export function isPassing(cause: unknown): boolean {
  const name = nameOf(cause);
  // In a bulk the driver hides what kind of failure it met, but what a server said has a code.
  const isBroken = name === "MongoBulkWriteError" && codeOf(cause) === undefined;
  const isWay = isBroken || name.startsWith("MongoNetwork") || name.startsWith("MongoPool");
  return isWay || notPrimaryCodes.has(codeOf(cause)) || changingCodes.has(codeOf(cause));
}

/** Is it this, or is there no server, or no primary, at all? */
export function isAway(cause: unknown): boolean {
  return isPassing(cause) || nameOf(cause) === "MongoServerSelectionError";
}

/** Did an insert find its id taken? */
export function isDuplicateKey(cause: unknown): boolean {
  return codeOf(cause) === serverCodes.duplicateKey;
}

/** What a bulk of inserts came to. */
export interface BulkInsertFailure {
  /** Places in the bulk whose id existed already. */
  readonly taken: readonly number[];
}

/**
 * Reads the failure of an unordered bulk of inserts.
 * @returns undefined when anything else than taken ids was in the way; then nobody knows what was written
 */
export function readBulkInsertFailure(cause: unknown): BulkInsertFailure | undefined {
  if (nameOf(cause) !== "MongoBulkWriteError") return undefined;
  const failure = cause as { readonly writeErrors?: unknown; readonly result?: { getWriteConcernError?(): unknown } };
  if (failure.result?.getWriteConcernError?.() !== undefined) return undefined;
  const errors = [failure.writeErrors ?? []].flat() as { readonly code: unknown; readonly index: number }[];
  if (errors.length === 0 || errors.some(({ code }) => code !== serverCodes.duplicateKey)) return undefined;
  return { taken: errors.map(({ index }) => index) };
}

/** The code that the server gave, if it said anything. */
export function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}

/** The kind of failure, as the driver names it. */
export function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : "";
}

/** The failure in its own words, without a full stop. */
export function textOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
}
