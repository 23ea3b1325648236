import { randomUUID } from "node:crypto";
import { type Db, MongoClient } from "mongodb";
import { addressOfDatabase } from "./mongo-address.ts";
import type { MongoServer } from "./mongo-server.ts";

/** A database of its own for one test, gone at the end. */
export class MongoDatabase implements AsyncDisposable {
  readonly address: string;
  readonly #server: MongoServer;
  readonly #name = `baton-test-${randomUUID().slice(0, 13)}`;

  constructor(server: MongoServer) {
    this.#server = server;
    this.address = addressOfDatabase(server.url, this.#name);
  }

  /**
   * Makes what the stand-in needs to find a run by id and revision; every other server finds it by its id alone, and no
   * server needs it to keep the promises.
   */
  async prepare(): Promise<void> {
    if (!this.#server.isStandIn) return;
    await this.use(async (db) => {
      await db.collection("prod.runs").createIndex({ _id: 1, revision: 1 }, { unique: true });
    });
  }

  /** Drops it. */
  async remove(): Promise<void> {
    await this.use(async (db) => void (await db.dropDatabase()));
  }

  /** Looks at the database, or changes it, past the store. */
  async use(act: (db: Db) => Promise<void>): Promise<void> {
    const client = new MongoClient(this.#server.url);
    try {
      await act(client.db(this.#name));
    } finally {
      await client.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }
}
