import type { RetrievedRun } from "@baton/sdk";
import type { Example } from "./example-list.ts";

/** Shows progress: lines that stay, and on a terminal a moving line below them. */
export class Progress implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #since = Date.now();
  readonly #latest = new Map<string, RetrievedRun>();
  readonly #timer: NodeJS.Timeout | undefined;
  #hasMovingLine = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), 200).unref();
  }

  /** Prints a line that stays. */
  note(text: string): void {
    this.#clear();
    const seconds = ((Date.now() - this.#since) / 1_000).toFixed(1).padStart(5);
    this.#stream.write(`${seconds} s  ${text}\n`);
  }

  /** Shows the new state of a run; of a batch, only the last end. */
  onRun(example: Example, run: RetrievedRun): void {
    const before = this.#latest.get(run.id);
    this.#latest.set(run.id, run);
    if (before?.status === run.status && before.attemptCount === run.attemptCount) return;
    const siblings = [...this.#latest.values()].filter((other) => other.taskIdentifier === run.taskIdentifier);
    if (siblings.length === 1 || (run.isCompleted && siblings.every((other) => other.isCompleted))) {
      const count = siblings.length > 1 ? ` (${siblings.length} runs)` : "";
      const number = run.attempts.at(-1)?.number ?? 0;
      const attempt = number > 1 ? `, attempt ${number}` : "";
      this.note(`${example.name.padEnd(18)} ${run.status.toLowerCase().replace("_", " ")}${attempt}${count}`);
    }
  }

  /** Removes the moving line. */
  end(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #draw(): void {
    const open = [...this.#latest.values()].filter((run) => !run.isCompleted);
    const names = [...new Set(open.map((run) => run.taskIdentifier))];
    const text = names.length === 0 ? "waiting" : `${open.length} runs to go: ${names.join(", ")}`;
    this.#clear();
    this.#stream.write(text.slice(0, (this.#stream.columns || 80) - 1));
    this.#hasMovingLine = true;
  }

  #clear(): void {
    if (this.#hasMovingLine) this.#stream.write("\r\u001b[2K");
    this.#hasMovingLine = false;
  }
}
