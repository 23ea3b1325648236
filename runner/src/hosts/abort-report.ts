import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What the diagnostic report of an aborted host says about the thread that aborted it. */
export interface AbortReport {
  /** In the report's words. */
  readonly event: string;
  /** Absent when the abort came in the middle of a garbage collection. */
  readonly threadId?: number | undefined;
  /** The limit of the heap that was full, young generation included. */
  readonly heapLimitBytes?: number | undefined;
  readonly isOutOfMemory: boolean;
}

const dirPrefix = "baton-reports-";

/**
 * Makes a folder for the reports of this process's hosts, and removes those of runners that were killed.
 * @param parent - Where temporary folders lie.
 */
export function makeReportDir(parent: string = tmpdir()): string {
  for (const name of list(parent)) {
    const [, pid] = new RegExp(`^${dirPrefix}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) removeQuietly(path.join(parent, name));
  }
  return mkdtempSync(path.join(parent, `${dirPrefix}${process.pid}-`));
}

/**
 * Gives back the folder, or a new one where it is gone: task code and what tidies temporary folders can remove it. Where no
 * new one can be made, it stays the old one: a host without a report is better than none.
 * @param dir - What {@link makeReportDir} made.
 */
export function keepReportDir(dir: string): string {
  if (existsSync(dir)) return dir;
  try {
    return makeReportDir(path.dirname(dir));
  } catch {
    return dir;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What belongs to another user stays where it is. */
function removeQuietly(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch (error) {
    if (!["EACCES", "EPERM", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Flags that make Node.js write a report when it aborts, into a folder that only this user can read. */
export function reportFlags(dir: string): readonly string[] {
  const flags = ["--report-on-fatalerror", "--report-compact", "--report-exclude-network", `--report-directory=${dir}`];
  const withoutEnvironment = "--report-exclude-env";
  return process.allowedNodeEnvironmentFlags.has(withoutEnvironment) ? [...flags, withoutEnvironment] : flags;
}

/** Takes the report that this process wrote about its own abort, if it did, and removes everything it left. */
export function takeAbortReport(dir: string, pid: number | undefined): AbortReport | undefined {
  let found: AbortReport | undefined;
  for (const name of list(dir)) {
    if (!name.startsWith("report.") || name.split(".")[3] !== String(pid)) continue;
    const file = path.join(dir, name);
    found ??= readReport(file);
    rmSync(file, { force: true });
  }
  return found;
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** A report that was asked for, by task code for example, or that is cut short says nothing about an abort. */
function readReport(file: string): AbortReport | undefined {
  try {
    return parseAbortReport(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

interface ReportText {
  readonly header?: { readonly event?: unknown; readonly trigger?: unknown; readonly threadId?: unknown };
  readonly javascriptHeap?: { readonly memoryLimit?: unknown };
}

/**
 * Reads a diagnostic report. Undefined when no abort caused it.
 *
 * @throws SyntaxError for text that is not JSON.
 */
export function parseAbortReport(text: string): AbortReport | undefined {
  const { header, javascriptHeap } = JSON.parse(text) as ReportText;
  const isOutOfMemory = header?.trigger === "OOMError";
  if (!isOutOfMemory && header?.trigger !== "FatalError") return undefined;
  const { event, threadId } = header;
  const limit = javascriptHeap?.memoryLimit;
  return {
    event: typeof event === "string" ? event : "fatal error",
    isOutOfMemory,
    threadId: typeof threadId === "number" ? threadId : undefined,
    heapLimitBytes: isOutOfMemory && typeof limit === "number" ? limit : undefined,
  };
}
