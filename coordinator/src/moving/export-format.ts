import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { Run } from "../core/life/run.ts";
import type { KeyClaim, RunLogs, RunTexts } from "../store/store.ts";

/** The name of the format, in the first line of an export. */
export const formatName = "baton-export";
/** The format that this code writes, and the newest that it reads. */
export const formatVersion = 1;
/** The most bytes of one line: more than a run with the largest payload and output, with every character escaped. */
export const maxLineBytes = 128 * 1024 * 1024;

/** The first line of an export. */
export interface ExportHeader {
  readonly kind: "header";
  readonly format: typeof formatName;
  readonly formatVersion: number;
  /** ISO 8601. */
  readonly exportedAt: string;
  /** The version of the Baton that wrote the export. */
  readonly baton: string;
}

/**
 * A line between the first and the last one. Versions come first; then the runs by creation and id, each followed by
 * its log lines in order; then the keys in order. So the same content gives the same lines from every store.
 */
export type ExportRecord =
  | { readonly kind: "version"; readonly version: TaskVersion }
  | ({ readonly kind: "run"; readonly run: Run } & RunTexts)
  | ({ readonly kind: "logs" } & RunLogs)
  | ({ readonly kind: "key" } & KeyClaim);

/** The number of records of each kind. */
export interface MoveCounts {
  readonly versions: number;
  readonly runs: number;
  readonly logLines: number;
  readonly keys: number;
}

/** Totals and checksum of an export. */
export interface MoveSummary extends MoveCounts {
  /** SHA-256 of every line between the first and the last one, each with its line break; hexadecimal. */
  readonly sha256: string;
}

/** The last line. A stream without it was cut. */
export interface ExportFooter extends MoveSummary {
  readonly kind: "footer";
}

/** The counts before the first record. */
export const noCounts: MoveCounts = { versions: 0, runs: 0, logLines: 0, keys: 0 };

/** Returns the counts with one more record. */
export function addRecord(counts: MoveCounts, record: ExportRecord): MoveCounts {
  switch (record.kind) {
    case "version":
      return { ...counts, versions: counts.versions + 1 };
    case "run":
      return { ...counts, runs: counts.runs + 1 };
    case "logs":
      return { ...counts, logLines: counts.logLines + record.entries.length };
    case "key":
      return { ...counts, keys: counts.keys + 1 };
  }
}

/** Returns one line of the stream, with its line break. */
export function toLine(line: ExportHeader | ExportRecord | ExportFooter): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
