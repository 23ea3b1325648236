import { randomBytes } from "node:crypto";
import { type IdPrefix, idRandomBytes, makeId } from "@baton/proto/contract/ids";

/** Makes an id for what a client triggered without one. */
export function newId(prefix: IdPrefix, wallNow: number): string {
  return makeId(prefix, wallNow, randomBytes(idRandomBytes));
}
