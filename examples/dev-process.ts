import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Runs `baton dev` in a process of its own, on a free port. */
export class DevProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #projectDir: string;
  readonly #lines: string[] = [];

  private constructor(child: ChildProcess, projectDir: string) {
    this.#child = child;
    this.#projectDir = projectDir;
  }

  /** Starts the process and waits until the project's tasks are registered. */
  static async start(projectDir: string): Promise<DevProcess> {
    const command = fileURLToPath(import.meta.resolve("@baton/cli/bin/baton.js"));
    const child = spawn(process.execPath, [command, "dev", projectDir, "--listen", "127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const dev = new DevProcess(child, projectDir);
    await dev.#registered();
    return dev;
  }

  /** The address of its coordinator. */
  get address(): string {
    return readFileSync(join(this.#projectDir, ".baton", "address"), "utf8").trim();
  }

  /** The token of its coordinator. */
  get token(): string {
    return readFileSync(join(this.#projectDir, ".baton", "token"), "utf8").trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    await exited;
  }

  #registered(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onLine = (line: string): void => {
        this.#lines.push(line);
        if (line.startsWith("version ")) resolve();
      };
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on("line", onLine);
      }
      this.#child.once("error", reject);
      this.#child.once("exit", (code) =>
        reject(new Error(`"baton dev" ended with ${code} before it was ready:\n${this.#lines.join("\n")}`)),
      );
    });
  }
}
