import type { RunId } from "@baton/proto/contract/ids";
import type { AnyBulkWriteOperation } from "mongodb";
import type { Batch, RunWrite } from "../store.ts";
import { readBulkInsertFailure } from "./failure.ts";
import type { Permit } from "./permit.ts";
import { largeTextsOf, type RunDocument, toDocument, toUpdate, type Writer } from "./run-document.ts";
import type { Collections } from "./schema.ts";
import { writeTexts } from "./text-writer.ts";

/** Absent members of a run are undefined, and are left out of its document. */
const writeOptions = { ordered: false, ignoreUndefined: true } as const;

/**
 * Writes a batch, and returns the runs in conflict. Inserts and updates are sent at the same time, each as an unordered
 * bulk, which the driver splits by the server's limits of count and bytes. Only if fewer documents were written than
 * sent, one read finds out which, and whether an earlier try of this batch wrote them.
 */
export async function writeBatch(
  collections: Collections,
  { number, writes }: Batch,
  epoch: number,
  permit: Permit,
): Promise<readonly RunId[]> {
  const writer: Writer = { epoch, batch: number };
  await writeTexts(
    collections.texts,
    writes.flatMap((write) => largeTextsOf(write, writer)),
    permit,
  );
  await permit();
  const inserts = writes.filter(({ replaces }) => replaces === 0);
  const updates = writes.filter(({ replaces }) => replaces !== 0);
  const doubtful = await Promise.all([
    insert(collections.runs, inserts, writer),
    update(collections.runs, updates, writer),
  ]);
  return await findConflicts(collections.runs, doubtful.flat(), writer);
}

/** @returns the writes that may not have been made */
async function insert(
  runs: Collections["runs"],
  writes: readonly RunWrite[],
  writer: Writer,
): Promise<readonly RunWrite[]> {
  if (writes.length === 0) return [];
  try {
    await runs.insertMany(
      writes.map((write) => toDocument(write, writer)),
      writeOptions,
    );
    return [];
  } catch (error) {
    const failure = readBulkInsertFailure(error);
    if (failure === undefined) throw error;
    return failure.taken.flatMap((index) => writes[index] ?? []);
  }
}

/** @returns the writes that may not have been made */
async function update(
  runs: Collections["runs"],
  writes: readonly RunWrite[],
  writer: Writer,
): Promise<readonly RunWrite[]> {
  if (writes.length === 0) return [];
  const operations = writes.map(
    (write): AnyBulkWriteOperation<RunDocument> => ({
      updateOne: {
        filter: { _id: write.run.id, revision: write.replaces },
        update: toUpdate(write, writer),
      },
    }),
  );
  const { matchedCount } = await runs.bulkWrite(operations, writeOptions);
  return matchedCount === writes.length ? [] : writes;
}

/** Returns the runs in conflict. What the bulks met is durable: their answers waited for everything before. */
async function findConflicts(
  runs: Collections["runs"],
  doubtful: readonly RunWrite[],
  { epoch, batch }: Writer,
): Promise<readonly RunId[]> {
  if (doubtful.length === 0) return [];
  const found = runs.find(
    { _id: { $in: doubtful.map(({ run }) => run.id) } },
    { projection: { revision: 1, epoch: 1, batch: 1 } },
  );
  const stored = new Map((await found.toArray()).map((document) => [document._id, document]));
  return doubtful
    .map(({ run }) => run)
    .filter(({ id, revision }) => {
      const document = stored.get(id);
      return document?.revision !== revision || document.epoch !== epoch || document.batch !== batch;
    })
    .map(({ id }) => id);
}
