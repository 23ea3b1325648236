import { builtinModules } from "node:module";

type Owner = Readonly<Record<PropertyKey, unknown>>;

/** Objects with functions that programs call by the object's name. */
const namespaces = ["Atomics", "Intl", "JSON", "Math", "Reflect", "console", "process"] as const;
/** Globals behind getters that cost nothing; what the others return is loaded when it is first read. */
const readGlobals = [
  "AbortController",
  "AbortSignal",
  "Buffer",
  "MessageChannel",
  "MessagePort",
  "TextDecoder",
  "TextEncoder",
  "performance",
] as const;
/** Other names of modules. */
const aliases = new Set(["punycode", "sys"]);

/**
 * Every function that all code of a thread shares: the globals with their members and prototypes, and the exports of the
 * modules of Node.js that are loaded, more than a thousand.
 */
export class SharedFunctions {
  readonly #names = new Map<Owner, readonly PropertyKey[]>();
  #values: unknown[] = [];
  #loadedCount = 0;

  constructor() {
    const globals = globalThis as unknown as Owner;
    this.#watch(globals, readGlobals);
    for (const name of this.#names.get(globals) ?? []) this.#watch(globals[name]);
    for (const name of namespaces) this.#watch(globals[name]);
    this.accept();
  }

  /** Takes them as they are now, with those of modules that were loaded meanwhile. */
  accept(): void {
    const { moduleLoadList: loaded } = process as unknown as { readonly moduleLoadList: readonly string[] };
    if (loaded.length !== this.#loadedCount) {
      this.#loadedCount = loaded.length;
      const isLoaded = new Set(loaded);
      for (const name of builtinModules) {
        if (isLoaded.has(`NativeModule ${name}`) && !aliases.has(name)) this.#watch(process.getBuiltinModule(name));
      }
    }
    this.#values = [];
    for (const [owner, names] of this.#names) for (const name of names) this.#values.push(owner[name]);
  }

  /** Is every one what it was? Takes some 50 µs. */
  areUnchanged(): boolean {
    const values = this.#values;
    let at = 0;
    for (const [owner, names] of this.#names) {
      for (const name of names) {
        if (owner[name] !== values[at]) return false;
        at += 1;
      }
    }
    return true;
  }

  #watch(value: unknown, further: readonly PropertyKey[] = []): void {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return;
    const owner = value as Owner;
    if (this.#names.has(owner)) return;
    this.#names.set(owner, [...functionNames(owner), ...further]);
    if (typeof value === "function") this.#watch(value.prototype);
  }
}

/** The members that are functions. No getter is called. */
function functionNames(owner: object): PropertyKey[] {
  return Reflect.ownKeys(owner).filter(
    (name) => typeof Reflect.getOwnPropertyDescriptor(owner, name)?.value === "function",
  );
}
