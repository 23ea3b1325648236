import { createHash } from "node:crypto";

const keptLines = 400;

/**
 * Records the events of a simulation: the last lines for people, and a hash of all lines to compare two simulations of
 * a seed.
 */
export class Transcript {
  readonly #hash = createHash("sha256");
  readonly #print: ((line: string) => void) | undefined;
  #last: string[] = [];
  #digest: string | undefined;

  /** @param print - receives every line as it is added */
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

  /** Returns the last lines, oldest first. */
  tail(): readonly string[] {
    return this.#last.slice(-keptLines);
  }

  /** Returns the hash of all lines. Nothing can be added afterwards. */
  digest(): string {
    this.#digest ??= this.#hash.digest("hex");
    return this.#digest;
  }
}
