/** Splits a stream of bytes into MongoDB's messages, each of which begins with its length. */
export class MessageCutter {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Adds a chunk, and returns the messages that are complete with it. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const messages: Buffer[] = [];
    for (let next = this.#takeMessage(); next !== undefined; next = this.#takeMessage()) messages.push(next);
    return messages;
  }

  #takeMessage(): Buffer | undefined {
    if (this.#bytes < 4) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    const length = this.#chunks[0]?.readInt32LE(0) ?? 0;
    if (this.#bytes < length) return undefined;
    const all = Buffer.concat(this.#chunks);
    this.#bytes -= length;
    this.#chunks = this.#bytes === 0 ? [] : [all.subarray(length)];
    return all.subarray(0, length);
  }
}
