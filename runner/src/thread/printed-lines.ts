import { StringDecoder } from "node:string_decoder";

/** An unfinished line that is longer than this many UTF-16 units is ended. */
const longestUnfinished = 64 * 1024;

/** Joins pieces that are written to a stream to lines. Bytes that are not UTF-8 become replacement characters. */
export class PrintedLines {
  readonly #onLine: (line: string) => void;
  /** Created for the first bytes, because a character may be split between two pieces. */
  #decoder: StringDecoder | undefined;
  #unfinished = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** The unfinished line; empty when there is none. */
  get unfinished(): string {
    return this.#unfinished;
  }

  /** Adds a piece of text or bytes. */
  write(piece: string | Uint8Array, encoding?: BufferEncoding): void {
    const lines = (this.#unfinished + this.#decode(piece, encoding)).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (this.#unfinished.length > longestUnfinished) this.end();
  }

  /** Ends the unfinished line. */
  end(): void {
    const line = this.#unfinished + (this.#decoder?.end() ?? "");
    this.#unfinished = "";
    if (line !== "") this.#onLine(line);
  }

  /** Returns the unfinished line and begins a new one. */
  take(): string {
    const line = this.#unfinished;
    this.#unfinished = "";
    return line;
  }

  #decode(piece: string | Uint8Array, encoding: BufferEncoding | undefined): string {
    const isUtf8 =
      encoding === undefined || encoding === "utf8" || encoding === "utf-8" || encoding === ("buffer" as string);
    if (typeof piece === "string" && isUtf8 && this.#decoder === undefined) return piece;
    this.#decoder ??= new StringDecoder("utf8");
    return this.#decoder.write(
      typeof piece === "string"
        ? Buffer.from(piece, isUtf8 ? "utf8" : encoding)
        : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength),
    );
  }
}
