import { type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { StoreUnusableError } from "../../errors.ts";
import { addressFailure } from "./opening-failure.ts";

/** The database if the address names none. */
const defaultDatabase = "baton";

/**
 * Reads everything that the primary has. For a moment after a change of the primary, a read of only what the majority
 * has would miss acknowledged runs. A value that is read here too early does no harm: the write that follows from it
 * names the revision that it replaces, and the majority acknowledges that write only with everything before it.
 */
const readLevel = "local";

/**
 * The options on which the store's promises rest. The driver's own repeats are off: every command must first pass the
 * check of the ownership, and a repeat inside the driver would not.
 */
const promises: MongoClientOptions = {
  appName: "baton",
  writeConcern: { w: "majority", journal: true },
  readConcern: { level: readLevel },
  readPreference: "primary",
  retryWrites: false,
  retryReads: false,
};

/** Times and sizes that the address may override. */
const defaults = {
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 30_000,
  heartbeatFrequencyMS: 2_000,
  maxPoolSize: 20,
  waitQueueTimeoutMS: 10_000,
} as const;

/** A client that is not connected, and its database. */
export interface Connection {
  readonly client: MongoClient;
  readonly db: Db;
}

/**
 * Prepares the connection for an address.
 * @param place - the address without secrets, for messages
 * @throws StoreUnusableError when the address cannot be read, or asks for less than the store promises.
 */
export function prepareConnection(address: string, place: string): Connection {
  checkOptions(makeClient(address, {}, place), place);
  const open = Object.entries(defaults).filter(([name]) => !new RegExp(`[?&]${name}=`, "i").test(address));
  const client = makeClient(address, { ...promises, ...Object.fromEntries(open) }, place);
  const database = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(address)?.[1];
  return { client, db: client.db(database === undefined ? defaultDatabase : decodeURIComponent(database)) };
}

function makeClient(address: string, options: MongoClientOptions, place: string): MongoClient {
  try {
    return new MongoClient(address, options);
  } catch (error) {
    throw addressFailure(error, place);
  }
}

function checkOptions({ options }: MongoClient, place: string): void {
  const { readConcern, readPreference, writeConcern } = options;
  const w = writeConcern?.w;
  if (w !== undefined && w !== "majority") {
    throw refused(place, `w=${w}`, "a run is acknowledged only when the majority has it");
  }
  if (writeConcern?.journal === false) {
    throw refused(place, "journal=false", "a run is acknowledged only when it is in the journal");
  }
  if (readPreference !== undefined && readPreference.mode !== "primary") {
    throw refused(place, `readPreference=${readPreference.mode}`, "decisions are made on what the primary has");
  }
  // Refused here, because the client's own options cannot override it: the driver prefers the address's level.
  if (readConcern !== undefined && readConcern.level !== readLevel) {
    throw refused(place, `readConcernLevel=${readConcern.level}`, "decisions are made on all that the primary has");
  }
}

function refused(place: string, option: string, reason: string): StoreUnusableError {
  return new StoreUnusableError(`The store address ${place} says ${option}, but ${reason}. Leave the option out.`);
}
