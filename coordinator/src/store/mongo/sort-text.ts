const bytes = new DataView(new ArrayBuffer(8));
const signBit = 0x8000_0000;

/**
 * Writes a number as 16 hexadecimal digits whose order as texts is the order of the numbers, so that one indexed text can
 * hold an instant and an id, and one range of it is a page.
 */
export function toSortText(value: number): string {
  bytes.setFloat64(0, value === 0 ? 0 : value);
  const high = bytes.getUint32(0);
  const low = bytes.getUint32(4);
  // Of negative numbers the larger ones have the smaller bits.
  const isNegative = high >= signBit;
  return hex(isNegative ? ~high : high ^ signBit) + hex(isNegative ? ~low : low);
}

/** A place in an order: by the number, then by the id. */
export function toPlaceText(value: number, id: string): string {
  return toSortText(value) + id;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
