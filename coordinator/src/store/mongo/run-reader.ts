import type { RunId } from "@baton/proto/contract/ids";
import type { Document } from "mongodb";
import type { Run } from "../../core/life/run.ts";
import type { LaneKey } from "../../core/scheduling/lane.ts";
import { type ListedRun, type StoredRun, type TextKind, textKinds, textLengthOf } from "../store.ts";
import { listedMembers, readListedRun, readRun, runMembers } from "./embedded-run.ts";
import { type RunDocument, textIdMembers, textIdsOf } from "./run-document.ts";
import type { RunQuery } from "./run-queries.ts";
import type { Collections } from "./schema.ts";

/** Documents that the server sends at once: a page of a thousand, and the one that tells whether there is another. */
const documentsAtOnce = 1_001;
/** The same for a read whose texts are bounded: with 128 KiB in each of two texts, 4 MiB. */
const boundedDocumentsAtOnce = 16;
/** How long the server works at one read, in milliseconds; by then nobody waits for it any more. */
const readTimeMs = 30_000;

/** Reads runs in the order of an index, all of them or the first few. */
export async function readRuns(runs: Collections["runs"], query: RunQuery, limit?: number): Promise<Run[]> {
  return (await readDocuments(runs, query, runMembers, limit)).map(readRun);
}

/** Reads what a list shows of the first few runs. */
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

/** What finds the different values of a member. */
export function valuesOf(member: "lane" | "pendingTask"): readonly Document[] {
  return [{ $match: { [member]: { $gt: "" } } }, { $group: { _id: `$${member}` } }];
}

/** What counts the runs of each lane. */
export const laneCounts: readonly Document[] = [
  { $match: { lane: { $gt: "" } } },
  { $group: { _id: "$lane", count: { $sum: 1 } } },
];

/** The different values of a member that few documents have; the index serves it without looking at each of them. */
export async function listValues(runs: Collections["runs"], member: "lane" | "pendingTask"): Promise<string[]> {
  const groups = runs.aggregate<{ readonly _id: string }>([...valuesOf(member)], { batchSize: documentsAtOnce });
  return (await groups.toArray()).map(({ _id }) => _id);
}

/** How many queued runs each lane has. */
export async function countByLane(runs: Collections["runs"]): Promise<readonly (readonly [LaneKey, number])[]> {
  const groups = runs.aggregate<{ readonly _id: LaneKey; readonly count: number }>([...laneCounts], {
    batchSize: documentsAtOnce,
  });
  return (await groups.toArray()).map(({ _id, count }) => [_id, count]);
}

/** The runs that exist among `ids`, with their texts when asked for; those after `textLength` characters of texts are left out. */
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
    // Texts that lie apart have more than 128 KiB each: when a read is bounded they are read one run after the other.
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

/** Those of the ids that belong to a run. */
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
