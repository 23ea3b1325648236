import type { RunId } from "@baton/proto/contract/ids";
import type { KeyClaim } from "../store.ts";
import { isDuplicateKey, readBulkInsertFailure } from "./failure.ts";
import type { Permit } from "./permit.ts";
import type { Collections, KeyDocument } from "./schema.ts";

type Claim = KeyClaim & { readonly replaces?: RunId };

/**
 * Takes the available keys, and returns the valid claim of each key. Free keys, the usual case, cost one bulk of
 * inserts. Only a key that exists is read, and then replaced, where allowed, if it is still as it was read.
 */
export async function claimKeys(
  keys: Collections["keys"],
  claims: readonly Claim[],
  now: number,
  permit: Permit,
): Promise<readonly KeyClaim[]> {
  const standing: KeyClaim[] = [];
  for (const part of withoutRepeats(claims)) standing.push(...(await claimEach(keys, part, now, permit)));
  return standing;
}

/** Returns claims in the order of their keys. */
export async function readKeys(
  keys: Collections["keys"],
  after: string | undefined,
  limit: number,
): Promise<readonly KeyClaim[]> {
  const found = await keys.find({ _id: { $gt: after ?? "" } }, { sort: { _id: 1 }, limit }).toArray();
  return found.map(({ _id, expiresAt, runId }) => ({ key: _id, runId: runId as RunId, expiresAt }));
}

/** Splits the claims where a key repeats, so that the later claim finds the earlier one in the store. */
function withoutRepeats(claims: readonly Claim[]): Claim[][] {
  const parts: Claim[][] = [];
  let seen = new Set<string>();
  for (const claim of claims) {
    if (parts.length === 0 || seen.has(claim.key)) {
      parts.push([]);
      seen = new Set();
    }
    seen.add(claim.key);
    parts.at(-1)?.push(claim);
  }
  return parts;
}

async function claimEach(
  keys: Collections["keys"],
  claims: readonly Claim[],
  now: number,
  permit: Permit,
): Promise<readonly KeyClaim[]> {
  await permit();
  const taken = new Set(await insertFree(keys, claims));
  return await Promise.all(
    claims.map((claim, index) =>
      taken.has(index) ? contend(keys, claim, now, permit) : Promise.resolve(withoutReplaces(claim)),
    ),
  );
}

/** @returns the indexes of the claims whose key exists */
async function insertFree(keys: Collections["keys"], claims: readonly Claim[]): Promise<readonly number[]> {
  try {
    await keys.insertMany(claims.map(toDocument), { ordered: false });
    return [];
  } catch (error) {
    const failure = readBulkInsertFailure(error);
    if (failure === undefined) throw error;
    return failure.taken;
  }
}

/** Settles a claim for a key that existed: the stored claim stays, or is replaced if still as it was read. */
async function contend(keys: Collections["keys"], claim: Claim, now: number, permit: Permit): Promise<KeyClaim> {
  for (;;) {
    const standing = await keys.findOne({ _id: claim.key });
    await permit();
    if (standing === null) {
      const isTaken = await insertOne(keys, claim);
      if (isTaken) return withoutReplaces(claim);
    } else if (standing.expiresAt > now && standing.runId !== claim.replaces) {
      return { key: claim.key, runId: standing.runId as RunId, expiresAt: standing.expiresAt };
    } else {
      const { matchedCount } = await keys.replaceOne(standing, toDocument(claim));
      if (matchedCount === 1) return withoutReplaces(claim);
    }
  }
}

async function insertOne(keys: Collections["keys"], claim: Claim): Promise<boolean> {
  try {
    await keys.insertOne(toDocument(claim));
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function toDocument({ key, runId, expiresAt }: KeyClaim): KeyDocument {
  return { _id: key, runId, expiresAt };
}

function withoutReplaces({ key, runId, expiresAt }: Claim): KeyClaim {
  return { key, runId, expiresAt };
}
