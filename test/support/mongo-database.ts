import { randomUUID } from "node:crypto";
import { type Db, MongoClient } from "mongodb";
import { addressOfDatabase } from "./mongo-address.ts";
import type { MongoServer } from "./mongo-server.ts";

/** A separate database for one test, removed at the end. */
export class MongoDatabase implements AsyncDisposable {
  readonly address: string;
  readonly #server: MongoServer;
  readonly #name = `baton-test-${randomUUID().slice(0, 13)}`;

  constructor(server: MongoServer) {
    this.#server = server;
    this.address = addressOfDatabase(server.url, this.#name);
  }

  /**
   * Creates the index that the stand-in needs to find a run by id and revision quickly. Other servers find it by its
   * id, and no server needs the index to behave correctly.
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
