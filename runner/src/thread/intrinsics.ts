import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import path from "node:path";
import { compileFunction } from "node:vm";

/** Functions and objects that every program uses all the time. */
const watched: readonly (readonly [owner: object, keys: readonly PropertyKey[]])[] = [
  [
    globalThis,
    "Object Array Function String Number Boolean Symbol Promise Map Set WeakMap RegExp Date Error JSON Math Reflect Buffer URL setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask structuredClone AbortController AbortSignal fetch performance".split(
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
  [AbortController.prototype, ["abort"]],
  [AsyncLocalStorage.prototype, ["enterWith", "getStore", "run"]],
  [AsyncResource.prototype, ["runInAsyncScope"]],
  [Atomics, ["add", "load", "store"]],
  [path, ["basename", "dirname", "join", "resolve"]],
  [performance, ["now"]],
];

/** Keeps the hot intrinsics of this thread, to find out whether an attempt replaced one. */
export class Intrinsics {
  readonly #ownKeys = Reflect.ownKeys;
  #areReplaced: () => boolean = () => false;
  #prototypeKeys = 0;

  constructor() {
    this.accept();
  }

  /**
   * Accepts the current intrinsics: a task's file may change them while it is imported, with a polyfill for example.
   */
  accept(): void {
    this.#areReplaced = compareWithNow();
    this.#prototypeKeys = this.#ownKeys(objectPrototype).length;
  }

  /** Whether no intrinsic was replaced. Calls no replaced function. */
  areUnchanged(): boolean {
    if (this.#areReplaced() || this.#ownKeys(objectPrototype).length !== this.#prototypeKeys) return false;
    // An enumerable key here would appear in `for … in` over every array.
    for (const _key in emptyArray) return false;
    return true;
  }
}

const objectPrototype = Object.prototype;
const emptyArray: object = [];

/**
 * Compiles one comparison for each intrinsic. In a cold thread, a loop over names would take ten times as long as the
 * attempts that it guards.
 */
function compareWithNow(): () => boolean {
  const owners = watched.map(([owner]) => owner);
  const keys = watched.flatMap(([, names]) => names);
  const values: unknown[] = [];
  const constants = owners.map((_, at) => `o${at} = owners[${at}]`);
  const comparisons: string[] = [];
  for (const [at, [owner, names]] of watched.entries()) {
    for (const name of names) {
      const number = values.length;
      values.push((owner as Record<PropertyKey, unknown>)[name]);
      constants.push(`k${number} = keys[${number}]`, `v${number} = values[${number}]`);
      comparisons.push(
        typeof name === "string" ? `o${at}.${name} !== v${number}` : `o${at}[k${number}] !== v${number}`,
      );
    }
  }
  const code = `const ${constants.join(", ")}; return () => ${comparisons.join(" || ")};`;
  return compileFunction(code, ["owners", "keys", "values"])(owners, keys, values) as () => boolean;
}
