import type { Collection, Db, IndexSpecification } from "mongodb";
import { StoreUnusableError, StoreVersionError } from "../../errors.ts";
import type { StoredLogEntry, StorePurpose } from "../store.ts";
import type { Permit } from "./permit.ts";
import type { RunDocument } from "./run-document.ts";
import type { JsonText } from "./stored-value.ts";

/** The schema that this code reads and writes; stored in the collection `meta`. */
export const schemaVersion = 2;

/** A payload or output that is too large for its run's document. */
export interface TextDocument {
  readonly _id: string;
  readonly runId: string;
  readonly text: string;
  /** When to check whether a run names it, in milliseconds since the epoch; absent once a run was found to name it. */
  readonly sweepAt?: number;
}

/** The claim of an idempotency key. */
export interface KeyDocument {
  readonly _id: string;
  readonly runId: string;
  readonly expiresAt: number;
}

/** One log line. */
export type LogEntryDocument = Omit<StoredLogEntry, "sequence" | "at" | "message" | "properties"> & {
  readonly at: Date | number;
  readonly message: string | JsonText;
  readonly properties: string | JsonText | undefined;
};

/** Log lines of one run, in order. Its id is the run's, a colon and the first line's sequence number. */
export interface LogDocument {
  readonly _id: string;
  /** The first line's sequence number; the others follow without a gap. */
  readonly first: number;
  /** When its latest line was printed, in milliseconds since the epoch. */
  readonly lastAt: number;
  /** JSON text if a Baton with schema 1 wrote it. */
  readonly entries: readonly LogEntryDocument[] | string;
}

/**
 * A version under its hash, and a second document that makes its name unique. A name and a hash are each taken by one
 * insert; a crash between the two wastes a name.
 */
export type VersionDocument =
  | { readonly _id: string; readonly version: string; readonly document: string }
  | { readonly _id: string; readonly name: string };

/** Documents that exist once. */
export type MetaDocument =
  | OwnerDocument
  /** `isMoving`: documents of an older schema may be left. */
  | { readonly _id: "schema"; readonly version: number; readonly isMoving?: true }
  | { readonly _id: "import"; readonly startedAt: Date }
  | { readonly _id: "logSequence"; readonly next: number };

/** The collections of one environment. */
export interface Collections {
  readonly runs: Collection<RunDocument>;
  readonly texts: Collection<TextDocument>;
  readonly keys: Collection<KeyDocument>;
  readonly logs: Collection<LogDocument>;
  readonly versions: Collection<VersionDocument>;
  readonly meta: Collection<MetaDocument>;
}

/** An index, and its purpose. */
export interface IndexDefinition {
  readonly keys: IndexSpecification & Readonly<Record<string, 1 | -1>>;
  /** Whether the index has only documents with one of its keys, so that a run is in it only while needed. */
  readonly sparse?: true;
  /** The query that it serves, for docs/mongodb.md. */
  readonly serves: string;
}

/**
 * Every index except those on `_id`. Where a range covers an instant and an id, they are one text (sort-text.ts). In a
 * sparse index, all keys of a document are absent together, because MongoDB indexes a document that has any of them.
 */
export const indexes: Readonly<Partial<Record<keyof Collections, readonly IndexDefinition[]>>> = {
  runs: [
    { keys: { place: -1 }, serves: "lists of runs, newest first" },
    { keys: { taskId: 1, place: -1 }, serves: "lists of a task's runs" },
    { keys: { status: 1, place: -1 }, serves: "lists of runs in a status" },
    { keys: { tags: 1, taggedPlace: -1 }, sparse: true, serves: "lists of runs with a tag" },
    { keys: { batchId: 1, batchPlace: -1 }, sparse: true, serves: "lists of a batch's runs" },
    { keys: { parentRunId: 1, parentPlace: -1 }, sparse: true, serves: "lists of a run's children" },
    { keys: { active: 1 }, sparse: true, serves: "the start, and the sweep for runs of an earlier owner" },
    { keys: { lane: 1, queued: 1 }, sparse: true, serves: "the lanes, and the pages of a lane's backlog" },
    { keys: { due: 1 }, sparse: true, serves: "the pages of delayed, retrying and expiring runs" },
    { keys: { pendingTask: 1, pending: 1 }, sparse: true, serves: "runs that wait for a version" },
    { keys: { finishedAt: 1 }, sparse: true, serves: "the retention of final runs" },
  ],
  texts: [{ keys: { sweepAt: 1 }, sparse: true, serves: "the sweep of large values that no run names" }],
  keys: [{ keys: { expiresAt: 1 }, serves: "the retention of idempotency keys" }],
  logs: [{ keys: { lastAt: 1 }, serves: "the retention of log lines" }],
};

/** Returns the collections of an environment. Its id is part of each name. */
export function collectionsOf(db: Db, environmentId: string): Collections {
  const name = (kind: string) => `${environmentId}.${kind}`;
  return {
    runs: db.collection(name("runs")),
    texts: db.collection(name("texts")),
    keys: db.collection(name("keys")),
    logs: db.collection(name("logs")),
    versions: db.collection(name("versions")),
    meta: db.collection(name("meta")),
  };
}

/** @throws StoreVersionError if a newer Baton wrote the database; StoreUnusableError if there is nothing to export. */
export async function checkSchema(collections: Collections, place: string, purpose: StorePurpose): Promise<void> {
  const stored = await collections.meta.findOne({ _id: "schema" });
  if (stored === null && purpose === "export") {
    throw new StoreUnusableError(`There is no store ${place}. Name a database that a coordinator has used.`);
  }
  if (stored === null || !("version" in stored) || stored.version <= schemaVersion) return;
  throw new StoreVersionError(
    `The store ${place} has schema version ${stored.version}; this Baton knows versions up to ${schemaVersion}. ` +
      "Start the newer Baton that wrote it, or name another database.",
  );
}

/**
 * Records the schema's version, and creates missing indexes, those of one collection together, so that the server reads
 * it once for all of them. Only the owner may call this.
 * @param permit - called before the version is written
 * @returns whether documents of an older schema may be left
 */
export async function prepareSchema(collections: Collections, permit: Permit): Promise<boolean> {
  const { meta } = collections;
  const stored = await meta.findOne({ _id: "schema" });
  const isMoving =
    stored !== null && "version" in stored && (stored.version < schemaVersion || stored.isMoving === true);
  await permit();
  // Before the first document is moved: from then on, an older Baton must refuse the store.
  const note = { version: schemaVersion, ...(isMoving && { isMoving: true as const }) };
  await meta.updateOne({ _id: "schema" }, { $set: note }, { upsert: true });
  for (const [kind, definitions] of Object.entries(indexes)) {
    const descriptions = definitions.map(({ keys, sparse }) => ({ key: keys, ...(sparse === true && { sparse }) }));
    await collections[kind as keyof Collections].createIndexes(descriptions);
  }
  return isMoving;
}

/** The owner of the store. The document changes with every renewal, and when another owner takes over. */
export interface OwnerDocument {
  readonly _id: "owner";
  /** Counts the owners. */
  readonly epoch: number;
  /** Counts the renewals of this owner. */
  readonly beat: number;
  /** Absent after a release. */
  readonly holder?: Holder;
}

/** One process that owned the store, or wanted to. */
export interface Holder {
  readonly id: string;
  /** For people: which process on which machine. */
  readonly name: string;
}
