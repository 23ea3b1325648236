import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { waitUntil } from "@baton/proto/testing/wait-until.test.support";

/** The compiled `baton` command. */
export const batonCommand = fileURLToPath(new URL("../../../cli/bin/baton.js", import.meta.url));

/** Node flags for every service, for example `SERVICE_NODE_FLAGS="--cpu-prof --cpu-prof-dir=/tmp/profiles"`. */
const serviceFlags = process.env.SERVICE_NODE_FLAGS?.split(" ") ?? [];

/** The environment without the variables that npm and the test runner set for their children. */
const {
  FORCE_COLOR: _colours,
  npm_command: _command,
  npm_config_user_agent: _userAgent,
  NODE_TEST_CONTEXT: _context,
  ...ownEnv
} = process.env;

/** The environment of processes that a test starts. */
export const serviceEnv: NodeJS.ProcessEnv = ownEnv;

/** Returns a TCP port of this computer that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port was bound.");
  return address.port;
}

/** Whether a program is on the PATH and knows `--version`. */
export function isOnPath(command: string): boolean {
  const { error, status } = spawnSync(command, ["--version"], { stdio: "ignore" });
  return error === undefined && status === 0;
}

/** Whether a server of this computer accepts connections on a port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A `baton` process, with its printed output. */
export class Service implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  stdout = "";
  stderr = "";

  /**
   * @param options.through - a command line that executes the one after it, for example as another user
   * @param command - the `baton` command to start; the compiled one of this repository by default
   */
  constructor(
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; through?: readonly string[] } = {},
    command: string = batonCommand,
  ) {
    const [program, ...rest] = [...(options.through ?? []), process.execPath, ...serviceFlags, command];
    this.process = spawn(program, [...rest, ...args], {
      cwd: options.cwd,
      env: { ...serviceEnv, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((resolve) => this.process.once("exit", (code) => resolve(code)));
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error("The process did not start.");
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Waits until a text is printed, on either stream. */
  async prints(text: string, limitMs = 30_000): Promise<void> {
    await waitUntil(
      `"${text}" in the output`,
      () => {
        if (!this.isRunning && !(this.stdout + this.stderr).includes(text)) {
          throw new Error(`The process ended before it printed "${text}". It printed:\n${this.stdout}${this.stderr}`);
        }
        return (this.stdout + this.stderr).includes(text);
      },
      limitMs,
    );
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.isRunning) this.process.kill(signal);
    return this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGKILL");
  }
}

/** Runs one `baton` command to its end. */
export async function runBaton(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const service = new Service(args, options);
  const code = await service.exited;
  return { code, stdout: service.stdout, stderr: service.stderr };
}
