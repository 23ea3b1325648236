import { Socket } from "node:net";
import { OncePerTurn } from "@baton/proto/once-per-turn";
import { FrameReader, FrameWriter } from "./frame.ts";
import { type FromHost, hostPipeFd, type ToHost, toHostKey } from "./host-protocol.ts";
import { Pool } from "./pool.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import { isUnreadableThreadError } from "./thread-error.ts";

/** Sends messages to the runner process, with one write per event-loop turn. */
class Outbox implements PoolOutbox {
  readonly #socket: Socket;
  readonly #frames: FrameWriter;
  readonly #flushing = new OncePerTurn(() => this.flush());

  constructor(socket: Socket, frameKey: number) {
    this.#socket = socket;
    this.#frames = new FrameWriter(frameKey);
  }

  send(message: FromHost, body = ""): void {
    this.#frames.add(JSON.stringify(message), body);
    this.#flushing.plan();
  }

  flush(): void {
    const frames = this.#frames.take();
    if (frames !== undefined) this.#socket.write(frames);
  }
}

/** Kills this process and all processes that tasks started in its group. */
function die(): never {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    // This process leads no group, so it kills only itself.
  }
  process.kill(process.pid, "SIGKILL");
  process.exit(1);
}

function main(): void {
  // Output that bypasses `console` may meet a full disk, which must not end the runs here.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.on("uncaughtException", (error) => {
    if (isUnreadableThreadError(error)) return;
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
  const socket = new Socket({ fd: hostPipeFd, readable: true, writable: true });
  let outbox: Outbox | undefined;
  let pool: Pool | undefined;
  let frames = 0;

  const onMessage = (message: ToHost, body: string): void => {
    frames += 1;
    switch (message.type) {
      case "open":
        outbox = new Outbox(socket, message.frameKey);
        outbox.send({ type: "ready" });
        break;
      case "configure":
        if (outbox !== undefined) pool = new Pool(message.capacity, message.stallTimeoutMs, outbox);
        break;
      case "occupiedElsewhere":
        pool?.setOccupiedElsewhere(message.occupancy);
        break;
      case "version":
        pool?.addVersion(message.version, body, message.maxAttemptsPerThread);
        break;
      case "forgetVersion":
        pool?.forgetVersion(message.version);
        break;
      case "execute": {
        const { attemptId, machine, taskId, version } = message;
        pool?.execute({ attemptId, taskId, version, machine, body });
        break;
      }
      case "withdraw":
        if (message.isPatient) pool?.withdrawOverdue(message.attemptIds);
        else pool?.withdraw(message.attemptIds);
        break;
      case "cancel":
        pool?.cancel(message.attemptId, message.reason);
        break;
      case "timeUp":
        pool?.tellTimeUp(message.attemptId, message.limitMs, message.usedMs);
        break;
      case "terminate":
        pool?.terminate(message.attemptId);
        break;
      case "callResult":
        pool?.answerCall(message.attemptId, message.callId, message.isError, body);
        break;
      case "ping":
        outbox?.send({ type: "pong", isWhole: message.frames === frames });
        break;
    }
  };

  const reader = new FrameReader(toHostKey, (header, body) => onMessage(JSON.parse(header) as ToHost, body));
  socket.on("data", (bytes: Buffer) => reader.push(bytes));
  // Without its runner process the host has no work and nobody to report to.
  socket.on("error", die);
  socket.on("end", die);
  socket.on("close", die);
}

main();
