import { after, describe, test } from "node:test";
import { createStore } from "@baton/coordinator";
import { MongoDatabase } from "../support/mongo-database.ts";
import { findMongoServer, howToGetAServer } from "../support/mongo-server.ts";
import { describeStore } from "./store-contract.ts";

const server = await findMongoServer();

if (server === undefined) {
  test("mongo store", { skip: howToGetAServer }, () => undefined);
} else {
  after(() => server.stop());
  describe(`on ${server.kind}`, () => {
    describeStore("mongo", () => {
      const database = new MongoDatabase(server);
      return {
        makeStore: () => createStore(database.address, "prod"),
        remove: () => database.remove(),
      };
    });
  });
}
