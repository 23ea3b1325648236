interface Intrinsic {
  readonly owner: Record<PropertyKey, unknown>;
  readonly key: PropertyKey;
  value: unknown;
}

/** What every program calls all the time; `length` counts the keys of prototypes that `for … in` would show. */
const watched: readonly (readonly [owner: object, keys: readonly PropertyKey[]])[] = [
  [
    globalThis,
    "Object Array Function String Number Boolean Symbol Promise Map Set WeakMap RegExp Date Error JSON Math Reflect Buffer URL setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask structuredClone".split(
      " ",
    ),
  ],
  [
    Object,
    "assign create defineProperty entries freeze fromEntries getOwnPropertyDescriptor getPrototypeOf keys values".split(
      " ",
    ),
  ],
  [Object.prototype, "hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf constructor".split(" ")],
  [Function.prototype, ["apply", "bind", "call", "toString", Symbol.hasInstance]],
  [Array, ["from", "isArray", "of"]],
  [
    Array.prototype,
    [
      ..."at concat entries every fill filter find findIndex flat flatMap forEach includes indexOf join keys map pop push reduce reverse shift slice some sort splice unshift values".split(
        " ",
      ),
      Symbol.iterator,
    ],
  ],
  [
    String.prototype,
    "charCodeAt endsWith includes indexOf match padStart replace replaceAll slice split startsWith substring toLowerCase toString toUpperCase trim".split(
      " ",
    ),
  ],
  [Number, ["isFinite", "isInteger", "isNaN", "parseFloat"]],
  [Number.prototype, ["toFixed", "toString"]],
  [Promise, "all allSettled any race reject resolve".split(" ")],
  [Promise.prototype, ["catch", "finally", "then"]],
  [Map.prototype, ["delete", "entries", "forEach", "get", "has", "set", Symbol.iterator]],
  [Set.prototype, ["add", "delete", "forEach", "has", "values"]],
  [WeakMap.prototype, ["delete", "get", "has", "set"]],
  [RegExp.prototype, ["exec", "test", Symbol.match, Symbol.replace]],
  [Date, ["now", "parse"]],
  [Date.prototype, ["getTime", "toISOString", "toJSON"]],
  [Error, ["captureStackTrace", "prepareStackTrace"]],
  [JSON, ["parse", "stringify"]],
  [Math, ["ceil", "floor", "max", "min", "random", "round"]],
  [Reflect, ["apply", "construct", "get", "ownKeys", "set"]],
  [process, ["emit", "exit", "kill", "nextTick", "on", "env", "hrtime"]],
  [Buffer, ["alloc", "concat", "from"]],
  [console, ["debug", "error", "info", "log", "warn"]],
];

/** The hot intrinsics of this thread as they were, to see whether an attempt replaced one. */
export class Intrinsics {
  readonly #intrinsics: readonly Intrinsic[] = watched.flatMap(([owner, keys]) =>
    keys.map((key) => ({ owner: owner as Record<PropertyKey, unknown>, key, value: undefined })),
  );
  readonly #ownKeys = Reflect.ownKeys;
  #prototypeKeys = 0;

  constructor() {
    this.accept();
  }

  /** Takes them as they are now: what a task's file changes while it is imported, a polyfill for example, is meant. */
  accept(): void {
    for (const intrinsic of this.#intrinsics) intrinsic.value = intrinsic.owner[intrinsic.key];
    this.#prototypeKeys = this.#countKeys();
  }

  /** Is every one what it was? Looks only; nothing that was replaced is called. */
  areUnchanged(): boolean {
    const intrinsics = this.#intrinsics;
    for (let at = 0; at < intrinsics.length; at += 1) {
      const { owner, key, value } = intrinsics[at] as Intrinsic;
      if (owner[key] !== value) return false;
    }
    return this.#countKeys() === this.#prototypeKeys;
  }

  #countKeys(): number {
    return this.#ownKeys(objectPrototype).length + this.#ownKeys(arrayPrototype).length;
  }
}

const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;
