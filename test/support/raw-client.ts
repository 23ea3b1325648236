import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { decodeStatusDetails } from "@baton/proto/client/status-details";

/** How a raw call ended. */
export interface RawEnd {
  /** A gRPC status number; undefined when the stream ended without one. */
  readonly status: number | undefined;
  readonly message: string;
  /** The reason in its `ErrorInfo`; undefined when there is none. */
  readonly code: string | undefined;
  /** The HTTP/2 error code of a reset stream; 0 when the stream was not reset. */
  readonly rstCode: number;
}

/** A gRPC client that sends arbitrary bytes and reads only when a test wants it. */
export class RawClient implements AsyncDisposable {
  readonly session: ClientHttp2Session;
  readonly #token: string | undefined;

  constructor(address: string, token?: string) {
    this.#token = token;
    // The limit in MB above which Node.js refuses answers to a client whose requests wait; the default is 10.
    this.session = connect(`http://${address}`, { maxSessionMemory: 10_000 });
    this.session.on("error", () => undefined);
  }

  /** Opens a call, and sends only its headers. */
  open(path: string, headers: Readonly<Record<string, string>> = {}): RawCall {
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const stream = this.session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...authorization,
      ...headers,
    });
    return new RawCall(stream);
  }

  /** Makes one unary call with the bytes of one message. */
  async call(path: string, message: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<RawEnd> {
    const call = this.open(path, headers);
    call.stream.resume();
    call.stream.end(frame(message));
    return await call.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.session.destroyed) return;
    const closed = once(this.session, "close");
    this.session.destroy();
    await closed;
  }
}

/** One call of a raw client. */
export class RawCall {
  readonly stream: ClientHttp2Stream;
  readonly ended: Promise<RawEnd>;

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    stream.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (headers: Readonly<Record<string, unknown>>) => {
        if (headers["grpc-status"] !== undefined) resolve(endOf(headers, 0));
      };
      stream.on("response", end);
      stream.on("trailers", end);
      stream.once("close", () => resolve(endOf({}, stream.rstCode ?? 0)));
    });
  }
}

/** Returns a message with the five bytes that gRPC puts before it. */
export function frame(message: Uint8Array, options: { compressed?: boolean; length?: number } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(options.compressed ? 1 : 0, 0);
  prefix.writeUInt32BE(options.length ?? message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Returns the resident memory of a process, in MiB. Linux only. */
export function residentMiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

/** Measures the resident memory of a process until it is disposed of. */
export class MemoryWatch implements Disposable {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  readonly #idleMiB: number;
  #peakMiB: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#idleMiB = residentMiB(pid);
    this.#peakMiB = this.#idleMiB;
    this.#timer = setInterval(() => this.#look(), 50);
  }

  /** The largest measured memory above that at the start, in MiB. */
  get peakAboveIdleMiB(): number {
    this.#look();
    return Math.round(this.#peakMiB - this.#idleMiB);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#peakMiB = Math.max(this.#peakMiB, residentMiB(this.#pid));
  }
}

function endOf(trailers: Readonly<Record<string, unknown>>, rstCode: number): RawEnd {
  const status = trailers["grpc-status"];
  const details = trailers["grpc-status-details-bin"];
  return {
    status: status === undefined ? undefined : Number(status),
    message: decodeURIComponent(String(trailers["grpc-message"] ?? "")),
    code: typeof details === "string" ? decodeStatusDetails(Buffer.from(details, "base64")).code : undefined,
    rstCode,
  };
}
