const prefixBytes = 12;
/** Rejects larger frames. Outputs are the largest bodies and have at most 15 MiB. */
const maxFrameBytes = 64 * 1024 * 1024;
const chunkBytes = 64 * 1024;
/** Text up to this length is written without measuring it: UTF-8 needs at most three bytes for each UTF-16 unit. */
const shortText = 16 * 1024;

/**
 * Collects frames of one event-loop turn for one write:
 * `u32 key | u32 headerBytes | u32 bodyBytes | header | body`, little endian, header and body UTF-8.
 */
export class FrameWriter {
  readonly #key: number;
  #chunk: Buffer = Buffer.allocUnsafe(chunkBytes);
  #start = 0;
  #end = 0;

  /** @param key - starts each frame; the reader at the other end checks it */
  constructor(key: number) {
    this.#key = key;
  }

  /** Adds one frame. */
  add(header: string, body: string): void {
    const length = header.length + body.length;
    const bytes = length <= shortText ? length * 3 : Buffer.byteLength(header) + Buffer.byteLength(body);
    this.#reserve(prefixBytes + bytes);
    const headerAt = this.#end + prefixBytes;
    const headerBytes = this.#chunk.write(header, headerAt);
    const bodyBytes = body === "" ? 0 : this.#chunk.write(body, headerAt + headerBytes);
    this.#chunk.writeUInt32LE(this.#key, this.#end);
    this.#chunk.writeUInt32LE(headerBytes, this.#end + 4);
    this.#chunk.writeUInt32LE(bodyBytes, this.#end + 8);
    this.#end = headerAt + headerBytes + bodyBytes;
  }

  /** Returns the frames added since the last call; undefined when there are none. */
  take(): Buffer | undefined {
    if (this.#end === this.#start) return undefined;
    const frames = this.#chunk.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return frames;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#chunk.length) return;
    const kept = this.#chunk.subarray(this.#start, this.#end);
    this.#chunk = Buffer.allocUnsafe(Math.max(chunkBytes, 2 * (kept.length + bytes)));
    kept.copy(this.#chunk);
    this.#start = 0;
    this.#end = kept.length;
  }
}

/** Splits the bytes that arrive on a pipe into frames. */
export class FrameReader {
  readonly #key: number;
  readonly #onFrame: (header: string, body: string) => void;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #neededBytes = prefixBytes;

  constructor(key: number, onFrame: (header: string, body: string) => void) {
    this.#key = key;
    this.#onFrame = onFrame;
  }

  /**
   * Adds bytes and calls `onFrame` for every complete frame.
   * @throws Error for a frame with another key or above the size limit.
   */
  push(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes < this.#neededBytes) return;
    const buffer = this.#pending.length === 1 ? bytes : Buffer.concat(this.#pending, this.#pendingBytes);
    const used = this.#split(buffer);
    this.#pending = used === buffer.length ? [] : [buffer.subarray(used)];
    this.#pendingBytes = buffer.length - used;
  }

  #split(buffer: Buffer): number {
    let at = 0;
    for (;;) {
      const available = buffer.length - at;
      if (available < prefixBytes) {
        this.#neededBytes = prefixBytes;
        return at;
      }
      if (buffer.readUInt32LE(at) !== this.#key)
        throw new Error("Received data that is not a frame with the key of this pipe.");
      const headerBytes = buffer.readUInt32LE(at + 4);
      const bodyBytes = buffer.readUInt32LE(at + 8);
      const frameBytes = prefixBytes + headerBytes + bodyBytes;
      if (frameBytes > maxFrameBytes) throw new Error(`A frame of ${frameBytes} bytes is above the limit.`);
      if (available < frameBytes) {
        this.#neededBytes = frameBytes;
        return at;
      }
      const headerAt = at + prefixBytes;
      const bodyAt = headerAt + headerBytes;
      at += frameBytes;
      this.#onFrame(
        buffer.toString("utf8", headerAt, bodyAt),
        bodyBytes === 0 ? "" : buffer.toString("utf8", bodyAt, bodyAt + bodyBytes),
      );
    }
  }
}
