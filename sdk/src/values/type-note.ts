/**
 * A note on what JSON cannot say about a value: the name of a type for the whole value, a type with notes on the members of
 * its JSON form, or only such notes. `["ref", n]` stands for the n-th array or object of the JSON text,
 * counted from 0 in the order in which they open. docs/values.md describes the format.
 */
export type TypeNote = TypeName | readonly [TypeName, MemberNotes] | readonly ["ref", number] | MemberNotes;

/** Notes on members of an object by name, or on elements of an array by index. */
export interface MemberNotes {
  readonly [member: string]: TypeNote;
}

/** A type that a note can name. */
export type TypeName =
  | "undefined"
  | "NaN"
  | "Infinity"
  | "-Infinity"
  | "-0"
  | "bigint"
  | "Date"
  | "URL"
  | "RegExp"
  | "Map"
  | "Set"
  | "Error"
  | BinaryTypeName;

/** A type whose JSON form is the base64 text of its bytes. */
export type BinaryTypeName = "Buffer" | "ArrayBuffer" | "DataView" | (typeof typedArrayNames)[number];

/** Every kind of typed array that this Node.js may have. */
export const typedArrayNames = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;
