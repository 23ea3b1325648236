import { CoordinatorError, StoreError, StoreUnusableError } from "../../errors.ts";
import { codeOf, isPassing, nameOf, notPrimaryCodes, serverCodes, textOf } from "./failure.ts";

/** What the driver knows about the servers when it could use none of them. */
interface Topology {
  readonly type?: string;
  readonly setName?: string | null;
  readonly servers?: ReadonlyMap<string, object>;
}

/** Returns the error for a store that could not be opened, worded for the person who starts the coordinator. */
export function openingFailure(cause: unknown, place: string): CoordinatorError {
  if (cause instanceof CoordinatorError) return cause;
  const options = { cause };
  const unusable = unusableReason(cause);
  if (unusable !== undefined) return new StoreUnusableError(`The store ${place} ${unusable}`, options);
  return new StoreError(`The store ${place} does not answer (${textOf(cause)}). ${awayAdvice(cause)}`, options);
}

/** Returns the error for an address that the driver cannot read. */
export function addressFailure(cause: unknown, place: string): StoreUnusableError {
  return new StoreUnusableError(`The store address ${place} cannot be used: ${textOf(cause)}.`, { cause });
}

/** Returns a problem that waiting does not solve, with advice; undefined: the store is unreachable. */
function unusableReason(cause: unknown): string | undefined {
  const code = codeOf(cause);
  const text = textOf(cause);
  if (code === serverCodes.authenticationFailed || code === serverCodes.atlasError) {
    return `refuses the user of its address (${text}). Correct name, password or authSource.`;
  }
  if (code === serverCodes.unauthorized && /requires authentication/i.test(text)) {
    return `lets only users in (${text}). Name one in the address: mongodb://user:password@…`;
  }
  if (code === serverCodes.unauthorized) {
    return `does not let its user do what a coordinator has to (${text}). Grant it the role readWrite on the database.`;
  }
  if (notPrimaryCodes.has(code)) {
    return (
      "is not the primary of its replica set. Name all members with replicaSet=…, and leave directConnection out; " +
      "if the set is just choosing a primary, start again."
    );
  }
  if (/wire version/i.test(text) || nameOf(cause) === "MongoCompatibilityError") {
    return `has a server that is too old (${text}). Use MongoDB 4.4 or later.`;
  }
  if (/'j' option/.test(text)) {
    return `has no journal (${text}). Start the server with its journal, on a storage engine that writes to disk.`;
  }
  if (nameOf(cause) === "MongoInvalidArgumentError") return `cannot be used: ${text}. Correct the address.`;
  return typeof code === "number" && !isPassing(cause) ? `refuses what a coordinator needs (${text}).` : undefined;
}

function awayAdvice(cause: unknown): string {
  const { servers, setName, type } = (cause as { readonly reason?: Topology } | null)?.reason ?? {};
  if (type !== "ReplicaSetNoPrimary")
    return "Start the server, or correct the address; its tls option must match the server's.";
  return servers === undefined || servers.size === 0
    ? `No host of the address belongs to a replica set "${setName}". Correct replicaSet=…, or leave it out for a single server.`
    : `The replica set "${setName}" has no primary. Start enough of its members, or wait until they have chosen one.`;
}
