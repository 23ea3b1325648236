import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addressOfDatabase, addressThroughPort, addressWithOption } from "./mongo-address.ts";

describe("the address of another database", () => {
  for (const [address, expected] of [
    ["mongodb://h:1", "mongodb://h:1/x"],
    ["mongodb://a:1,b:2/y?replicaSet=rs", "mongodb://a:1,b:2/x?replicaSet=rs"],
    ["mongodb://u:p%40@h", "mongodb://u:p%40@h/x?authSource=admin"],
    ["mongodb://u:p@h/users?tls=true", "mongodb://u:p@h/x?tls=true&authSource=users"],
    ["mongodb+srv://u:p@h/?authsource=$external", "mongodb+srv://u:p@h/x?authsource=%24external"],
  ] as const) {
    test(address, () => assert.equal(addressOfDatabase(address, "x"), expected));
  }
});

describe("the address through a port", () => {
  for (const [address, expected] of [
    ["mongodb://h:1/x", "mongodb://127.0.0.1:9/x?directConnection=true"],
    ["mongodb://a:1,b:2/x?replicaSet=rs&tls=true", "mongodb://127.0.0.1:9/x?directConnection=true"],
    [
      "mongodb://u:p%40@h/x?directConnection=true&authSource=admin",
      "mongodb://u:p%40@127.0.0.1:9/x?authSource=admin&directConnection=true",
    ],
  ] as const) {
    test(address, () => assert.equal(addressThroughPort(address, 9), expected));
  }
});

describe("an address with an option", () => {
  for (const [address, expected] of [
    ["mongodb://h:1/x", "mongodb://h:1/x?socketTimeoutMS=2000"],
    ["mongodb://u:p%40@h/x?socketTimeoutMS=1&tls=true", "mongodb://u:p%40@h/x?socketTimeoutMS=2000&tls=true"],
  ] as const) {
    test(address, () => assert.equal(addressWithOption(address, "socketTimeoutMS", "2000"), expected));
  }
});
