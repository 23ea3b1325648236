import type { TaskVersion } from "../../core/task.ts";
import type { UnnamedVersion } from "../store.ts";
import { nextVersionName } from "../version-name.ts";
import type { Connection, Statement } from "./database.ts";

/** The registered versions, each as JSON text. */
export class VersionTable {
  readonly #find: Statement;
  readonly #names: Statement;
  readonly #insert: Statement;
  readonly #all: Statement;

  constructor(connection: Connection) {
    this.#find = connection.prepare("SELECT document FROM versions WHERE hash = ?");
    this.#names = connection.prepare("SELECT version FROM versions WHERE version >= ?");
    this.#insert = connection.prepare("INSERT INTO versions (hash, version, document) VALUES (?, ?, ?)");
    this.#all = connection.prepare("SELECT document FROM versions ORDER BY version");
  }

  /** Finds the version with this hash or names and stores it; within the caller's transaction. */
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

  all(): readonly string[] {
    return this.#all.all([]).map(([document]) => String(document));
  }
}
