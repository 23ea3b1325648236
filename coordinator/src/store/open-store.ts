import { StoreUnusableError } from "../errors.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { redactAddress } from "./mongo/failure.ts";
import { MongoStore } from "./mongo/mongo-store.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";
import type { Store } from "./store.ts";

/** Options of a store beside its address. */
export interface StoreOptions {
  /**
   * Makes `open` wait while another coordinator owns the store. Called with that coordinator's name when the wait
   * begins. Absent: a live owner is an error. Only stores that several processes can reach have another owner.
   */
  readonly onHeld?: (holder: string) => void;
  /** Whether to continue when the store's file is deleted or replaced, although nothing can find later writes. */
  readonly outlivesFile?: boolean;
}

/**
 * Creates the store that an address names, without opening it: `sqlite:` and a file, `mongodb://` or `mongodb+srv://`,
 * or `memory:`.
 * @throws StoreUnusableError for any other address.
 */
export function createStore(address: string, environmentId: string, options: StoreOptions = {}): Store {
  const { outlivesFile = false, ...ofSeveral } = options;
  if (address === "memory:") return new MemoryStore();
  const file = /^sqlite:(.+)$/s.exec(address)?.[1];
  if (file !== undefined) return new SqliteStore({ file, environmentId, outlivesFile });
  if (isMongoAddress(address)) return new MongoStore({ address, environmentId, ...ofSeveral });
  throw new StoreUnusableError(
    `The store address "${showAddress(address)}" is not supported. ` +
      'Expected "sqlite:" and the path of a file, such as "sqlite:.baton/baton.db", "mongodb://" or "mongodb+srv://" ' +
      'with a host, or "memory:".',
  );
}

/** Returns the address of a store without a password, so that it may be shown. */
export function showAddress(address: string): string {
  if (isMongoAddress(address)) return redactAddress(address);
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/).*@/is, "$1***@");
}

function isMongoAddress(address: string): boolean {
  return /^mongodb(?:\+srv)?:\/\/./.test(address);
}
