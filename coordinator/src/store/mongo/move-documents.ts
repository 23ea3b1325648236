import type { AnyBulkWriteOperation, Collection, Document, Filter } from "mongodb";
import { embedRun } from "./embedded-run.ts";
import { readEntries, storedEntries } from "./log-collection.ts";
import type { Permit } from "./permit.ts";
import type { Collections } from "./schema.ts";

/** Documents in one range of ids. */
const documentsAtOnce = 500;
/** Characters of JSON text after which a command takes no further document. */
const charactersAtOnce = 4 * 1024 * 1024;

/**
 * Moves documents from schema 1, which holds runs and log lines as JSON text, to schema 2, which holds them as
 * documents. An interrupted move starts again and finds only what is left. Documents of schema 1 stay readable, because
 * a late write of an earlier owner may be applied after the move.
 */
export async function moveDocuments({ logs, meta, runs }: Collections, permit: Permit): Promise<void> {
  await moveTexts(
    runs,
    "run",
    // With the revision, the update applies only if the run was not written since the read.
    (text, { revision }) => [
      { revision },
      // Schema 1 wrote the number of a queue's partition, and no code read it.
      { $set: { run: embedRun(JSON.parse(text)) }, $unset: { partition: true } },
    ],
    permit,
  );
  await moveTexts(logs, "entries", (text) => [{}, { $set: { entries: storedEntries(readEntries(text)) } }], permit);
  await permit();
  await meta.updateOne({ _id: "schema" }, { $unset: { isMoving: true } });
}

/**
 * Moves every document of a collection in which `member` is text, one range of ids after another. A range is short
 * whether its documents are moved already or not, so that the server answers in time in a repeated move too.
 */
async function moveTexts<T extends Document>(
  collection: Collection<T>,
  member: string,
  move: (text: string, document: Document) => readonly [filter: Document, update: Document],
  permit: Permit,
): Promise<void> {
  const ranges = { sort: { _id: 1 }, skip: documentsAtOnce - 1, limit: 1, projection: { _id: 1 } } as const;
  let after = "";
  for (let isLast = false; !isLast; ) {
    const [end] = await collection.find<Document>({ _id: { $gt: after } } as Filter<T>, ranges).toArray();
    isLast = end === undefined;
    const ids = { $gt: after, ...(end !== undefined && { $lte: end._id }) };
    await moveRange(collection, { _id: ids, [member]: { $type: "string" } }, member, move, permit);
    after = end?._id;
  }
}

async function moveRange<T extends Document>(
  collection: Collection<T>,
  filter: Document,
  member: string,
  move: (text: string, document: Document) => readonly [filter: Document, update: Document],
  permit: Permit,
): Promise<void> {
  const documents = collection.find<Document>(filter as Filter<T>, { projection: { [member]: 1, revision: 1 } });
  let operations: AnyBulkWriteOperation<T>[] = [];
  let characters = 0;
  const write = async () => {
    await permit();
    await collection.bulkWrite(operations, { ordered: false, ignoreUndefined: true });
    operations = [];
    characters = 0;
  };
  for await (const document of documents) {
    const text: string = document[member];
    const [condition, update] = move(text, document);
    const found = { _id: document._id, ...condition } as Filter<T>;
    operations.push({ updateOne: { filter: found, update } } as AnyBulkWriteOperation<T>);
    characters += text.length;
    if (characters >= charactersAtOnce) await write();
  }
  if (operations.length > 0) await write();
}
