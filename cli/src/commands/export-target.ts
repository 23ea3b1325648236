import { type FileHandle, open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { BytesOut } from "../command-context.ts";
import { CliError, exitCodes } from "../show/failure.ts";

/** The target of an export. Disposing of an unfinished one removes what was written, where that is possible. */
export interface ExportTarget extends AsyncDisposable {
  readonly isPipe: boolean;
  /** Writes bytes; resolves when there is room for more. @throws CliError */
  write(bytes: Buffer): Promise<void>;
  /** Finishes the export. @throws CliError */
  finish(): Promise<void>;
}

/** Writes the export to a stream, which stays open. */
export function streamTarget({ isPipe, stream }: BytesOut): ExportTarget {
  // The failed write itself reports the error; without a listener the stream would end the process first.
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

/** Writes the export to a new file, and removes it unless the export is finished. */
export class ExportFile implements ExportTarget {
  readonly isPipe = false;
  readonly #path: string;
  readonly #file: FileHandle;
  #isFinished = false;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Makes the file. @throws CliError when it exists or cannot be made */
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
        ? "whoever read it has ended; see its output"
        : cause instanceof Error
          ? cause.message
          : String(cause);
  return new CliError("OUTPUT_UNWRITABLE", `${what} cannot be written: ${reason}.`, {
    exitCode: exitCodes.failed,
    cause,
  });
}
