import type { TaskVersion } from "@baton/proto/contract/task-definition";
import type { Run } from "../core/life/run.ts";
import type { KeyClaim, RunLogs, RunTexts } from "../store/store.ts";

/** What the first line of an export calls itself. */
export const formatName = "baton-export";
/** The format that this code writes, and the newest that it reads. */
export const formatVersion = 1;
/** Bytes of one line, at most: more than a run with the largest payload and output, every character of them escaped. */
export const maxLineBytes = 128 * 1024 * 1024;

/** The first line. */
export interface ExportHeader {
  readonly kind: "header";
  readonly format: typeof formatName;
  readonly formatVersion: number;
  /** ISO 8601. */
  readonly exportedAt: string;
  /** The version of the Baton that wrote it. */
  readonly baton: string;
}

/**
 * A line between the first and the last one. Versions come first; then the runs by creation and id, each followed by its
 * log lines in order; then the keys in their order. So the same content makes the same lines, whatever store held it.
 */
export type ExportRecord =
  | { readonly kind: "version"; readonly version: TaskVersion }
  | ({ readonly kind: "run"; readonly run: Run } & RunTexts)
  | ({ readonly kind: "logs" } & RunLogs)
  | ({ readonly kind: "key" } & KeyClaim);

/** How much of each kind went through. */
export interface MoveCounts {
  readonly versions: number;
  readonly runs: number;
  readonly logLines: number;
  readonly keys: number;
}

/** What is known of the content at its end. */
export interface MoveSummary extends MoveCounts {
  /** SHA-256 of every line between the first and the last one, each with its line break; hexadecimal. */
  readonly sha256: string;
}

/** The last line. Without it the stream was cut. */
export interface ExportFooter extends MoveSummary {
  readonly kind: "footer";
}

/** Nothing yet. */
export const noCounts: MoveCounts = { versions: 0, runs: 0, logLines: 0, keys: 0 };

/** Counts one record more. */
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

/** One line of the stream, with its line break. */
export function toLine(line: ExportHeader | ExportRecord | ExportFooter): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
