import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type Clock, repeat } from "@baton/proto/clock";
import { OncePerTurn } from "@baton/proto/once-per-turn";
import { FrameReader, FrameWriter } from "../host/frame.ts";
import { type FromHost, hostPipeFd, type ToHost, toHostKey } from "../host/host-protocol.ts";
import { reportFlags, takeAbortReport } from "./abort-report.ts";
import type { HostEnd } from "./blame.ts";
import { describeFault, parseHostMessage } from "./host-message.ts";
import { HostSilence, readCpuWaitMs } from "./host-silence.ts";
import { endGroup } from "./process-tree.ts";

/** Options of one host process. */
export interface HostOptions {
  /** Working directory of task code: the project. */
  readonly cwd: string;
  /** The environment variables that task code sees. */
  readonly env: Readonly<Record<string, string>>;
  /** The largest number of worker threads. */
  readonly concurrency: number;
  /** The folder for the report about its own abort. */
  readonly reportDir: string;
}

/** Receives the messages and the end of a host. */
export interface HostListener {
  onMessage(message: FromHost, body: string): void;
  /** The process is gone, and all its messages were delivered. Called once. */
  onLost(end: HostEnd): void;
}

const hostFile = fileURLToPath(import.meta.resolve("@baton/runner/internal/host/main"));
const pingEveryMs = 250;
/** Limits the wait for the end of the pipe, which a process outside the host's group may keep open. Milliseconds. */
const drainMs = 200;
/**
 * Pool threads for files per worker thread: with libuv's default of four, four blocked reads stop `fs` for the whole
 * process.
 */
const poolThreadsPerThread = 4;
const poolThreadsAtMost = 1024;

/**
 * One host process. It leads its own process group, communicates over an inherited pipe, and ends with everything it
 * started.
 */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #pipe: Socket;
  readonly #listener: HostListener;
  readonly #frames = new FrameWriter(toHostKey);
  #framesSent = 0;
  readonly #clock: Clock;
  readonly #stopWatching: () => void;
  readonly #flushing: OncePerTurn;
  readonly #silence: HostSilence;
  #lastPingAt: number;
  #isLost = false;
  readonly #reportDir: string;
  #killedFor: Pick<HostEnd, "cause" | "reason"> | undefined;

  constructor(options: HostOptions, clock: Clock, listener: HostListener) {
    this.#clock = clock;
    this.#flushing = new OncePerTurn(() => this.#flush(), clock);
    this.#lastPingAt = clock.monotonicNow();
    this.#listener = listener;
    this.#reportDir = options.reportDir;
    this.#child = spawn(process.execPath, [...reportFlags(options.reportDir), hostFile], {
      cwd: options.cwd,
      env: {
        ...options.env,
        UV_THREADPOOL_SIZE: String(Math.min(poolThreadsAtMost, poolThreadsPerThread * options.concurrency)),
      },
      detached: true,
      // Output that bypasses `console` goes to stderr, because stdout belongs to the program that started the runner.
      stdio: ["ignore", 2, 2, "pipe"],
    });
    this.#pipe = this.#child.stdio[hostPipeFd] as Socket;
    // Task code in the host can write to the pipe too, but does not know the key, which the host gets before its first
    // thread. An invalid frame or message ends the host, never this process.
    const frameKey = randomInt(2 ** 32);
    let read: FromHost["type"] | undefined;
    const reader = new FrameReader(frameKey, (header, body) => {
      const message = parseHostMessage(header);
      read = message.type;
      this.#onFrame(message, body);
      read = undefined;
    });
    this.#pipe.on("data", (bytes: Buffer) => {
      try {
        reader.push(bytes);
      } catch (error) {
        const fault =
          read === undefined ? "it broke the protocol on its pipe" : `its message ${read} was not understood`;
        this.#kill({ cause: "itself", reason: `${fault} (${describeFault(error)})` });
      }
    });
    this.#pipe.on("error", () => undefined);
    this.#pipe.on("close", () => this.#kill(undefined));
    this.#child.on("error", (error) => this.#onExit(`it could not be started: ${error.message}`, null));
    this.#child.on("exit", (code, signal) =>
      this.#onExit(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`, signal),
    );
    this.send({ type: "open", frameKey });
    this.#silence = new HostSilence(() => readCpuWaitMs(this.#child.pid));
    this.#stopWatching = repeat(clock, pingEveryMs, () => this.#watch());
  }

  /** The process id; undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends one message. The messages of one event-loop turn are one write. */
  send(message: ToHost, body = ""): void {
    if (this.#isLost) return;
    this.#framesSent += 1;
    this.#frames.add(JSON.stringify(message), body);
    this.#flushing.plan();
  }

  #flush(): void {
    const frames = this.#frames.take();
    if (frames !== undefined && this.#pipe.writable) this.#pipe.write(frames);
  }

  /** Kills the host, which is no longer needed, and every process in its group. */
  kill(reason: string): void {
    this.#kill({ cause: "unwanted", reason });
  }

  #kill(reason: Pick<HostEnd, "cause" | "reason"> | undefined): void {
    this.#killedFor ??= reason;
    const { pid } = this.#child;
    if (pid === undefined) return;
    endGroup(pid);
  }

  #onFrame(message: FromHost, body: string): void {
    if (this.#isLost) return;
    if (message.type === "pong") this.#onPong(message.isWhole);
    else this.#listener.onMessage(message, body);
  }

  #onPong(isWhole: boolean): void {
    this.#silence.answered();
    if (!isWhole) this.#kill({ cause: "itself", reason: "code in it read from its pipe" });
  }

  /** Checks for silence and pings again. After a pause of the runner itself, it first reads the waiting answers. */
  #watch(): void {
    const now = this.#clock.monotonicNow();
    const elapsedMs = now - this.#lastPingAt;
    this.#lastPingAt = now;
    if (elapsedMs > 2 * pingEveryMs) this.#silence.answered();
    else if (this.#silence.isSilentAfter(elapsedMs)) {
      this.#kill({ cause: "silent", reason: "its main loop was silent for a second" });
      return;
    }
    this.send({ type: "ping", frames: this.#framesSent + 1 });
  }

  #onExit(reason: string, signal: NodeJS.Signals | null): void {
    this.#stopWatching();
    // Kills the rest of its group.
    this.#kill({ cause: "itself", reason });
    const end: HostEnd = {
      ...(this.#killedFor ?? { cause: "itself", reason }),
      signal: signal ?? undefined,
      report: takeAbortReport(this.#reportDir, this.#child.pid),
    };
    if (this.#pipe.readableEnded || this.#pipe.destroyed) {
      this.#lose(end);
      return;
    }
    // Messages that the host wrote before it ended still count.
    const cancel = this.#clock.setTimer(drainMs, () => this.#lose(end));
    const finish = () => {
      cancel();
      this.#lose(end);
    };
    this.#pipe.once("end", finish);
    this.#pipe.once("close", finish);
  }

  #lose(end: HostEnd): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#pipe.destroy();
    this.#listener.onLost(end);
  }
}
