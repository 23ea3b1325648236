import { join } from "node:path";
import { MongoDatabase } from "../support/mongo-database.ts";
import { MongoProxy, type ProxiedRequest } from "../support/mongo-proxy.ts";
import { findMongoServer, howToGetAServer, type MongoServer } from "../support/mongo-server.ts";

/** The kind of store on which the benches run: new files, or new databases on a server. */
export type StoreChoice = { readonly type: "sqlite" } | { readonly type: "mongo"; readonly server: MongoServer };

/**
 * Reads `--store`. Absent or `sqlite` is the default; `mongodb://…` names a server; `mongo` means the server that the
 * tests find or start.
 * @throws Error when there is no such server, or the word is not one of these.
 */
export async function chooseStore(word: string | undefined): Promise<StoreChoice> {
  if (word === undefined || word === "sqlite") return { type: "sqlite" };
  if (/^mongodb(\+srv)?:\/\//.test(word)) process.env.MONGODB_URL = word;
  else if (word !== "mongo") {
    throw new Error(`Expected --store sqlite, --store mongo or --store mongodb://…, got "${word}".`);
  }
  const server = await findMongoServer();
  if (server === undefined) throw new Error(`There is ${howToGetAServer}.`);
  return { type: "mongo", server };
}

/** What a run costs MongoDB, on average. */
export interface StoreCost {
  /** Inserted documents. */
  readonly inserted: number;
  /** Updated documents. */
  readonly updated: number;
  readonly requests: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
}

/** Prints what a run costs MongoDB; nothing on SQLite. */
export function printStoreCost(cost: StoreCost | undefined): void {
  if (cost === undefined) return;
  console.log(
    `store, a run: ${cost.inserted.toFixed(2)} documents inserted, ${cost.updated.toFixed(2)} updated, ` +
      `${cost.requests.toFixed(3)} requests of ${cost.requestBytes.toFixed(0)} bytes, ` +
      `answers of ${cost.answerBytes.toFixed(0)} bytes`,
  );
}

/** An empty store for one measurement. A proxy counts the requests of coordinators to MongoDB. */
export class BenchStore implements AsyncDisposable {
  /** The address for coordinators. */
  readonly address: string;
  /** The address for a later reader: the same store, without the counting proxy. */
  readonly directAddress: string;
  readonly #database: MongoDatabase | undefined;
  readonly #proxy: MongoProxy | undefined;

  private constructor(address: string, directAddress: string, database?: MongoDatabase, proxy?: MongoProxy) {
    this.address = address;
    this.directAddress = directAddress;
    this.#database = database;
    this.#proxy = proxy;
  }

  static async make(choice: StoreChoice, projectDir: string): Promise<BenchStore> {
    if (choice.type === "sqlite") {
      const address = `sqlite:${join(projectDir, ".baton", "baton.db")}`;
      return new BenchStore(address, address);
    }
    const database = new MongoDatabase(choice.server);
    await database.prepare();
    const proxy = await MongoProxy.start(choice.server);
    return new BenchStore(proxy.through(database.address), database.address, database, proxy);
  }

  /** Starts counting. The returned function returns the cost of a run since then; undefined on SQLite. */
  count(): (runs: number) => StoreCost | undefined {
    const proxy = this.#proxy;
    if (proxy === undefined) return () => undefined;
    const requestsBefore = proxy.requests.length;
    const answerBytesBefore = proxy.answerBytes;
    return (runs) => {
      const requests = proxy.requests.slice(requestsBefore);
      const documents = (command: string) =>
        sum(requests, (request) => (request.command === command ? request.documents : 0));
      return {
        inserted: documents("insert") / runs,
        updated: documents("update") / runs,
        requests: requests.length / runs,
        requestBytes: sum(requests, (request) => request.bytes) / runs,
        answerBytes: (proxy.answerBytes - answerBytesBefore) / runs,
      };
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy?.[Symbol.asyncDispose]();
    await this.#database?.remove();
  }
}

function sum(requests: readonly ProxiedRequest[], memberOf: (request: ProxiedRequest) => number): number {
  return requests.reduce((total, request) => total + memberOf(request), 0);
}
