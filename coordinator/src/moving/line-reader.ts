const lineBreak = 0x0a;

/** A line of a stream of bytes. */
export interface Line {
  /** Counts from 1. */
  readonly number: number;
  /** Without its line break. */
  readonly bytes: Buffer;
  /** Whether a line break followed. Only the last line of a stream may lack it. */
  readonly isEnded: boolean;
}

/**
 * Splits a stream into lines. Of a line longer than `maxBytes` only the beginning is returned, and the rest of the
 * stream is not read.
 */
export async function* readLines(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let number = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = bytes.indexOf(lineBreak); at >= 0; at = bytes.indexOf(lineBreak, from)) {
      const end = bytes.subarray(from, at);
      number += 1;
      yield { number, bytes: begun.length === 0 ? end : Buffer.concat([...begun, end]), isEnded: true };
      begun = [];
      begunBytes = 0;
      from = at + 1;
    }
    if (from < bytes.length) begun.push(bytes.subarray(from));
    begunBytes += bytes.length - from;
    if (begunBytes > maxBytes) break;
  }
  if (begun.length > 0) yield { number: number + 1, bytes: Buffer.concat(begun), isEnded: false };
}
