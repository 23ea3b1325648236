import type { RunId } from "@baton/proto/contract/ids";
import type { Document } from "mongodb";
import type { Run } from "../../core/life/run.ts";
import type { LaneKey } from "../../core/scheduling/lane.ts";
import { type ListedRun, type StoredRun, type TextKind, textKinds, textLengthOf } from "../store.ts";
import { listedMembers, readListedRun, readRun, runMembers } from "./embedded-run.ts";
import { type RunDocument, textIdMembers, textIdsOf } from "./run-document.ts";
import type { RunQuery } from "./run-queries.ts";
import type { Collections } from "./schema.ts";

/** Documents in one answer of the server: a page of a thousand, and one that shows whether another page exists. */
const documentsAtOnce = 1_001;
/** The same for a read with a limit on texts: with 128 KiB in each of two texts, 4 MiB. */
const boundedDocumentsAtOnce = 16;
/** How long the server may work on one read, in milliseconds; after that no caller waits for it. */
const readTimeMs = 30_000;

/** Reads runs in the order of an index: all of them, or the first `limit`. */
export async function readRuns(runs: Collections["runs"], query: RunQuery, limit?: number): Promise<Run[]> {
  return (await readDocuments(runs, query, runMembers, limit)).map(readRun);
}

/** Reads the listed members of the first `limit` runs. */
export async function readListedRuns(
  runs: Collections["runs"],
  query: RunQuery,
  limit: number,
): Promise<readonly ListedRun[]> {
  return (await readDocuments(runs, query, listedMembers, limit)).map(readListedRun);
}

async function readDocuments(
  runs: Collections["runs"],
  { filter, sort }: RunQuery,
  projection: Document,
  limit: number | undefined,
): Promise<RunDocument[]> {
  const cursor = runs.find(filter, {
    sort,
    projection,
    maxTimeMS: readTimeMs,
    batchSize: Math.min(limit ?? documentsAtOnce, documentsAtOnce),
    ...(limit !== undefined && { limit }),
  });
  return await cursor.toArray();
}

/** Returns the pipeline that finds the distinct values of a member. */
export function valuesOf(member: "lane" | "pendingTask"): readonly Document[] {
  return [{ $match: { [member]: { $gt: "" } } }, { $group: { _id: `$${member}` } }];
}

/** The pipeline that counts the runs of each lane. */
export const laneCounts: readonly Document[] = [
  { $match: { lane: { $gt: "" } } },
  { $group: { _id: "$lane", count: { $sum: 1 } } },
];

/** Returns the distinct values of a member. The index serves this without a read of each document. */
export async function listValues(runs: Collections["runs"], member: "lane" | "pendingTask"): Promise<string[]> {
  const groups = runs.aggregate<{ readonly _id: string }>([...valuesOf(member)], { batchSize: documentsAtOnce });
  return (await groups.toArray()).map(({ _id }) => _id);
}

/** Returns the number of queued runs of each lane. */
export async function countByLane(runs: Collections["runs"]): Promise<readonly (readonly [LaneKey, number])[]> {
  const groups = runs.aggregate<{ readonly _id: LaneKey; readonly count: number }>([...laneCounts], {
    batchSize: documentsAtOnce,
  });
  return (await groups.toArray()).map(({ _id, count }) => [_id, count]);
}

/** Returns the runs that exist among `ids`, with their texts if asked; stops after `textLength` characters of texts. */
export async function findRuns(
  { runs, texts }: Pick<Collections, "runs" | "texts">,
  ids: readonly RunId[],
  withTexts: boolean,
  textLength = Number.POSITIVE_INFINITY,
): Promise<readonly StoredRun[]> {
  if (ids.length === 0) return [];
  const members = withTexts ? { ...runMembers, ...textMembers, ...textIdMembers } : runMembers;
  const batchSize = textLength === Number.POSITIVE_INFINITY ? documentsAtOnce : boundedDocumentsAtOnce;
  const cursor = runs.find({ _id: { $in: [...new Set<string>(ids)] } }, { projection: members, batchSize });
  const found: StoredRun[] = [];
  let waiting: RunDocument[] = [];
  let length = 0;
  for await (const document of cursor) {
    waiting.push(document);
    const inline = textLengthOf(document);
    length += inline;
    // A text of its own has more than 128 KiB: a read with a limit reads such runs one after another.
    const isLarge = textIdsOf(document).length > 0;
    if (!isLarge || textLength === Number.POSITIVE_INFINITY) {
      if (length < textLength) continue;
    }
    const read = await withLargeTexts(texts, waiting);
    waiting = [];
    found.push(...read);
    length += read.reduce((sum, run) => sum + textLengthOf(run), 0) - inline;
    if (length >= textLength) return found;
  }
  found.push(...(await withLargeTexts(texts, waiting)));
  return found;
}

async function withLargeTexts(
  texts: Collections["texts"],
  documents: readonly RunDocument[],
): Promise<readonly StoredRun[]> {
  const large = await findTexts(texts, documents);
  return documents.map((document): StoredRun => {
    const texts: { -readonly [Kind in TextKind]?: string } = {};
    for (const kind of textKinds) {
      const text = document[kind] ?? large.get(document[`${kind}Text`]);
      if (text !== undefined) texts[kind] = text;
    }
    return { run: readRun(document), ...texts };
  });
}

const textMembers = { payload: 1, payloadTypes: 1, output: 1, outputTypes: 1 } as const;

/** Returns those of the ids that belong to a run. */
export async function findExisting(runs: Collections["runs"], ids: readonly string[]): Promise<ReadonlySet<string>> {
  const options = { projection: { _id: 1 }, batchSize: documentsAtOnce };
  const documents = await runs.find({ _id: { $in: [...new Set(ids)] } }, options).toArray();
  return new Set(documents.map(({ _id }) => _id));
}

async function findTexts(
  texts: Collections["texts"],
  documents: readonly Pick<RunDocument, keyof typeof textIdMembers>[],
): Promise<ReadonlyMap<string | undefined, string>> {
  const ids = documents.flatMap(textIdsOf);
  if (ids.length === 0) return new Map();
  const found = await texts.find({ _id: { $in: ids } }).toArray();
  return new Map(found.map(({ _id, text }) => [_id, text]));
}
