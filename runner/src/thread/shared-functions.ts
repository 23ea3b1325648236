import { builtinModules } from "node:module";

type Owner = Readonly<Record<PropertyKey, unknown>>;

type Accessor = readonly [owner: object, name: PropertyKey, get: unknown, set: unknown];

/** Objects with functions that programs call by the object's name. */
const namespaces = ["Atomics", "Intl", "JSON", "Math", "Reflect", "console", "process"] as const;
/** Globals behind getters that are cheap to read; the other getters load their value at the first read. */
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
/** Globals whose accessors and prototype accessors are compared too. */
const withAccessors = new Set(
  "Array ArrayBuffer DataView Map Object Promise RegExp Set SharedArrayBuffer String Symbol URL AbortSignal".split(" "),
);
/** Names of values on globals and modules that all code of a thread shares. */
const settings: Readonly<Record<string, readonly PropertyKey[]>> = {
  Buffer: ["poolSize"],
  Error: ["stackTraceLimit"],
  process: ["exitCode"],
  events: ["defaultMaxListeners"],
  http: ["globalAgent"],
  https: ["globalAgent"],
};
/** Deprecated built-in modules, which are not compared. */
const aliases = new Set(["punycode", "sys"]);

const { getPrototypeOf, isExtensible } = Object;
const { getOwnPropertyDescriptor, ownKeys } = Reflect;

/**
 * Keeps the more than a thousand functions that all code of a thread shares, to find out whether one was replaced:
 * members and prototypes of globals, prototypes of iterators and generators, and exports of the loaded modules of
 * Node.js. Also compares the prototype and extensibility of the objects that hold them, and a few values.
 */
export class SharedFunctions {
  readonly #names = new Map<Owner, readonly PropertyKey[]>();
  readonly #accessors: Accessor[] = [];
  #values: unknown[] = [];
  #loadedCount = 0;

  constructor() {
    const globals = globalThis as unknown as Owner;
    this.#watch(globals, [...readGlobals, ...namespaces]);
    for (const name of this.#names.get(globals) ?? []) {
      this.#watch(globals[name], settings[String(name)], withAccessors.has(String(name)));
    }
    for (const hidden of hiddenPrototypes()) this.#watch(hidden, [], true);
    for (const stream of [process.stdout, process.stderr]) this.#watch(stream, ["write", "end", "destroy"]);
    this.accept();
  }

  /** Accepts the current functions, and adds those of modules that were loaded since. */
  accept(): void {
    const { moduleLoadList: loaded } = process as unknown as { readonly moduleLoadList: readonly string[] };
    if (loaded.length !== this.#loadedCount) {
      this.#loadedCount = loaded.length;
      const isLoaded = new Set(loaded);
      for (const name of builtinModules) {
        if (isLoaded.has(`NativeModule ${name}`) && !aliases.has(name)) {
          this.#watch(process.getBuiltinModule(name), settings[name]);
        }
      }
    }
    this.#values = [];
    for (const [owner, names] of this.#names) {
      this.#values.push(getPrototypeOf(owner), isExtensible(owner));
      for (const name of names) this.#values.push(owner[name]);
    }
    for (const [at, [owner, name]] of this.#accessors.entries()) {
      const { get, set } = getOwnPropertyDescriptor(owner, name) ?? {};
      this.#accessors[at] = [owner, name, get, set];
    }
  }

  /** Whether nothing was replaced. Takes some 80 µs. */
  areUnchanged(): boolean {
    const values = this.#values;
    let at = 0;
    for (const [owner, names] of this.#names) {
      if (getPrototypeOf(owner) !== values[at] || isExtensible(owner) !== values[at + 1]) return false;
      at += 2;
      for (const name of names) {
        if (owner[name] !== values[at]) return false;
        at += 1;
      }
    }
    for (const [owner, name, get, set] of this.#accessors) {
      const now = getOwnPropertyDescriptor(owner, name);
      if (now?.get !== get || now?.set !== set) return false;
    }
    // Index keys come first; one here would show as an element of every array.
    return ownKeys(Array.prototype)[0] === "length";
  }

  #watch(value: unknown, further: readonly PropertyKey[] = [], hasAccessors = false): void {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return;
    const owner = value as Owner;
    if (this.#names.has(owner)) return;
    const inherited = typeof value === "function" ? [Symbol.hasInstance] : [];
    this.#names.set(owner, [...functionNames(owner), ...inherited, ...further]);
    if (hasAccessors)
      for (const name of accessorNames(owner)) this.#accessors.push([owner, name, undefined, undefined]);
    if (typeof value === "function") this.#watch(value.prototype, [], hasAccessors);
  }
}

/** Returns the names of the members that are functions. Calls no getter. */
function functionNames(owner: object): PropertyKey[] {
  return ownKeys(owner).filter((name) => typeof getOwnPropertyDescriptor(owner, name)?.value === "function");
}

function accessorNames(owner: object): PropertyKey[] {
  return ownKeys(owner).filter((name) => {
    const described = getOwnPropertyDescriptor(owner, name);
    return described?.get !== undefined || described?.set !== undefined;
  });
}

/** Returns the prototypes that loops, spreads and generators use and that no global names. */
function hiddenPrototypes(): readonly unknown[] {
  const generator = getPrototypeOf(function* () {});
  const asyncGenerator = getPrototypeOf(async function* () {});
  const arrayIterator = getPrototypeOf([][Symbol.iterator]());
  return [
    arrayIterator,
    getPrototypeOf(arrayIterator),
    getPrototypeOf(new Map().entries()),
    getPrototypeOf(new Set().values()),
    getPrototypeOf(""[Symbol.iterator]()),
    getPrototypeOf("".matchAll(/a/g)),
    generator,
    generator.prototype,
    asyncGenerator,
    asyncGenerator.prototype,
    getPrototypeOf(asyncGenerator.prototype),
    getPrototypeOf(async () => {}),
    getPrototypeOf(Uint8Array),
  ];
}
