/** A fault in the prefix of a message. */
export type FrameProblem = { readonly type: "compressed" } | { readonly type: "tooLarge"; readonly length: number };

/** Bytes before each message: one for compression, four for the length. */
const prefixBytes = 5;

/** Follows the messages of one stream by their prefixes, and keeps no bytes. */
export class MessageFrames {
  readonly #maxMessageBytes: number;
  #prefixRead = 0;
  #length = 0;
  #remaining = 0;
  #completed = 0;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Whether a message has begun and is not complete. */
  get isIncomplete(): boolean {
    return this.#prefixRead > 0;
  }

  /** The number of complete messages. */
  get completed(): number {
    return this.#completed;
  }

  /** Reads the next bytes of the stream. After a fault, the stream cannot be followed further. */
  write(data: Uint8Array): FrameProblem | undefined {
    let at = 0;
    while (at < data.length) {
      if (this.#prefixRead < prefixBytes) {
        const byte = data[at] ?? 0;
        at += 1;
        if (this.#prefixRead === 0 && byte !== 0) return { type: "compressed" };
        this.#length = this.#length * 256 + byte;
        this.#prefixRead += 1;
        if (this.#prefixRead < prefixBytes) continue;
        if (this.#length > this.#maxMessageBytes) return { type: "tooLarge", length: this.#length };
        this.#remaining = this.#length;
      }
      const taken = Math.min(this.#remaining, data.length - at);
      at += taken;
      this.#remaining -= taken;
      if (this.#remaining > 0) continue;
      this.#prefixRead = 0;
      this.#length = 0;
      this.#completed += 1;
    }
    return undefined;
  }
}
