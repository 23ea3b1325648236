import { ConfigError } from "./errors.ts";
import { MemoryStore } from "./store/memory/memory-store.ts";
import type { Store } from "./store/store.ts";

/** Makes the store that a configuration names: `memory:`. @throws ConfigError */
export function openStore(name: string): Store {
  if (name === "memory:") return new MemoryStore();
  throw new ConfigError(`"${name}" names no store; expected sqlite:<path> or memory:.`);
}
