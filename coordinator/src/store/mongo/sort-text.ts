const bytes = new DataView(new ArrayBuffer(8));
const signBit = 0x8000_0000;

/**
 * Encodes a number as 16 hexadecimal digits that sort like the numbers. One indexed text can then hold an instant and
 * an id, and a page is one range of it.
 */
export function toSortText(value: number): string {
  bytes.setFloat64(0, value === 0 ? 0 : value);
  const high = bytes.getUint32(0);
  const low = bytes.getUint32(4);
  // Of two negative numbers, the larger one has the smaller bits.
  const isNegative = high >= signBit;
  return hex(isNegative ? ~high : high ^ signBit) + hex(isNegative ? ~low : low);
}

/** Returns a place in an order: by the number, then by the id. */
export function toPlaceText(value: number, id: string): string {
  return toSortText(value) + id;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
