import { createHash } from "node:crypto";
import { compareVersions } from "@baton/proto/contract/version-name";
import {
  type ListCursor,
  type ListedRun,
  type Store,
  type StoredLogEntry,
  type StoredRun,
  textsOf,
} from "../store/store.ts";
import {
  addRecord,
  type ExportRecord,
  formatName,
  formatVersion,
  type MoveCounts,
  type MoveSummary,
  noCounts,
  toLine,
} from "./export-format.ts";

/** Settings of an export. */
export interface ExportOptions {
  /** Writes the next bytes of the stream; resolves when more may follow. */
  readonly write: (bytes: Buffer) => Promise<void>;
  /** The version of this Baton, for the header. */
  readonly batonVersion: string;
  readonly now: Date;
  /** Ends the export early, with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: MoveCounts) => void;
}

/** Runs that one request lists; without payload and output they are at most 1 MiB each. */
const runsPerPage = 128;
/** Runs whose payloads and outputs are in memory together: their size is unknown before they are read. */
const runsAtOnce = 4;
/** Log lines of one record. */
const linesPerRecord = 100;
const keysPerPage = 1_000;
/** Bytes that are written together, unless one line is longer. */
const bytesPerWrite = 64 * 1024;

/**
 * Writes the whole content of a store as JSON lines. Opens the store, so that nothing changes it meanwhile; the caller
 * closes it.
 * @throws what `Store.open` throws; what `write` rejects with.
 */
export async function exportStore(store: Store, options: ExportOptions): Promise<MoveSummary> {
  const { batonVersion, now, onProgress, signal, write } = options;
  await store.open("export");
  const hash = createHash("sha256");
  let counts = noCounts;
  let waiting = [
    toLine({ kind: "header", format: formatName, formatVersion, exportedAt: now.toISOString(), baton: batonVersion }),
  ];
  let waitingBytes = 0;
  for await (const record of readRecords(store)) {
    signal?.throwIfAborted();
    const line = toLine(record);
    hash.update(line);
    counts = addRecord(counts, record);
    waiting.push(line);
    waitingBytes += line.length;
    if (waitingBytes < bytesPerWrite) continue;
    await write(Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
    onProgress?.(counts);
  }
  const summary: MoveSummary = { ...counts, sha256: hash.digest("hex") };
  await write(Buffer.concat([...waiting, toLine({ kind: "footer", ...summary })]));
  return summary;
}

async function* readRecords(store: Store): AsyncGenerator<ExportRecord> {
  const versions = await store.loadVersions();
  for (const { hash, registeredAt, tasks, version } of versions.toSorted((a, b) =>
    compareVersions(a.version, b.version),
  )) {
    yield { kind: "version", version: { version, hash, registeredAt, tasks } };
  }
  for await (const page of readPages(store)) {
    for (let from = 0; from < page.length; from += runsAtOnce) {
      yield* readWhole(store, page.slice(from, from + runsAtOnce));
    }
  }
  let after: string | undefined;
  for (;;) {
    const claims = await store.readKeys(after, keysPerPage);
    for (const { expiresAt, key, runId } of claims) yield { kind: "key", key, runId, expiresAt };
    if (claims.length < keysPerPage) return;
    after = claims.at(-1)?.key;
  }
}

/** Reads all runs, oldest first. */
async function* readPages(store: Store): AsyncGenerator<readonly ListedRun[]> {
  let after: ListCursor = { createdAt: Number.MIN_SAFE_INTEGER, id: "" as ListedRun["id"] };
  for (;;) {
    const page = (await store.listRuns({}, { after }, runsPerPage)).toReversed();
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}

/** Reads runs with their texts, each followed by its log lines. */
async function* readWhole(store: Store, runs: readonly ListedRun[]): AsyncGenerator<ExportRecord> {
  const [stored, firstLines] = await Promise.all([
    store.findRuns(
      runs.map(({ id }) => id),
      true,
    ),
    Promise.all(runs.map(({ id }) => store.readLogs(id, 0, linesPerRecord))),
  ]);
  const byId = new Map(stored.map((found) => [found.run.id, found]));
  for (const [place, { id }] of runs.entries()) {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`The run ${id} disappeared during the export.`);
    yield toRunRecord(found);
    let lines = firstLines[place] ?? [];
    while (lines.length > 0) {
      yield { kind: "logs", runId: id, entries: lines.map(withoutSequence) };
      const last = lines.at(-1);
      if (last === undefined || lines.length < linesPerRecord) break;
      lines = await store.readLogs(id, last.sequence, linesPerRecord);
    }
  }
}

/** Puts the members into one order for every store, because the checksum depends on it. */
function toRunRecord(stored: StoredRun): ExportRecord {
  return { kind: "run", run: stored.run, ...textsOf(stored) };
}

/** Removes the sequence number: each store numbers lines anew, and only their order is kept. */
function withoutSequence({
  at,
  attemptId,
  attemptNumber,
  level,
  message,
  properties,
}: StoredLogEntry): Omit<StoredLogEntry, "sequence"> {
  return { at, level, message, ...(properties !== undefined && { properties }), attemptNumber, attemptId };
}
