import { statSync } from "node:fs";
import { StoreReplacedError } from "../../errors.ts";

/**
 * Identifies the files of an open store by device and inode. After someone deletes or replaces these files, their names
 * lead to other files or to none; SQLite keeps writing to the old files and reports nothing.
 */
export interface FileIdentity {
  readonly database: string | undefined;
  /** The write-ahead log, which holds the latest commits; absent before the first one. */
  readonly log: string | undefined;
}

/** Reads the files to which the names of a store lead now. */
export function readIdentity(file: string): FileIdentity {
  return { database: inodeOf(file), log: inodeOf(`${file}-wal`) };
}

/** @throws StoreReplacedError when the names of a store no longer lead to the files that were opened */
export function assertUnmoved(file: string, opened: FileIdentity): void {
  if (inodeOf(file) !== opened.database) throw replaced(file);
  if (opened.log !== undefined && inodeOf(`${file}-wal`) !== opened.log) throw replaced(`${file}-wal`);
}

function replaced(file: string): StoreReplacedError {
  const what = inodeOf(file) === undefined ? "was deleted or moved away" : "was replaced by another file";
  return new StoreReplacedError(
    `The file "${file}" ${what} while the store was open. Nothing is acknowledged any more, because it would not be in ` +
      "that file. Put the file of the store back and start the coordinator again.",
  );
}

function inodeOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}
