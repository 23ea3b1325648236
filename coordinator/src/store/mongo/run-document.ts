import type { UpdateFilter } from "mongodb";
import { runIndexOf } from "../run-index.ts";
import { inlineValueBytes, type RunWrite, type TextKind, textKinds } from "../store.ts";
import { embedRun, type RunHolder } from "./embedded-run.ts";
import { toPlaceText } from "./sort-text.ts";

/** A run as a document: the run, its texts, and the members of the indexes. */
export interface RunDocument extends RunHolder {
  /** The last writer: its epoch, and the number of its batch. */
  readonly epoch: number;
  readonly batch: number;
  /** Creation, then id. */
  readonly place: string;
  /** Copies of the place, in documents with tags, a batch or a parent. */
  readonly taggedPlace?: string;
  readonly batchPlace?: string;
  readonly parentPlace?: string;
  readonly active?: true;
  readonly lane?: string;
  /** The place in the lane. */
  readonly queued?: string;
  /** Due time, then id. */
  readonly due?: string;
  readonly pendingTask?: string;
  readonly pending?: string;
  /** When the retention starts, in milliseconds since the epoch. */
  readonly finishedAt?: number;
  readonly payload?: string;
  readonly payloadTypes?: string;
  readonly output?: string;
  readonly outputTypes?: string;
  /** Ids of the texts that are too large for this document. */
  readonly payloadText?: string;
  readonly payloadTypesText?: string;
  readonly outputText?: string;
  readonly outputTypesText?: string;
}

/** The members that name texts with a document of their own, for projections. */
export const textIdMembers = { payloadText: 1, payloadTypesText: 1, outputText: 1, outputTypesText: 1 } as const;

/** Returns the ids of the texts that a run's document names. */
export function textIdsOf(document: Pick<RunDocument, keyof typeof textIdMembers>): readonly string[] {
  return textKinds.flatMap((kind) => document[`${kind}Text`] ?? []);
}

/** A payload or output that has a document of its own. */
export interface LargeText {
  readonly id: string;
  readonly runId: string;
  readonly text: string;
}

/** The owner and the batch that write a document. */
export interface Writer {
  readonly epoch: number;
  readonly batch: number;
}

/** Members that come and go with the status of a run. */
const changingMembers = [
  "version",
  "machine",
  "active",
  "lane",
  "queued",
  "due",
  "pendingTask",
  "pending",
  "finishedAt",
] as const satisfies readonly (keyof RunDocument)[];

/** Returns the document of a new run. */
export function toDocument(write: RunWrite, writer: Writer): RunDocument {
  const { run } = write;
  const place = toPlaceText(run.createdAt, run.id);
  return {
    _id: run.id,
    taskId: run.taskId,
    queue: run.queue,
    isTest: run.isTest,
    place,
    ...changing(run, writer),
    ...(run.batchId !== undefined && { batchId: run.batchId, batchPlace: place }),
    ...(run.parentRunId !== undefined && { parentRunId: run.parentRunId, parentPlace: place }),
    ...textMembers(write, textKinds, writer),
  };
}

/** Returns the update that turns the stored document into the run's new state. */
export function toUpdate(write: RunWrite, writer: Writer): UpdateFilter<RunDocument> {
  const set: Partial<RunDocument> = { ...changing(write.run, writer), ...textMembers(write, outputKinds, writer) };
  const unset = Object.fromEntries(changingMembers.filter((name) => !(name in set)).map((name) => [name, true]));
  return { $set: set, $unset: unset } as UpdateFilter<RunDocument>;
}

/** Returns the texts of a write that do not fit into its document. */
export function largeTextsOf(write: RunWrite, writer: Writer): LargeText[] {
  const runId = write.run.id;
  return textKinds.flatMap((kind) => {
    const text = write[kind];
    return isLarge(text) ? [{ id: textId(kind, runId, writer), runId, text }] : [];
  });
}

function changing(run: RunWrite["run"], { epoch, batch }: Writer) {
  const index = runIndexOf(run);
  return {
    revision: run.revision,
    epoch,
    batch,
    status: run.status,
    run: embedRun(run),
    ...(run.version !== undefined && { version: run.version }),
    ...(run.machine !== undefined && { machine: run.machine }),
    ...(run.tags.length > 0 && { tags: run.tags, taggedPlace: toPlaceText(run.createdAt, run.id) }),
    ...(index.isActive && { active: true as const }),
    ...(index.lane !== undefined && { lane: index.lane, queued: toPlaceText(index.sortTime ?? 0, run.id) }),
    ...(index.dueAt !== undefined && { due: toPlaceText(index.dueAt, run.id) }),
    ...(index.pendingTask !== undefined && {
      pendingTask: index.pendingTask,
      pending: toPlaceText(run.createdAt, run.id),
    }),
    ...(index.finishedAt !== undefined && { finishedAt: index.finishedAt }),
  };
}

/** Only the output is written after the insert. */
const outputKinds = ["output", "outputTypes"] as const;

function textMembers(write: RunWrite, kinds: readonly TextKind[], writer: Writer): Partial<RunDocument> {
  const members: Record<string, string> = {};
  for (const kind of kinds) {
    const text = write[kind];
    if (isLarge(text)) members[`${kind}Text`] = textId(kind, write.run.id, writer);
    else if (text !== undefined) members[kind] = text;
  }
  return members;
}

/** Includes the writer, so that a repeated trigger with other content leaves the text of the existing run alone. */
function textId(kind: TextKind, runId: string, { epoch, batch }: Writer): string {
  return `${runId}/${kind}/${epoch}.${batch}`;
}

function isLarge(value: string | undefined): value is string {
  if (value === undefined || value.length * 3 <= inlineValueBytes) return false;
  return Buffer.byteLength(value) > inlineValueBytes;
}
