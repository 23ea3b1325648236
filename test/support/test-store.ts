import { join } from "node:path";
import { MongoDatabase } from "./mongo-database.ts";
import { findMongoServer, howToGetAServer, type MongoServer } from "./mongo-server.ts";

/** The variable that chooses the store of the end-to-end tests: `sqlite` (the default) or `mongo`. */
export const storeVariable = "BATON_TEST_STORE";

/** The store of one test. */
export interface TestStore {
  readonly address: string;
  remove(): Promise<void>;
}

let mongoServer: Promise<MongoServer | undefined> | undefined;

/** Whether the end-to-end tests run on MongoDB. */
export function isOnMongo(): boolean {
  return process.env[storeVariable] === "mongo";
}

/** Creates an empty store of the kind on which the tests run. */
export async function makeTestStore(projectDir: string): Promise<TestStore> {
  if (!isOnMongo())
    return { address: `sqlite:${join(projectDir, ".baton", "baton.db")}`, remove: async () => undefined };
  mongoServer ??= findMongoServer();
  const server = await mongoServer;
  if (server === undefined) throw new Error(`${storeVariable} is "mongo", but there is ${howToGetAServer}.`);
  const database = new MongoDatabase(server);
  await database.prepare();
  return database;
}
