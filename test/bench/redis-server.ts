import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";
import { findFreePort, isListening, isOnPath } from "../support/service.ts";

const program = "redis-server";
/** The usual durable settings: every write is in a log whose end is synchronized once a second; no snapshots. */
const durability = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""];

/** A Redis of its own for one measurement, with its files on the measured disk. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, process: ChildProcess, folder: string) {
    this.port = port;
    this.#process = process;
    this.#folder = folder;
  }

  static isInstalled(): boolean {
    return isOnPath(program);
  }

  /** Starts the `redis-server` on the PATH on a free port. */
  static async start(dir: string): Promise<RedisServer> {
    const folder = mkdtempSync(join(dir, "redis-"));
    const port = await findFreePort();
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, ...durability];
    const server = new RedisServer(port, spawn(program, args, { stdio: "ignore" }), folder);
    await waitUntil("Redis to listen", () => isListening(port));
    const [version] = /\d+\.\d+\.\d+/.exec(execFileSync(program, ["--version"], { encoding: "utf8" })) ?? ["?"];
    console.log(`Redis      ${version}, appendonly yes, appendfsync everysec, no snapshots`);
    return server;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
