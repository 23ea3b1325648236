import { createHash } from "node:crypto";
import { ImportRefusedError, StoreNotEmptyError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import {
  addRecord,
  type ExportFooter,
  type MoveCounts,
  type MoveSummary,
  maxLineBytes,
  noCounts,
} from "./export-format.ts";
import { checkHeader, parseLine } from "./export-schema.ts";
import { ImportWriter } from "./import-writer.ts";
import { type Line, readLines } from "./line-reader.ts";

/** Settings of an import. */
export interface ImportOptions {
  /** The bytes of an export. */
  readonly source: AsyncIterable<Uint8Array>;
  /** The address of the store without secrets, for messages. */
  readonly place: string;
  readonly onProgress?: (counts: MoveCounts) => void;
}

/** The number of records between two reports of progress. */
const recordsPerReport = 100;

/** How to continue after a failed import. */
const howToRepeat = "The store stays marked as half imported: import into it again; it starts over.";

/**
 * Imports an export into an empty store, or into one with an unfinished import. The store is marked from before the
 * first write until the last line proves that the export is complete; an import that ends in between leaves a store
 * that only another import may open. Opens the store; the caller closes it.
 * @throws ImportRefusedError, StoreNotEmptyError; what `Store.open` throws; what `source` throws.
 */
export async function importStore(store: Store, options: ImportOptions): Promise<MoveSummary> {
  const lines = readLines(options.source, maxLineBytes);
  const header = await lines.next();
  if (header.done === true) {
    throw new ImportRefusedError(
      "IMPORT_CUT",
      "The input is empty. Did the export that should have written it fail? Nothing was stored.",
    );
  }
  checkHeader(header.value.bytes.toString());
  await store.open("import");
  await assertEmpty(store, options.place);
  await store.markImport(true);
  const summary = await storeRecords(store, lines, options.onProgress);
  await store.markImport(false);
  return summary;
}

async function storeRecords(
  store: Store,
  lines: AsyncIterable<Line>,
  onProgress: ImportOptions["onProgress"],
): Promise<MoveSummary> {
  const writer = new ImportWriter(store);
  const hash = createHash("sha256");
  let counts = noCounts;
  let records = 0;
  let footer: ExportFooter | undefined;
  for await (const line of lines) {
    if (footer !== undefined) throw badLine(line.number, "expected nothing after the footer");
    const parsed = parseLine(line.bytes.toString());
    if ("reason" in parsed) {
      if (!line.isEnded && line.bytes.length <= maxLineBytes) throw cut(`in the middle of line ${line.number}`);
      throw badLine(line.number, parsed.reason);
    }
    if (parsed.line.kind === "footer") {
      footer = parsed.line;
      continue;
    }
    hash.update(line.bytes).update("\n");
    counts = addRecord(counts, parsed.line);
    await writer.add(parsed.line, line.bytes.length);
    records += 1;
    if (records % recordsPerReport === 0) onProgress?.(counts);
  }
  if (footer === undefined) throw cut(`after ${counts.runs} runs, before its last line`);
  const summary: MoveSummary = { ...counts, sha256: hash.digest("hex") };
  checkContent(footer, summary);
  await writer.finish();
  return summary;
}

function checkContent(footer: ExportFooter, came: MoveSummary): void {
  const names = ["versions", "runs", "logLines", "keys"] as const;
  const missing = names.filter((name) => footer[name] !== came[name]);
  if (missing.length === 0 && footer.sha256 === came.sha256) return;
  const reason =
    missing.length === 0
      ? `its checksum is ${came.sha256}, and its last line says ${footer.sha256}`
      : missing.map((name) => `expected ${footer[name]} ${name}, got ${came[name]}`).join("; ");
  throw new ImportRefusedError(
    "IMPORT_CHANGED",
    `The export was changed after it was written: ${reason}. Export again. ${howToRepeat}`,
  );
}

/** Refuses a store with content. Versions count too: a coordinator that has served the store may have named them. */
async function assertEmpty(store: Store, place: string): Promise<void> {
  const [newest] = await store.listRuns({}, {}, 1);
  const versions = await store.loadVersions();
  const keys = await store.readKeys(undefined, 1);
  const found = [
    ...(newest === undefined ? [] : [`runs (the newest is ${newest.id})`]),
    ...(versions.length === 0 ? [] : [`${versions.length} task versions`]),
    ...(keys.length === 0 ? [] : ["idempotency keys"]),
  ];
  if (found.length === 0) return;
  throw new StoreNotEmptyError(
    `The store "${place}" is not empty: it holds ${found.join(", ")}. ` +
      "Name a new file or database to import into; nothing was changed.",
  );
}

function badLine(number: number, reason: string): ImportRefusedError {
  return new ImportRefusedError("IMPORT_LINE_INVALID", `Line ${number} cannot be used: ${reason}. ${howToRepeat}`);
}

function cut(where: string): ImportRefusedError {
  return new ImportRefusedError("IMPORT_CUT", `The export ends ${where}, so it is incomplete. ${howToRepeat}`);
}
