import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";
import { MessageCutter } from "./message-cutter.ts";
import { addressThroughPort, connectToHost } from "./mongo-address.ts";
import type { MongoServer } from "./mongo-server.ts";

/** One message from the driver to the server. */
export interface ProxiedRequest {
  /** `insert`, `update`, `find`, …; `other` when the message is not a command. */
  readonly command: string;
  /** The collection; empty when the command names none. */
  readonly collection: string;
  /** Number of its inserts, updates or deletions; 0 for other commands. */
  readonly documents: number;
  /** Its `writeConcern`, `readConcern`, `$readPreference` and `txnNumber`. */
  readonly options: Document;
  readonly bytes: number;
  /** By the clock of `performance.now()`. */
  readonly at: number;
}

/**
 * What happens to one request. `pass`: nothing. `cutBefore`, `cutAfter`: the connection is cut before the server gets
 * the request, or before the driver gets the answer. `holdRequest`, `holdAnswer`: the request or its answer waits.
 * `dropRequest`, `dropAnswer`: the request or its answer is lost while the connection stays. `answer`: the proxy
 * answers in place of the server. `amend`: the proxy changes the server's answer.
 */
export type Fate =
  | { readonly type: "pass" | "cutBefore" | "cutAfter" | "dropRequest" | "dropAnswer" }
  | { readonly type: "holdRequest" | "holdAnswer"; readonly until: Promise<void> }
  | { readonly type: "answer"; readonly document: Document }
  | { readonly type: "amend"; readonly amend: (answer: Document) => Document };

const pass: Fate = { type: "pass" };
const opMsg = 2013;

/**
 * A proxy between driver and server that knows the boundaries of messages. Whatever it does to a message, the
 * connection stays intact or is closed. A held request reaches the server even when the driver is gone by then.
 */
export class MongoProxy implements AsyncDisposable {
  /** Every request so far. */
  readonly requests: ProxiedRequest[] = [];
  /** Bytes of all answers so far. */
  answerBytes = 0;
  /** Decides what happens to each request. By default, everything passes. */
  decide: (request: ProxiedRequest) => Fate = () => pass;
  readonly #server: MongoServer;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #isRefusing = false;

  private constructor(server: MongoServer) {
    this.#server = server;
    this.#listener = createServer((socket) => this.#accept(socket));
  }

  /** Starts listening on a free port. */
  static async start(server: MongoServer): Promise<MongoProxy> {
    const proxy = new MongoProxy(server);
    proxy.#listener.listen(0, "127.0.0.1");
    await once(proxy.#listener, "listening");
    return proxy;
  }

  /** Returns the address of a database through the proxy. */
  through(address: string): string {
    const bound = this.#listener.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    return addressThroughPort(address, port);
  }

  /** Cuts every connection and refuses new ones, or accepts them again. */
  refuse(isRefusing: boolean): void {
    this.#isRefusing = isRefusing;
    if (isRefusing) for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse(true);
    this.#listener.close();
    await once(this.#listener, "close");
  }

  #accept(driver: Socket): void {
    if (this.#isRefusing) return void driver.destroy();
    const server = connectToHost(this.#server.url);
    let held = 0;
    const end = () => {
      driver.destroy();
      if (held === 0) server.destroy();
    };
    for (const socket of [driver, server]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    // By request number, which the answer repeats.
    const fates = new Map<number, Fate>();
    forEachMessage(driver, end, async (message) => {
      const request = readRequest(message);
      this.requests.push(request);
      const fate = this.decide(request);
      if (fate.type === "cutBefore") return end();
      if (fate.type === "dropRequest") return;
      if (fate.type === "answer") return void driver.write(makeAnswer(message.readInt32LE(4), fate.document));
      fates.set(message.readInt32LE(4), fate);
      if (fate.type !== "holdRequest") return void server.write(message);
      held += 1;
      await fate.until;
      held -= 1;
      // The request reaches the server first. When the driver is gone, the end of the connection follows.
      if (driver.destroyed) server.end(message);
      else server.write(message);
    });
    forEachMessage(server, end, async (message) => {
      const fate = fates.get(message.readInt32LE(8)) ?? pass;
      fates.delete(message.readInt32LE(8));
      this.answerBytes += message.length;
      if (fate.type === "cutAfter") return end();
      if (fate.type === "dropAnswer") return;
      if (fate.type === "holdAnswer") await fate.until;
      driver.write(fate.type === "amend" ? amended(message, fate.amend) : message);
    });
  }
}

/** Returns an answer that consists of one document. */
function makeAnswer(requestId: number, document: Document): Buffer {
  const body = BSON.serialize(document);
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, body]);
}

function amended(message: Buffer, amend: (answer: Document) => Document): Buffer {
  return makeAnswer(message.readInt32LE(8), amend(BSON.deserialize(message.subarray(21))));
}

/** Handles the messages of a connection one after another. */
function forEachMessage(socket: Socket, end: () => void, handle: (message: Buffer) => Promise<void>): void {
  const cutter = new MessageCutter();
  let handled = Promise.resolve();
  socket.on("data", (chunk: Buffer) => {
    for (const message of cutter.push(chunk)) handled = handled.then(() => handle(message)).catch(end);
  });
}

function readRequest(message: Buffer): ProxiedRequest {
  const common = { bytes: message.length, at: performance.now() };
  // A message has a length, two numbers, a kind, flags, and the kind of its first section: 0 for the command itself.
  if (message.readInt32LE(12) !== opMsg || message[20] !== 0) {
    return { command: "other", collection: "", documents: 0, options: {}, ...common };
  }
  const size = message.readInt32LE(21);
  const document = BSON.deserialize(message.subarray(21, 21 + size));
  const [command = "other"] = Object.keys(document);
  const value: unknown = document[command];
  const collection = typeof value === "string" ? value : "";
  const { $readPreference, readConcern, txnNumber, writeConcern } = document;
  const options = { $readPreference, readConcern, txnNumber, writeConcern };
  return { command, collection, documents: countDocuments(message, 21 + size), options, ...common };
}

/** Counts the documents after the command, in sections of a kind, a length, a name and documents. */
function countDocuments(message: Buffer, start: number): number {
  let count = 0;
  for (let section = start; message[section] === 1; ) {
    const end = section + 1 + message.readInt32LE(section + 1);
    for (let at = message.indexOf(0, section + 5) + 1; at < end; at += message.readInt32LE(at)) count += 1;
    section = end;
  }
  return count;
}
