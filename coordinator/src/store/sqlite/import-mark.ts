import { halfImported, StoreUnusableError } from "../../errors.ts";
import type { StorePurpose } from "../store.ts";
import type { Connection } from "./connection.ts";

const contentTables = ["runs", "run_tags", "texts", "versions", "keys", "logs"] as const;

/**
 * Refuses a file with an unfinished import to everything but an import, and then removes what the unfinished one wrote.
 * @throws HalfImportedError
 */
export function settleImport(connection: Connection, purpose: StorePurpose, file: string): void {
  if (connection.prepare("SELECT value FROM meta WHERE name = 'import'").get([]) === undefined) return;
  if (purpose !== "import") throw halfImported(`"${file}"`);
  connection.exec("BEGIN IMMEDIATE");
  for (const table of contentTables) connection.exec(`DELETE FROM ${table}`);
  connection.exec("COMMIT");
}

/** Records whether an import is under way; within the caller's transaction. */
export function markImport(connection: Connection, isUnderWay: boolean): void {
  connection.exec(
    isUnderWay ? "INSERT OR REPLACE INTO meta VALUES ('import', 1)" : "DELETE FROM meta WHERE name = 'import'",
  );
}

/** Returns the error for a missing store. */
export function missingStore(file: string): StoreUnusableError {
  return new StoreUnusableError(`There is no store "${file}". Name the file that a coordinator has made.`);
}
