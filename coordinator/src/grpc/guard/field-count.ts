import type { MessageOutline } from "@baton/proto";

/** The fields of a message type that may become many objects; other fields count once. */
export interface MessageShape {
  /** Fields that hold messages, by their numbers. */
  readonly messages: Map<number, MessageShape>;
  /** Fields that hold a list of numbers without a tag for each number. */
  readonly packed: Set<number>;
}

/** The most fields in one message with its nested messages. A version of 10,000 tasks has about 250,000. */
export const maxFieldsPerMessage = 400_000;
/** The most levels of nested messages. */
export const maxMessageDepth = 64;

/** The limit that a message exceeds. */
export type ShapeProblem = "fields" | "depth";

/**
 * Counts the objects that a message would become, before it is decoded: a field of two bytes may become an object of
 * hundreds. Leaves malformed messages to the decoder. Returns undefined for a message within the limits.
 */
export function findShapeProblem(bytes: Uint8Array, shape: MessageShape): ShapeProblem | undefined {
  const scan = { bytes, count: 0 };
  return scanMessage(scan, 0, bytes.length, shape, 1);
}

interface Scan {
  readonly bytes: Uint8Array;
  count: number;
}

function scanMessage(
  scan: Scan,
  from: number,
  to: number,
  shape: MessageShape,
  depth: number,
): ShapeProblem | undefined {
  if (depth > maxMessageDepth) return "depth";
  const { bytes } = scan;
  let at = from;
  while (at < to) {
    scan.count += 1;
    if (scan.count > maxFieldsPerMessage) return "fields";
    const tag = readVarint(bytes, at, to);
    at = tag.next;
    const wireType = tag.value & 7;
    if (wireType === 0) at = readVarint(bytes, at, to).next;
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = readVarint(bytes, at, to);
      const end = length.next + length.value;
      if (end > to) return undefined;
      const field = tag.value >>> 3;
      if (shape.packed.has(field)) scan.count += length.value;
      const inner = shape.messages.get(field);
      const problem = inner === undefined ? undefined : scanMessage(scan, length.next, end, inner, depth + 1);
      if (problem !== undefined) return problem;
      at = end;
    } else return undefined;
  }
  return undefined;
}

/** Reads the low 32 bits of a varint; tags and lengths have no more. */
function readVarint(bytes: Uint8Array, from: number, to: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let at = from;
  for (let shift = 0; at < to; shift += 7) {
    const byte = bytes[at] ?? 0;
    at += 1;
    if (shift < 32) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { value: value >>> 0, next: at };
}

/** Creates a function that returns the shape of a message type by its full name, from the outlines of all types. */
export function makeShapes(outlines: Readonly<Record<string, MessageOutline>>): (name: string) => MessageShape {
  const shapes = new Map<string, MessageShape>();
  const shapeOf = (name: string): MessageShape => {
    const known = shapes.get(name);
    if (known !== undefined) return known;
    const outline = outlines[name] ?? { messages: {}, packed: [] };
    const shape: MessageShape = { messages: new Map(), packed: new Set(outline.packed) };
    shapes.set(name, shape);
    for (const [number, type] of Object.entries(outline.messages)) shape.messages.set(Number(number), shapeOf(type));
    return shape;
  };
  return shapeOf;
}
