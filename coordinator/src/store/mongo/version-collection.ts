import type { TaskVersion } from "@baton/proto/contract/task-definition";
import { nextVersionName } from "@baton/proto/contract/version-name";
import type { UnnamedVersion } from "../store.ts";
import { isDuplicateKey } from "./failure.ts";
import type { Permit } from "./permit.ts";
import type { Collections, VersionDocument } from "./schema.ts";

const hashPrefix = "hash:";
const namePrefix = "name:";

/** Finds the version with this hash, or names and stores it. */
export async function registerVersion(
  versions: Collections["versions"],
  version: UnnamedVersion | TaskVersion,
  day: string,
  permit: Permit,
): Promise<TaskVersion> {
  const _id = hashPrefix + version.hash;
  const known = await findVersion(versions, _id);
  if (known !== undefined) return known;
  const named: TaskVersion = { ...version, version: version.version ?? (await takeName(versions, day, permit)) };
  await permit();
  if (version.version !== undefined) await insertNew(versions, nameDocument(named.version));
  await permit();
  const isNew = await insertNew(versions, { _id, version: named.version, document: JSON.stringify(named) });
  return isNew ? named : ((await findVersion(versions, _id)) ?? named);
}

/** Deletes versions. The documents of their names stay, so that no other version gets one of these names. */
export async function deleteVersions(
  versions: Collections["versions"],
  names: readonly string[],
  permit: Permit,
): Promise<void> {
  await permit();
  await versions.deleteMany({ _id: { $gt: hashPrefix, $lt: `${hashPrefix}\uffff` }, version: { $in: [...names] } });
}

/** Returns every registered version. */
export async function loadVersions(versions: Collections["versions"]): Promise<readonly TaskVersion[]> {
  const found = await versions.find({ _id: { $gt: hashPrefix, $lt: `${hashPrefix}\uffff` } }).toArray();
  return found.flatMap(parseVersion);
}

async function findVersion(versions: Collections["versions"], _id: string): Promise<TaskVersion | undefined> {
  const found = await versions.findOne({ _id });
  return found === null ? undefined : parseVersion(found)[0];
}

/** Takes the next free name. Concurrent callers get different names. */
async function takeName(versions: Collections["versions"], day: string, permit: Permit): Promise<string> {
  for (;;) {
    const taken = await versions.find({ _id: { $gt: namePrefix + day, $lt: `${namePrefix}\uffff` } }).toArray();
    const name = nextVersionName(
      taken.flatMap((document) => ("name" in document ? [document.name] : [])),
      day,
    );
    await permit();
    if (await insertNew(versions, nameDocument(name))) return name;
  }
}

function nameDocument(name: string): VersionDocument {
  return { _id: namePrefix + name, name };
}

async function insertNew(versions: Collections["versions"], document: VersionDocument): Promise<boolean> {
  try {
    await versions.insertOne(document);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function parseVersion(document: VersionDocument): TaskVersion[] {
  return "document" in document ? [JSON.parse(document.document) as TaskVersion] : [];
}
