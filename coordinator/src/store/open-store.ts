import { StoreUnusableError } from "../errors.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";

/**
 * Makes the store that an address names, without opening it: `sqlite:` and a file, or `memory:`.
 * @throws StoreUnusableError for any other address.
 */
export function createStore(address: string, environmentId: string): Store {
  if (address === "memory:") return new MemoryStore();
  const file = /^sqlite:(.+)$/s.exec(address)?.[1];
  if (file !== undefined) return new SqliteStore({ file, environmentId });
  throw new StoreUnusableError(
    `The store address "${address}" is not supported. ` +
      'Expected "sqlite:" and the path of a file, such as "sqlite:.baton/baton.db", or "memory:".',
  );
}
