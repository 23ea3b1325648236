import { types } from "node:util";
import { errorName, isError, ownMemberNames, readMember } from "./error-members.ts";
import { isPlainJson } from "./plain-json.ts";
import type { BinaryTypeName, MemberNotes, TypeName, TypeNote } from "./type-note.ts";
import { UnstorableValueError } from "./unstorable-value-error.ts";
import { pathText } from "./value-path.ts";

/** A value in the form in which it is sent and stored. */
export interface EncodedValue {
  /** JSON text; absent for `undefined`. */
  readonly json?: string | undefined;
  /** JSON text of a `TypeNote`; absent when the JSON text says everything about the value. */
  readonly types?: string | undefined;
}

/** Longest JSON text of one object. Repeated sharing of objects can double the text at each level. */
const maxTextLength = 128 * 1024 * 1024;

const classAdvice = "Store its data, or give its class a toJSON method.";

/**
 * Encodes a payload or an output as JSON text, which every client can read, and notes on the types that JSON does not have.
 * For a value that is plain JSON the text equals that of `JSON.stringify`.
 * @param name - Name of the value in messages, such as `payload`.
 * @throws UnstorableValueError, which names the path
 */
export function encodeValue(value: unknown, name: string): EncodedValue {
  if (value === undefined) return {};
  try {
    return isPlainJson(value) ? { json: JSON.stringify(value) } : new Walk(name).encodeWhole(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnstorableValueError(name, "a value nested too deeply", undefined, error);
  }
}

/**
 * Encodes a value as JSON text without notes; returns undefined for `undefined`.
 * @throws UnstorableValueError, which names the path below `$`
 */
export function encodeJson(value: unknown): string | undefined {
  return encodeValue(value, "$").json;
}

/** An array or object that the walk has met. */
interface Seen {
  /** Its number among all arrays and objects of the text. */
  readonly number: number;
  /** Absent while it is being written. */
  text?: string;
  /** Number of arrays and objects in its text, itself included. */
  size: number;
  /** Whether its text has `null` in place of an object that contains it. */
  isCyclic: boolean;
}

/** Encodes one value. */
class Walk {
  readonly #name: string;
  readonly #keys: (string | number)[] = [];
  readonly #seen = new Map<object, Seen>();
  /** The keys of `#seen` in order. */
  readonly #order: object[] = [];
  readonly #dataPrototypes = new Map<object, boolean>();
  /** Number of arrays and objects that were written. */
  #written = 0;
  /** Number of references that were written as `null`. */
  #nulled = 0;
  /** The note on what `encode` has just written. */
  #note: TypeNote | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  encodeWhole(value: unknown): EncodedValue {
    const json = this.#encode(value, "", false);
    const note = this.#takeNote();
    return { json, types: note === undefined || json === undefined ? undefined : JSON.stringify(note) };
  }

  #takeNote(): TypeNote | undefined {
    const note = this.#note;
    this.#note = undefined;
    return note;
  }

  #refusal(found: string, advice?: string, cause?: unknown): UnstorableValueError {
    return new UnstorableValueError(pathText(this.#name, this.#keys), found, advice, cause);
  }

  /** @param isFromJson - Whether a `toJSON` method returned the value, so that its own `toJSON` is not called. */
  #encode(value: unknown, key: string, isFromJson: boolean): string | undefined {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
        return this.#encodeNumber(value);
      case "boolean":
        return value ? "true" : "false";
      case "bigint":
        return this.#noted("bigint", `"${value}"`);
      case "undefined":
        return this.#noted("undefined", undefined);
      case "object":
        return value === null ? "null" : this.#encodeObject(value, key, isFromJson);
      default:
        throw this.#refusal(`a ${typeof value}`);
    }
  }

  #noted<Text extends string | undefined>(note: TypeNote, text: Text): Text {
    this.#note = note;
    return text;
  }

  #encodeNumber(value: number): string {
    if (Number.isFinite(value)) return Object.is(value, -0) ? this.#noted("-0", "0") : String(value);
    return this.#noted(String(value) as TypeName, "null");
  }

  #encodeObject(value: object, key: string, isFromJson: boolean): string | undefined {
    const seen = this.#seen.get(value);
    if (seen !== undefined) return this.#encodeReference(seen);
    if (types.isDate(value)) return this.#noted("Date", dateText(value));
    if (types.isMap(value)) {
      return this.#encodeContainer(value, () => this.#encodePairs([...Map.prototype.entries.call(value)]), "Map");
    }
    if (types.isSet(value)) {
      return this.#encodeContainer(value, () => this.#encodeElements([...Set.prototype.values.call(value)]), "Set");
    }
    if (isError(value)) return this.#encodeContainer(value, () => this.#encodeError(value), "Error");
    if (types.isRegExp(value)) return this.#noted("RegExp", JSON.stringify(RegExp.prototype.toString.call(value)));
    if (isUrl(value)) return this.#noted("URL", JSON.stringify(String(value.href)));
    if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return this.#encodeBinary(value);
    if (types.isBoxedPrimitive(value)) return this.#encode(value.valueOf(), key, isFromJson);
    if (!isFromJson) {
      const toJson = this.#toJsonOf(value);
      if (toJson !== undefined) return this.#encode(this.#callToJson(value, toJson, key), key, true);
    }
    if (Array.isArray(value)) return this.#encodeContainer(value, () => this.#encodeElements(value));
    if (types.isPromise(value)) throw this.#refusal("a promise", "Await it first.");
    if (!this.#isData(value)) throw this.#refusal(kindOf(value), classAdvice);
    return this.#encodeContainer(value, () => this.#encodeMembers(value));
  }

  #encodeReference(seen: Seen): string {
    this.#note = ["ref", seen.number];
    if (seen.text === undefined || seen.isCyclic) {
      this.#nulled += 1;
      return "null";
    }
    this.#written += seen.size;
    return seen.text;
  }

  #encodeContainer(value: object, write: () => string, type?: "Map" | "Set" | "Error"): string {
    const seen: Seen = { number: this.#written, size: 0, isCyclic: false };
    const nulledBefore = this.#nulled;
    this.#written += 1;
    this.#seen.set(value, seen);
    this.#order.push(value);
    const text = write();
    if (text.length > maxTextLength) throw this.#refusal("a value of more than 128 Mi characters of JSON");
    seen.text = text;
    seen.size = this.#written - seen.number;
    seen.isCyclic = this.#nulled > nulledBefore;
    if (type !== undefined) this.#note = this.#note === undefined ? type : [type, this.#note as MemberNotes];
    return text;
  }

  #encodeElements(values: readonly unknown[]): string {
    let text = "[";
    let notes: Record<string, TypeNote> | undefined;
    for (let index = 0; index < values.length; index += 1) {
      this.#keys.push(index);
      if (index > 0) text += ",";
      text += this.#encode(values[index], String(index), false) ?? "null";
      notes = this.#addNote(notes, String(index));
      this.#keys.pop();
    }
    this.#note = notes;
    return `${text}]`;
  }

  #encodePairs(pairs: readonly (readonly [unknown, unknown])[]): string {
    let text = "[";
    let notes: Record<string, TypeNote> | undefined;
    for (let index = 0; index < pairs.length; index += 1) {
      if (index > 0) text += ",";
      this.#keys.push(index);
      this.#written += 1;
      text += this.#encodeElements(pairs[index] ?? []);
      notes = this.#addNote(notes, String(index));
      this.#keys.pop();
    }
    this.#note = notes;
    return `${text}]`;
  }

  /** @param leaveOut - Whether to leave out members that cannot be stored, instead of refusing the object. */
  #encodeMembers(value: object, leaveOut = false): string {
    let text = "{";
    let notes: Record<string, TypeNote> | undefined;
    for (const key of Object.keys(value)) {
      this.#keys.push(key);
      const given = (value as Record<string, unknown>)[key];
      const member = leaveOut ? this.#encodeStorable(given, key) : this.#encode(given, key, false);
      if (member !== undefined) text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${member}`;
      notes = this.#addNote(notes, key);
      this.#keys.pop();
    }
    this.#note = notes;
    return `${text}}`;
  }

  /** Encodes a value; returns undefined when it cannot be stored. */
  #encodeStorable(value: unknown, key: string): string | undefined {
    const [depth, met, written, nulled] = [this.#keys.length, this.#order.length, this.#written, this.#nulled];
    try {
      return this.#encode(value, key, false);
    } catch (error) {
      if (!(error instanceof UnstorableValueError)) throw error;
      for (const object of this.#order.splice(met)) this.#seen.delete(object);
      this.#keys.length = depth;
      this.#written = written;
      this.#nulled = nulled;
      this.#note = undefined;
      return undefined;
    }
  }

  #addNote(notes: Record<string, TypeNote> | undefined, key: string): Record<string, TypeNote> | undefined {
    const note = this.#takeNote();
    if (note === undefined) return notes;
    // Without a prototype, so that "__proto__" is an ordinary member.
    const added = notes ?? (Object.create(null) as Record<string, TypeNote>);
    added[key] = note;
    return added;
  }

  /** Encodes an error without the members that cannot be stored, because errors of libraries hold sockets and functions. */
  #encodeError(error: Error): string {
    const members = Object.create(null) as Record<string, unknown>;
    members.name = errorName(error);
    members.message = textOf(readMember(error, "message"));
    const stack = readMember(error, "stack");
    if (typeof stack === "string") members.stack = stack;
    for (const name of ["cause", "errors"]) if (Object.hasOwn(error, name)) members[name] = readMember(error, name);
    for (const name of ownMemberNames(error)) members[name] = readMember(error, name);
    return this.#encodeMembers(members, true);
  }

  #encodeBinary(value: ArrayBufferView | ArrayBuffer): string {
    const bytes = ArrayBuffer.isView(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : Buffer.from(value);
    return this.#noted(binaryTypeOf(value), `"${bytes.toString("base64")}"`);
  }

  #toJsonOf(value: object): ((key: string) => unknown) | undefined {
    try {
      const { toJSON } = value as { toJSON?: unknown };
      return typeof toJSON === "function" ? (toJSON as (key: string) => unknown) : undefined;
    } catch (error) {
      throw this.#refusal("an object whose toJSON throws", undefined, error);
    }
  }

  #callToJson(value: object, toJson: (key: string) => unknown, key: string): unknown {
    try {
      return toJson.call(value, key);
    } catch (error) {
      throw this.#refusal("an object whose toJSON throws", undefined, error);
    }
  }

  /** Whether the value is a plain object, or an instance of a class without methods and accessors. */
  #isData(value: object): boolean {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === null || prototype === Object.prototype) return true;
    let isData = this.#dataPrototypes.get(prototype);
    if (isData === undefined) {
      isData = hasNoBehaviour(prototype);
      this.#dataPrototypes.set(prototype, isData);
    }
    return isData;
  }
}

function hasNoBehaviour(prototype: object): boolean {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    // The end of every prototype chain, in any realm.
    if (Object.getPrototypeOf(at) === null && Object.hasOwn(at, "isPrototypeOf")) return true;
    if (Reflect.ownKeys(at).some((key) => key !== "constructor")) return false;
  }
  return true;
}

function kindOf(value: object): string {
  const { constructor: Class } = value as { constructor?: unknown };
  const name = typeof Class === "function" ? Class.name : "";
  return name === "" ? "an object with methods" : `an instance of ${name}, which has methods,`;
}

function dateText(date: Date): string {
  return Number.isNaN(Date.prototype.getTime.call(date)) ? "null" : `"${Date.prototype.toISOString.call(date)}"`;
}

/** Whether the value is a `URL`. One of another realm is recognized by its tag. */
function isUrl(value: object): value is URL {
  return value instanceof URL || Object.prototype.toString.call(value) === "[object URL]";
}

function binaryTypeOf(value: ArrayBufferView | ArrayBuffer): BinaryTypeName {
  if (Buffer.isBuffer(value)) return "Buffer";
  return Object.prototype.toString.call(value).slice("[object ".length, -1) as BinaryTypeName;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "";
  }
}
