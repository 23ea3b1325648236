import type { TaskVersion } from "@baton/proto/contract/task-definition";
import { nextVersionName } from "@baton/proto/contract/version-name";
import type { UnnamedVersion } from "../store.ts";
import type { Connection, Statement } from "./connection.ts";

/** Runs that are read before other requests get their turn. */
const runsPerSlice = 1_000;

/** The registered versions, each as JSON text. */
export class VersionTable {
  readonly #find: Statement;
  readonly #names: Statement;
  readonly #insert: Statement;
  readonly #all: Statement;
  readonly #delete: Statement;
  readonly #named: Statement;

  constructor(connection: Connection) {
    this.#find = connection.prepare("SELECT document FROM versions WHERE hash = ?");
    this.#names = connection.prepare("SELECT version FROM versions WHERE version >= ?");
    this.#insert = connection.prepare("INSERT INTO versions (hash, version, document) VALUES (?, ?, ?)");
    this.#delete = connection.prepare("DELETE FROM versions WHERE version = ?");
    this.#named = connection.prepare(
      "SELECT number, json_extract(document, '$.version') FROM runs WHERE number > ? ORDER BY number LIMIT ?",
    );
    this.#all = connection.prepare("SELECT document FROM versions ORDER BY version");
  }

  /** Finds the version with this hash, or names and stores it; within the caller's transaction. */
  register(version: UnnamedVersion | TaskVersion, day: string): string {
    const known = this.#find.get([version.hash]);
    if (known !== undefined) return String(known[0]);
    const name = version.version ?? this.#nextName(day);
    const document = JSON.stringify({ ...version, version: name });
    this.#insert.run([version.hash, name, document]);
    return document;
  }

  #nextName(day: string): string {
    const names = this.#names.all([`${day}.`]).map(([name]) => String(name));
    return nextVersionName(names, day);
  }

  delete(versions: readonly string[]): void {
    for (const version of versions) this.#delete.run([version]);
  }

  /** Returns the versions that runs name. Yields after each slice, so that other requests get their turn. */
  *findNamed(versions: readonly string[]): Generator<undefined, readonly string[]> {
    const named = new Set<unknown>();
    let last: unknown = 0;
    for (;;) {
      const rows = this.#named.all([last, runsPerSlice]);
      for (const [, version] of rows) named.add(version);
      if (rows.length < runsPerSlice) return versions.filter((version) => named.has(version));
      last = rows.at(-1)?.[0];
      yield;
    }
  }

  all(): readonly string[] {
    return this.#all.all([]).map(([document]) => String(document));
  }
}
