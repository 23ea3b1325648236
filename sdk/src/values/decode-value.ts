import { typedArrayNames } from "./type-note.ts";

/** Reports types that do not fit the JSON text beside them. */
export class ValueTypesError extends Error {
  readonly code = "VALUE_TYPES_INVALID";

  constructor(reason: string) {
    super(`The types that were sent beside the JSON text do not fit it: ${reason}.`);
    this.name = "ValueTypesError";
  }
}

/**
 * Decodes a value from its JSON text and the types beside it; empty text gives `undefined`. The work grows with the length of
 * both texts.
 * @throws SyntaxError when the text is not JSON; ValueTypesError when the types do not fit it
 */
export function decodeValue(json: string, types = ""): unknown {
  if (json === "") {
    if (types !== "") throw new ValueTypesError("there is no JSON text");
    return undefined;
  }
  const value: unknown = JSON.parse(json);
  return types === "" ? value : revive(value, types);
}

function revive(value: unknown, types: string): unknown {
  let note: unknown;
  try {
    note = JSON.parse(types);
  } catch {
    throw new ValueTypesError("they are no JSON");
  }
  try {
    return new Revival(value).apply(note);
  } catch (error) {
    if (error instanceof ValueTypesError) throw error;
    if (error instanceof RangeError) throw new ValueTypesError("they are nested too deeply");
    throw new ValueTypesError(error instanceof Error ? error.message : String(error));
  }
}

type Container = Record<string, unknown>;

interface Place {
  readonly container: Container;
  readonly key: string;
}

/**
 * Revives one value in three passes: it reads every note against the JSON as it was sent, puts the new values in their places,
 * and then fills maps, sets and errors from the arrays and objects that stood for them. So cycles need no order.
 */
class Revival {
  readonly #root: Container;
  readonly #changes: (Place & { readonly value: unknown })[] = [];
  readonly #references: (Place & { readonly number: number })[] = [];
  /** The revived values of the arrays and objects in the JSON. */
  readonly #revived = new Map<object, object>();
  readonly #fills: (() => void)[] = [];

  constructor(value: unknown) {
    this.#root = { value };
  }

  apply(note: unknown): unknown {
    this.#read(this.#root, "value", note);
    const containers = this.#references.length === 0 ? [] : this.#findContainers();
    for (const { container, key, number } of this.#references) {
      const target = containers[number];
      if (target === undefined) throw new ValueTypesError(`there is no array or object number ${number}`);
      this.#changes.push({ container, key, value: this.#revived.get(target) ?? target });
    }
    for (const { container, key, value } of this.#changes) setMember(container, key, value);
    for (const fill of this.#fills) fill();
    return this.#root.value;
  }

  #read(container: Container, key: string, note: unknown): void {
    if (typeof note === "string") return this.#readType(container, key, note, undefined);
    if (Array.isArray(note)) {
      const [type, second] = note as unknown[];
      if (type === "ref") {
        if (!Number.isSafeInteger(second)) throw new ValueTypesError("a reference needs a number");
        memberOf(container, key);
        this.#references.push({ container, key, number: second as number });
        return;
      }
      if (typeof type !== "string") throw new ValueTypesError("a type is no text");
      return this.#readType(container, key, type, second);
    }
    this.#readMembers(memberOf(container, key), note);
  }

  #readMembers(json: unknown, notes: unknown): void {
    if (!isObject(notes) || Array.isArray(notes)) throw new ValueTypesError("notes on members are no object");
    if (!isObject(json)) throw new ValueTypesError("there are notes on members of what has none");
    for (const member of Object.keys(notes)) this.#read(json, member, notes[member]);
  }

