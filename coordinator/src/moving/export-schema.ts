import { logLevels } from "@baton/proto/contract/log-level";
import { runStatuses } from "@baton/proto/contract/run-status";
import * as z from "zod";
import { ImportRefusedError } from "../errors.ts";
import { type ExportFooter, type ExportRecord, formatName, formatVersion } from "./export-format.ts";

const count = z.number().int().nonnegative();
const runId = z.string().startsWith("run_");
const Header = z.object({
  kind: z.literal("header"),
  format: z.literal(formatName),
  formatVersion: count.min(1),
});

/** The members without which a store or the core would fail. The rest of a run is only checksummed. */
const StorableRun = z.looseObject({
  id: runId,
  taskId: z.string(),
  status: z.enum(runStatuses),
  revision: count.min(1),
  createdAt: z.number(),
  updatedAt: z.number(),
  queue: z.string(),
  queueTime: z.number(),
  priorityMs: z.number(),
  tags: z.array(z.string()),
  attempts: z.array(z.looseObject({})),
  timeline: z.array(z.looseObject({})),
});

const LogEntry = z.looseObject({
  at: z.number(),
  level: z.enum(logLevels),
  message: z.string(),
  attemptNumber: count,
  attemptId: z.string(),
});

const Version = z.looseObject({
  version: z.string().regex(/^\d{8}\.\d+$/, "expected YYYYMMDD.N"),
  hash: z.string(),
  registeredAt: z.number(),
  tasks: z.array(z.looseObject({ id: z.string(), queue: z.string(), machine: z.string() })),
});

const RecordOrFooter = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("version"), version: Version }),
  z.object({
    kind: z.literal("run"),
    run: StorableRun,
    payload: z.string().optional(),
    payloadTypes: z.string().optional(),
    output: z.string().optional(),
    outputTypes: z.string().optional(),
  }),
  z.object({ kind: z.literal("logs"), runId, entries: z.array(LogEntry).min(1) }),
  z.object({ kind: z.literal("key"), key: z.string(), runId, expiresAt: z.number() }),
  z.object({
    kind: z.literal("footer"),
    versions: count,
    runs: count,
    logLines: count,
    keys: count,
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
  }),
]);

/** The most characters of a bad line in a message. */
const shownCharacters = 60;

/**
 * Checks the first line of a stream.
 * @throws ImportRefusedError when it is not an export, or one that only a newer Baton can read.
 */
export function checkHeader(text: string): void {
  const header = Header.safeParse(parseJson(text));
  if (!header.success) {
    throw new ImportRefusedError(
      "IMPORT_NOT_AN_EXPORT",
      `This is not an export: expected a first line {"kind":"header","format":"${formatName}",…}, got ${shown(text)}. ` +
        'Give what "baton export" has written. Nothing was stored.',
    );
  }
  if (header.data.formatVersion > formatVersion) {
    throw new ImportRefusedError(
      "IMPORT_FORMAT_NEWER",
      `The export has format version ${header.data.formatVersion}; this Baton reads versions up to ${formatVersion}. ` +
        "Import it with the Baton that wrote it, or a newer one. Nothing was stored.",
    );
  }
}

/**
 * Reads any line but the first. Returns the line's own object, so that no member is lost or reordered.
 * @returns the reason when the line cannot be used
 */
export function parseLine(text: string): { readonly line: ExportRecord | ExportFooter } | { readonly reason: string } {
  const value = parseJson(text);
  if (value === undefined) return { reason: `expected one JSON object, got ${shown(text)}` };
  const parsed = RecordOrFooter.safeParse(value);
  if (parsed.success) return { line: value as ExportRecord | ExportFooter };
  const problems = parsed.error.issues.map(({ message, path }) => `${path.join(".") || "the line"}: ${message}`);
  return { reason: problems.slice(0, 3).join("; ") };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text);
}
