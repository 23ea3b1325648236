/** What the prefix of a message shows to be wrong with it. */
export type FrameProblem = { readonly type: "compressed" } | { readonly type: "tooLarge"; readonly length: number };

/** Bytes before each message: one that says whether it is compressed, four of its length. */
const prefixBytes = 5;

/** Follows the messages of one stream by their prefixes, without keeping a byte of them. */
export class MessageFrames {
  readonly #maxMessageBytes: number;
  #prefixRead = 0;
  #length = 0;
  #remaining = 0;
  #completed = 0;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Has a message begun that is not complete? */
  get isIncomplete(): boolean {
    return this.#prefixRead > 0;
  }

  /** Messages that came to their end. */
  get completed(): number {
    return this.#completed;
  }

  /** Takes the next bytes of the stream. After a problem the stream cannot be followed any further. */
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
