import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStore } from "@baton/coordinator";
import { describeStore } from "./store-contract.ts";

describeStore("sqlite", () => {
  const folder = mkdtempSync(join(tmpdir(), "baton-sqlite-"));
  return {
    makeStore: () => createStore(`sqlite:${join(folder, "baton.db")}`, "prod"),
    remove: () => rm(folder, { recursive: true }),
  };
});
