import type { Store } from "../store.ts";
import { storedKey } from "../stored-key.ts";
import { listedMembers, readListedRun } from "./embedded-run.ts";
import { logIdRange } from "./log-collection.ts";
import type { Permit } from "./permit.ts";
import { type RunDocument, textIdMembers, textIdsOf } from "./run-document.ts";
import { runQueries } from "./run-queries.ts";
import type { Collections } from "./schema.ts";

type Limits = Parameters<Store["deleteExpired"]>[0];
type Deleted = Awaited<ReturnType<Store["deleteExpired"]>>;

/** The most runs whose log lines one command deletes. */
const runsPerLogDeletion = 100;

/** Deletes expired documents, at most `limit` of each kind. */
export async function deleteExpired(collections: Collections, limits: Limits, permit: Permit): Promise<Deleted> {
  const counts = [
    await deleteRuns(collections, limits, permit),
    await deleteLogs(collections, limits, permit),
    await deleteKeys(collections, limits, permit),
    await sweepTexts(collections, limits, permit),
  ];
  return {
    deleted: counts.reduce((sum, { deleted }) => sum + deleted, 0),
    more: counts.some(({ seen }) => seen >= limits.limit),
  };
}

/** The number of expired documents of one kind, at most the limit, and how many of them were deleted. */
interface Count {
  readonly seen: number;
  readonly deleted: number;
}

/**
 * Files runs that a key still stands for as if they had finished later, so that they are found again when the key
 * expires. Returns the other runs.
 */
async function deferKept(
  { keys, runs }: Collections,
  { now, runsBefore }: Limits,
  found: readonly RunDocument[],
  permit: Permit,
): Promise<readonly RunDocument[]> {
  const keyOf = new Map<string, string>();
  for (const { id, idempotencyKey, taskId } of found.map(readListedRun)) {
    if (idempotencyKey !== undefined) keyOf.set(id, storedKey(taskId, idempotencyKey));
  }
  if (keyOf.size === 0) return found;
  const filter = { _id: { $in: [...keyOf.values()] }, expiresAt: { $gt: now } };
  const held = new Map((await keys.find(filter).toArray()).map((claim) => [claim._id, claim]));
  const isGoing = await Promise.all(
    found.map(async ({ _id }) => {
      const claim = held.get(keyOf.get(_id) ?? "");
      if (claim?.runId !== _id) return true;
      await permit();
      await runs.updateOne(
        { _id, finishedAt: { $lt: runsBefore } },
        { $set: { finishedAt: runsBefore + claim.expiresAt - now } },
      );
      return false;
    }),
  );
  return found.filter((_, index) => isGoing[index]);
}

/** Deletes runs. Their logs and texts go first, so that a crash in between leaves no document that nothing leads to. */
async function deleteRuns(collections: Collections, limits: Limits, permit: Permit): Promise<Count> {
  const { logs, runs, texts } = collections;
  const { filter, sort } = runQueries.finished(limits.runsBefore);
  const { limit } = limits;
  const seen = await runs.find(filter, { sort, limit, projection: listedMembers }).toArray();
  const found = await deferKept(collections, limits, seen, permit);
  if (found.length === 0) return { seen: seen.length, deleted: 0 };
  for (let first = 0; first < found.length; first += runsPerLogDeletion) {
    const part = found.slice(first, first + runsPerLogDeletion);
    await permit();
    await logs.deleteMany({ $or: part.map(({ _id }) => ({ _id: logIdRange(_id) })) });
  }
  const textIds = found.flatMap(textIdsOf);
  await permit();
  if (textIds.length > 0) await texts.deleteMany({ _id: { $in: textIds } });
  await permit();
  const { deletedCount } = await runs.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
  return { seen: seen.length, deleted: deletedCount };
}

async function deleteLogs({ logs }: Collections, { limit, logsBefore }: Limits, permit: Permit): Promise<Count> {
  const filter = { lastAt: { $lt: logsBefore } };
  const found = await logs.find(filter, { sort: { lastAt: 1 }, limit, projection: { _id: 1 } }).toArray();
  if (found.length === 0) return { seen: 0, deleted: 0 };
  await permit();
  const { deletedCount } = await logs.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
  return { seen: found.length, deleted: deletedCount };
}

/** Deletes expired keys. A key that was claimed again since it was found stays. */
async function deleteKeys({ keys }: Collections, { limit, now }: Limits, permit: Permit): Promise<Count> {
  const filter = { expiresAt: { $lte: now } };
  const found = await keys.find(filter, { sort: { expiresAt: 1 }, limit, projection: { _id: 1 } }).toArray();
  if (found.length === 0) return { seen: 0, deleted: 0 };
  await permit();
  const { deletedCount } = await keys.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, ...filter });
  return { seen: found.length, deleted: deletedCount };
}

/**
 * Checks texts that are older than an hour, each once: by then a run names the text or never will. Texts that no run
 * names are deleted; the others lose the mark `sweepAt`.
 */
async function sweepTexts({ runs, texts }: Collections, { limit, now }: Limits, permit: Permit): Promise<Count> {
  const filter = { sweepAt: { $lte: now } };
  const found = await texts.find(filter, { sort: { sweepAt: 1 }, limit, projection: { runId: 1 } }).toArray();
  if (found.length === 0) return { seen: 0, deleted: 0 };
  const runIds = [...new Set(found.map(({ runId }) => runId))];
  const naming = await runs.find({ _id: { $in: runIds } }, { projection: textIdMembers }).toArray();
  const named = new Set(naming.flatMap(textIdsOf));
  const ids = found.map(({ _id }) => _id);
  await permit();
  const { deletedCount } = await texts.deleteMany({ _id: { $in: ids.filter((id) => !named.has(id)) }, ...filter });
  await permit();
  await texts.updateMany({ _id: { $in: ids.filter((id) => named.has(id)) } }, { $unset: { sweepAt: true } });
  return { seen: found.length, deleted: deletedCount };
}
