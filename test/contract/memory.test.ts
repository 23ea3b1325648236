import { MemoryDisk } from "@baton/coordinator/internal/store/memory/memory-disk";
import { MemoryStore } from "@baton/coordinator/internal/store/memory/memory-store";
import { describeStore } from "./store-contract.ts";

describeStore("memory", () => {
  const disk = new MemoryDisk();
  return { makeStore: () => new MemoryStore({ disk }), remove: async () => undefined };
});
