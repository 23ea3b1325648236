import { constants, fstatSync, openSync, write, writeSync } from "node:fs";
import { backoffMs } from "@baton/proto/contract/backoff";
import type { TextStream } from "./output.ts";

/** Largest size of the lines that wait, in bytes; further lines are dropped and counted. */
export const maxWaitingLineBytes = 1024 * 1024;
/** First and longest pause before refused lines are written again, in milliseconds. */
const retryPauseMs = { first: 20, longest: 1_000 } as const;
/** How long the end of the process waits for a reader of the last lines, in milliseconds. */
const lastWordsMs = 250;

/** Options of a `LineWriter`. */
export interface LineWriterOptions {
  /** Called with the number of dropped lines when there is room again. May write a line about them. */
  readonly onRoom: (droppedLines: number) => void;
  /** Called when the reader has gone for good; further lines are dropped silently. */
  readonly onClosed?: () => void;
}

/**
 * Writes lines to a file descriptor. It never waits and never fails, because a full disk or a pipe that nobody reads must not
 * stop a service. Lines wait in bounded memory while the descriptor refuses them; lines without room are dropped and counted.
 */
export class LineWriter implements TextStream {
  readonly #fd: number;
  readonly #options: LineWriterOptions;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  /** The rest of a write that ended early, or a refused write. */
  #rest: Buffer | undefined;
  #isWriting = false;
  #isClosed = false;
  /** Number of refused writes in a row. */
  #refusals = 0;

  /** @param fd - The descriptor of stdout or stderr, which stays open for the whole life of the process. */
  constructor(fd: number, options: LineWriterOptions) {
    this.#fd = openUnblocked(fd);
    this.#options = options;
    process.once("exit", () => this.#writeLastWords());
  }

  /** Adds one or more whole lines. */
  write(text: string): void {
    if (this.#isClosed) return;
    this.#sayDropped();
    const bytes = Buffer.byteLength(text);
    if (this.#dropped > 0 || this.#waitingBytes + bytes > maxWaitingLineBytes) {
      this.#dropped += countLines(text);
      return;
    }
    this.#waiting.push(text);
    this.#waitingBytes += bytes;
    this.#writeNext();
  }

  /** Reports how many lines were dropped, once half of the room is free. */
  #sayDropped(): void {
    if (this.#dropped === 0 || this.#waitingBytes > maxWaitingLineBytes / 2) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#options.onRoom(dropped);
  }

  #writeNext(): void {
    if (this.#isWriting || this.#isClosed) return;
    const chunk = this.#takeChunk();
    if (chunk === undefined) return;
    this.#isWriting = true;
    write(this.#fd, chunk, (error, written) => {
      if (error === null) this.#onWritten(chunk, written);
      else this.#onRefused(chunk, error);
    });
  }

  #takeChunk(): Buffer | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) return rest;
    if (this.#waiting.length === 0) return undefined;
    const chunk = Buffer.from(this.#waiting.join(""));
    this.#waiting = [];
    return chunk;
  }

  #onWritten(chunk: Buffer, written: number): void {
    this.#isWriting = false;
    this.#refusals = 0;
    this.#waitingBytes -= written;
    if (written < chunk.length) this.#rest = chunk.subarray(written);
    this.#sayDropped();
    this.#writeNext();
  }

  #onRefused(chunk: Buffer, error: NodeJS.ErrnoException): void {
    if (error.code === "EPIPE" || error.code === "EBADF") {
      this.#isClosed = true;
      this.#waiting = [];
      this.#options.onClosed?.();
      return;
    }
    this.#rest = chunk;
    this.#refusals += 1;
    const retry = setTimeout(
      () => {
        this.#isWriting = false;
        this.#writeNext();
      },
      backoffMs(retryPauseMs, this.#refusals),
    );
    retry.unref();
  }

  /** Writes the waiting lines at the end of the process, as far as the reader takes them at once or almost at once. */
  #writeLastWords(): void {
    const givesUpAt = performance.now() + lastWordsMs;
    for (let chunk = this.#takeChunk(); chunk !== undefined && !this.#isClosed; chunk = this.#takeChunk()) {
      try {
        const written = writeSync(this.#fd, chunk);
        if (written < chunk.length) this.#rest = chunk.subarray(written);
      } catch (error) {
        if (!isBusy(error) || performance.now() > givesUpAt) return;
        this.#rest = chunk;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  }
}

/**
 * Opens a pipe a second time. Every process that inherited the pipe shares whether its writes block, and each started process
 * makes them block again. A blocking write would occupy a thread of the pool and keep the process from ending.
 */
function openUnblocked(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // Without /proc, or with another user's pipe, the descriptor stays as Node.js made it: it does not block until somebody changes that.
    return fd;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}
