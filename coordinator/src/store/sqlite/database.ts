import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { StoreUnusableError, StoreVersionError } from "../../errors.ts";
import type { StorePurpose } from "../store.ts";
import type { Connection, Statement } from "./connection.ts";
import { openingFailure } from "./failure.ts";
import { missingStore, settleImport } from "./import-mark.ts";
import { applicationId, schema, schemaVersion } from "./schema.ts";

/**
 * Opens the file, takes its lock and prepares the schema. Creates the file with its folder if it does not exist. The
 * lock belongs to the file (`locking_mode=EXCLUSIVE`): it ends with the connection or the process, however that ends.
 * @param purpose - absent when the same owner opens the file again
 * @throws StoreLockedError, StoreVersionError, StoreUnusableError, HalfImportedError.
 */
export function openDatabase(file: string, environmentId: string, purpose?: StorePurpose): Connection {
  let connection: Connection | undefined;
  try {
    if (purpose === "export" && !existsSync(file)) throw missingStore(file);
    mkdirSync(dirname(file), { recursive: true });
    assertWritable(file);
    if (!existsSync(file)) createPrivate(file);
    connection = connect(file);
    configure(connection);
    checkSchema(connection, file, environmentId);
    if (purpose !== undefined) settleImport(connection, purpose, file);
    return connection;
  } catch (error) {
    connection?.close();
    throw openingFailure(error, file);
  }
}

/**
 * Takes the next epoch, durably. Uses a transaction, because a statement that returns rows is committed only when it is
 * reset, and the driver does not report that this failed.
 * @throws StoreUnusableError
 */
export function takeEpoch(connection: Connection, file: string): number {
  try {
    connection.exec("BEGIN IMMEDIATE");
    connection.exec("UPDATE meta SET value = value + 1 WHERE name = 'epoch'");
    const epoch = readEpoch(connection);
    connection.exec("COMMIT");
    return epoch;
  } catch (error) {
    connection.close();
    throw openingFailure(error, file);
  }
}

/** Returns the epoch of the latest owner. */
export function readEpoch(connection: Connection): number {
  return Number(connection.prepare("SELECT value FROM meta WHERE name = 'epoch'").get([])?.[0]);
}

/** Checks first, because SQLite reports a file that is read-only to this user as an input or output error. */
function assertWritable(file: string): void {
  accessSync(dirname(file), constants.W_OK);
  if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
}

/**
 * Creates a file that only its owner can read, because payloads and outputs are private. SQLite gives its other files
 * the same permissions. An existing file keeps its permissions, which may be deliberate.
 */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    // Another coordinator was faster; the lock decides between the two.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Connects. Checks `open` first, because the driver ends the process when a closed database is asked. */
function connect(file: string): Connection {
  const database = new Database(file);
  return {
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return (statement.reader ? statement.raw() : statement) as unknown as Statement;
    },
    exec: (sql) => void database.exec(sql),
    get inTransaction() {
      return database.open && database.inTransaction;
    },
    close: () => {
      if (database.open) database.close();
    },
  };
}

/**
 * Configures the connection. Pages of 8 KiB hold several runs each. A checkpoint every 1,000 pages keeps the longest
 * commit near 15 ms; with 8,000 pages it was near 100 ms, at hardly better throughput. The cache is limited (16 MiB) so
 * that memory does not follow the backlog. The schema version is read first, because that takes the lock.
 */
function configure(connection: Connection): void {
  connection.exec("PRAGMA page_size = 8192");
  connection.exec("PRAGMA locking_mode = EXCLUSIVE");
  connection.prepare("PRAGMA user_version").get([]);
  connection.prepare("PRAGMA journal_mode = WAL").get([]);
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA wal_autocheckpoint = 1000");
  connection.exec("PRAGMA cache_size = -16384");
  connection.exec("PRAGMA temp_store = MEMORY");
}

function checkSchema(connection: Connection, file: string, environmentId: string): void {
  connection.exec("BEGIN EXCLUSIVE");
  const version = Number(connection.prepare("PRAGMA user_version").get([])?.[0]);
  const application = Number(connection.prepare("PRAGMA application_id").get([])?.[0]);
  if (application !== applicationId) {
    const tables = Number(connection.prepare("SELECT count(*) FROM sqlite_schema").get([])?.[0]);
    if (tables > 0 || version !== 0) {
      throw new StoreUnusableError(
        `The file "${file}" is the database of another program. Name another file for the store.`,
      );
    }
    connection.exec(schema);
    connection.prepare("INSERT INTO meta VALUES ('epoch', 0), ('environment', ?)").run([environmentId]);
    connection.exec(`PRAGMA user_version = ${schemaVersion}`);
    connection.exec(`PRAGMA application_id = ${applicationId}`);
  } else if (version > schemaVersion) {
    throw new StoreVersionError(
      `The store "${file}" has schema version ${version}; this Baton knows versions up to ${schemaVersion}. ` +
        "Start the newer Baton that wrote it, or name another file.",
    );
  }
  const environment = connection.prepare("SELECT value FROM meta WHERE name = 'environment'").get([])?.[0];
  if (environment !== environmentId) {
    throw new StoreUnusableError(
      `The store "${file}" belongs to the environment "${String(environment)}", not to "${environmentId}". ` +
        "Each environment has a file of its own.",
    );
  }
  connection.exec("COMMIT");
}
