import { randomBytes } from "node:crypto";
import { type IdPrefix, idRandomBytes, makeId } from "@baton/proto/contract/ids";

/** Returns an id for a run or batch that a client triggers without one. */
export function newId(prefix: IdPrefix, wallNow: number): string {
  return makeId(prefix, wallNow, randomBytes(idRandomBytes));
}
