import { type FileHandle, open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { BytesOut } from "../command-context.ts";
import { CliError, exitCodes } from "../show/failure.ts";

/** Where an export goes. Disposing of one that is not finished removes what was written, where that is possible. */
export interface ExportTarget extends AsyncDisposable {
  readonly isPipe: boolean;
  /** Resolves when more may come. @throws CliError */
  write(bytes: Buffer): Promise<void>;
  /** Everything was written. @throws CliError */
  finish(): Promise<void>;
}

/** A stream, which stays open. */
export function streamTarget({ isPipe, stream }: BytesOut): ExportTarget {
  // The write that failed is told; a stream without a listener would end the process before that.
  stream.on("error", () => undefined);
  return {
    isPipe,
    write: (bytes) =>
      new Promise((done, fail) => {
        stream.write(bytes, (error) => (error ? fail(unwritable("Standard output", error)) : done()));
      }),
    finish: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** A new file, gone again unless it was finished. */
export class ExportFile implements ExportTarget {
  readonly isPipe = false;
  readonly #path: string;
  readonly #file: FileHandle;
  #isFinished = false;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws CliError when it exists or cannot be made. */
  static async create(path: string, cwd: string): Promise<ExportFile> {
    const absolute = resolve(cwd, path);
    try {
      return new ExportFile(absolute, await open(absolute, "wx"));
    } catch (error) {
      throw unwritable(`The file "${path}"`, error);
    }
  }

  async write(bytes: Buffer): Promise<void> {
    try {
      await this.#file.writeFile(bytes);
    } catch (error) {
      throw unwritable(`The file "${this.#path}"`, error);
    }
  }

  async finish(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw unwritable(`The file "${this.#path}"`, error);
    }
    this.#isFinished = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    if (!this.#isFinished) await rm(this.#path, { force: true });
  }
}

function unwritable(what: string, cause: unknown): CliError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const reason =
    code === "EEXIST"
      ? "it exists already; name a new file, or remove that one"
      : code === "EPIPE"
        ? "whoever read it has ended; the reason stands there"
        : cause instanceof Error
          ? cause.message
          : String(cause);
  return new CliError("OUTPUT_UNWRITABLE", `${what} cannot be written: ${reason}.`, {
    exitCode: exitCodes.failed,
    cause,
  });
}
