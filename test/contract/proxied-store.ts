import type { Store } from "@baton/coordinator";
import { MongoStore, type MongoStoreOptions } from "@baton/coordinator/internal/store/mongo/mongo-store";
import { MongoDatabase } from "../support/mongo-database.ts";
import { type Fate, MongoProxy } from "../support/mongo-proxy.ts";
import type { MongoServer } from "../support/mongo-server.ts";

/** Options of a proxied store. */
export interface ProxiedStoreOptions {
  /** The ownership lease, in milliseconds. */
  readonly leaseMs?: number;
  /** Options of the address. */
  readonly query?: string;
}

/** An open store that is connected to its server through a proxy. */
export class ProxiedStore implements AsyncDisposable {
  readonly database: MongoDatabase;
  readonly proxy: MongoProxy;
  readonly store: Store;
  readonly #others: Store[] = [];

  private constructor(database: MongoDatabase, proxy: MongoProxy, { leaseMs, query }: ProxiedStoreOptions) {
    this.database = database;
    this.proxy = proxy;
    const address = proxy.through(database.address) + (query === undefined ? "" : `&${query}`);
    this.store = new MongoStore({ address, environmentId: "prod", ...(leaseMs !== undefined && { leaseMs }) });
  }

  static async open(server: MongoServer, options: ProxiedStoreOptions = {}): Promise<ProxiedStore> {
    const database = new MongoDatabase(server);
    const proxied = new ProxiedStore(database, await MongoProxy.start(server), options);
    await proxied.store.open();
    return proxied;
  }

  /**
   * Sets the fate of the first request with this command on a collection, by default the runs. All other requests pass.
   */
  once(command: string, fate: Fate, collection = "prod.runs"): void {
    let isDue = true;
    this.proxy.decide = (request) => {
      if (!isDue || request.command !== command || request.collection !== collection) return { type: "pass" };
      isDue = false;
      return fate;
    };
  }

  /** Makes another store on the same database, connected directly unless `isProxied`. It is closed with this one. */
  makeAnother(options: Partial<MongoStoreOptions> & { readonly isProxied?: boolean } = {}): MongoStore {
    const { isProxied = false, ...others } = options;
    const address = isProxied ? this.proxy.through(this.database.address) : this.database.address;
    const store = new MongoStore({ address, environmentId: "prod", ...others });
    this.#others.push(store);
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.proxy.decide = () => ({ type: "pass" });
    for (const store of [this.store, ...this.#others]) await store.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.database.remove();
  }
}
