import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The information about the aborting thread in an aborted host's diagnostic report. */
export interface AbortReport {
  /** The event, in the report's words. */
  readonly event: string;
  /** The aborting thread; absent when the abort came during a garbage collection. */
  readonly threadId?: number | undefined;
  /** The limit of the heap that was full, young generation included. */
  readonly heapLimitBytes?: number | undefined;
  readonly isOutOfMemory: boolean;
}

const dirPrefix = "baton-reports-";

/**
 * Creates a folder for the reports of this process's hosts, and removes the folders of killed runners.
 * @param parent - the folder for temporary folders
 */
export function makeReportDir(parent: string = tmpdir()): string {
  for (const name of list(parent)) {
    const [, pid] = new RegExp(`^${dirPrefix}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) removeQuietly(path.join(parent, name));
  }
  return mkdtempSync(path.join(parent, `${dirPrefix}${process.pid}-`));
}

/**
 * Returns the folder, or a new one when it is gone: task code and cleaners of temporary folders can remove it. Returns
 * the old one when no new one can be created, because a host without a report is better than no host.
 * @param dir - the folder from {@link makeReportDir}
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

/** Removes a folder. Leaves one that belongs to another user. */
function removeQuietly(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch (error) {
    if (!["EACCES", "EPERM", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Returns flags that make Node.js write a report when it aborts, into a folder that only this user can read. */
export function reportFlags(dir: string): readonly string[] {
  const flags = ["--report-on-fatalerror", "--report-compact", "--report-exclude-network", `--report-directory=${dir}`];
  const withoutEnvironment = "--report-exclude-env";
  return process.allowedNodeEnvironmentFlags.has(withoutEnvironment) ? [...flags, withoutEnvironment] : flags;
}

/** Returns the report that the process `pid` wrote about its own abort, if any, and removes all of its report files. */
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

/**
 * Reads a report. Returns undefined for one that task code requested and for an incomplete one, which prove no abort.
 */
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
 * Parses a diagnostic report. Returns undefined when no abort caused it.
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
