import { createHash } from "node:crypto";

const keptLines = 400;

/** What happened, line by line: the last lines for people, a hash of all of them to compare two runs of a seed. */
export class Transcript {
  readonly #hash = createHash("sha256");
  readonly #print: ((line: string) => void) | undefined;
  #last: string[] = [];
  #digest: string | undefined;

  /** @param print gets every line as it comes */
  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  add(at: number, text: string): void {
    const line = `${(at / 1000).toFixed(3).padStart(9)} ${text}`;
    this.#hash.update(line);
    this.#last.push(line);
    if (this.#last.length >= 2 * keptLines) this.#last = this.#last.slice(-keptLines);
    this.#print?.(line);
  }

  /** The latest lines, oldest first. */
  tail(): readonly string[] {
    return this.#last.slice(-keptLines);
  }

  /** The hash of all lines; nothing can be added after it was asked for. */
  digest(): string {
    this.#digest ??= this.#hash.digest("hex");
    return this.#digest;
  }
}