  #readType(container: Container, key: string, type: string, notes: unknown): void {
    if (type === "undefined") {
      this.#changes.push({ container, key, value: undefined });
      return;
    }
    const json = memberOf(container, key);
    const value = this.#make(type, json);
    this.#changes.push({ container, key, value });
    if (notes !== undefined) this.#readMembers(json, notes);
  }

  #make(type: string, json: unknown): unknown {
    switch (type) {
      case "NaN":
      case "Infinity":
      case "-Infinity":
        return Number(type);
      case "-0":
        return -0;
      case "bigint":
        if (typeof json === "string" && /^-?\d+$/.test(json)) return BigInt(json);
        throw mismatch(type, "a text of digits");
      case "Date":
        return makeDate(json);
      case "URL":
        return new URL(textOf(type, json));
      case "RegExp":
        return makeRegExp(textOf(type, json));
      case "Map":
        return this.#makeMap(json);
      case "Set":
        return this.#makeSet(json);
      case "Error":
        return this.#makeError(json);
      default:
        return makeBinary(type, json);
    }
  }

  #makeMap(json: unknown): Map<unknown, unknown> {
    if (!Array.isArray(json) || !json.every((pair) => Array.isArray(pair) && pair.length === 2)) {
      throw mismatch("Map", "an array of pairs");
    }
    const map = new Map<unknown, unknown>();
    this.#revived.set(json, map);
    this.#fills.push(() => {
      for (const [key, value] of json as [unknown, unknown][]) map.set(key, value);
    });
    return map;
  }

  #makeSet(json: unknown): Set<unknown> {
    if (!Array.isArray(json)) throw mismatch("Set", "an array");
    const set = new Set<unknown>();
    this.#revived.set(json, set);
    this.#fills.push(() => {
      for (const value of json as unknown[]) set.add(value);
    });
    return set;
  }

  #makeError(json: unknown): Error {
    if (!isObject(json) || Array.isArray(json)) throw mismatch("Error", "an object");
    const name = typeof json.name === "string" ? json.name : "Error";
    const message = typeof json.message === "string" ? json.message : "";
    const error = makeError(name, message);
    this.#revived.set(json, error);
    this.#fills.push(() => fillError(error, json));
    return error;
  }

  /** Lists arrays and objects of the JSON in the order in which they open. */
  #findContainers(): readonly Container[] {
    const found: Container[] = [];
    const waiting: unknown[] = [this.#root.value];
    while (waiting.length > 0) {
      const json = waiting.pop();
      if (!isObject(json)) continue;
      found.push(json);
      const members = Array.isArray(json) ? (json as unknown[]) : Object.values(json);
      for (let index = members.length - 1; index >= 0; index -= 1) waiting.push(members[index]);
    }
    return found;
  }
}

function isObject(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

/** Whether the JSON text has the member. So no note reaches a prototype or the length of an array. */
function hasMember(container: Container, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(container, key);
}

function memberOf(container: Container, key: string): unknown {
  if (!hasMember(container, key)) throw new ValueTypesError(`there is no member ${JSON.stringify(key)}`);
  return container[key];
}

function setMember(container: Container, key: string, value: unknown): void {
  if (hasMember(container, key)) {
    container[key] = value;
    return;
  }
  if (Array.isArray(container)) throw new ValueTypesError(`there is no element ${JSON.stringify(key)}`);
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function textOf(type: string, json: unknown): string {
  if (typeof json === "string") return json;
  throw mismatch(type, "a text");
}

function mismatch(type: string, expected: string): ValueTypesError {
  return new ValueTypesError(`${type} expects ${expected}`);
}

function makeDate(json: unknown): Date {
  if (json === null) return new Date(Number.NaN);
  const date = new Date(textOf("Date", json));
  if (Number.isNaN(date.getTime())) throw mismatch("Date", "an ISO 8601 date");
  return date;
}

function makeRegExp(text: string): RegExp {
  const end = text.lastIndexOf("/");
  if (!text.startsWith("/") || end === 0) throw mismatch("RegExp", "a text such as /a+/g");
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

function makeBinary(type: string, json: unknown): unknown {
  if (type !== "Buffer" && type !== "ArrayBuffer" && type !== "DataView" && !isTypedArrayName(type)) {
    throw new ValueTypesError(`there is no type ${JSON.stringify(type.slice(0, 100))}`);
  }
  const bytes = Buffer.from(textOf(type, json), "base64");
  if (type === "Buffer") return bytes;
  const buffer = new Uint8Array(bytes).buffer;
  if (type === "ArrayBuffer") return buffer;
  const View = (globalThis as unknown as Record<string, (new (buffer: ArrayBuffer) => unknown) | undefined>)[type];
  if (View === undefined) throw new ValueTypesError(`this Node.js has no ${type}`);
  return new View(buffer);
}

function isTypedArrayName(type: string): boolean {
  return (typedArrayNames as readonly string[]).includes(type);
}

const errorClasses: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Makes an instance of the language's own class of that name, else an `Error` with that name. */
function makeError(name: string, message: string): Error {
  if (name === "AggregateError") return new AggregateError([], message);
  const Class = Object.hasOwn(errorClasses, name) ? errorClasses[name] : undefined;
  const error = new (Class ?? Error)(message);
  if (error.name !== name) defineHidden(error, "name", name);
  return error;
}

function fillError(error: Error, json: Container): void {
  defineHidden(error, "stack", typeof json.stack === "string" ? json.stack : `${error.name}: ${error.message}`);
  for (const key of Object.keys(json)) {
    if (key === "name" || key === "message" || key === "stack") continue;
    if (key === "cause" || key === "errors") defineHidden(error, key, json[key]);
    else Object.defineProperty(error, key, { value: json[key], writable: true, enumerable: true, configurable: true });
  }
}

function defineHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
}
