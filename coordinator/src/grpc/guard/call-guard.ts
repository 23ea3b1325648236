import { constants, type Http2Session, type ServerHttp2Stream } from "node:http2";
import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import type { Logger } from "pino";
import { InvalidRequestError, OverloadedError, UnauthenticatedError } from "../../errors.ts";
import { failureStatus } from "../wire/status.ts";
import {
  AnswerBudget,
  type AnswerQueue,
  type AnswerShare,
  type AnswerTurn,
  answerRetryMs,
  maxUnsentBytesPerConnection,
} from "./answer-budget.ts";
import { type FrameProblem, MessageFrames } from "./message-frames.ts";
import { RequestBudget, type RequestShare } from "./request-budget.ts";
import { RefusedRequest } from "./request-decoder.ts";
import type { Authorize } from "./token.ts";

/** The most bytes of a message to a method that needs no token. */
export const maxOpenMessageBytes = 4 * 1024;
/** How long a client without the token may keep a stream open after its refusal, in milliseconds. */
const strangerPatienceMs = 1_000;
const sweepMs = 1_000;

/** How long the server waits for clients, in milliseconds. */
export interface Patience {
  /** For a message, from its first byte to its last. @defaultValue 60_000 */
  readonly messageMs: number;
  /** For an answer to be read while others wait for the memory that it uses. @defaultValue 15_000 */
  readonly answerMs: number;
}

const defaultPatience: Patience = { messageMs: 60_000, answerMs: 15_000 };

/** Settings of a guard. */
export interface CallGuardOptions {
  readonly log: Logger;
  readonly authorize: Authorize;
  readonly maxMessageBytes: number;
  /** Absent: the documented limits. */
  readonly patience?: Patience | undefined;
}

/** Methods that need no token. */
const openPaths = "/grpc.health.v1.Health/";
/** Methods whose answers may be large, by the queue in which calls wait: a slow list must not delay reads of runs. */
const queuedPaths: Readonly<Record<string, "runs" | "lists">> = {
  "/baton.v1.RunService/GetRun": "runs",
  "/baton.v1.RunService/ReplayRun": "runs",
  "/baton.v1.RunService/FindRuns": "lists",
  "/baton.v1.RunService/ListRuns": "lists",
  "/baton.v1.TaskService/ListTasks": "lists",
};

/** The parts of the server's budgets that one connection uses. */
class Connection implements AnswerShare, RequestShare {
  unsentBytes = 0;
  readonly reads = new Map<AnswerQueue, number>();
  heldBytes = 0;
  readonly incomplete = new Set<GuardedCall>();
  readonly waiting = new Set<GuardedCall>();
}

/** The state that all guarded calls share. */
interface Guard {
  readonly log: Logger;
  readonly authorize: Authorize;
  readonly maxMessageBytes: number;
  readonly patience: Patience;
  readonly requests: RequestBudget;
  readonly answers: AnswerBudget;
  readonly queues: Readonly<Record<"runs" | "lists", AnswerQueue>>;
  /** Calls with an incomplete message. */
  readonly incomplete: Set<GuardedCall>;
  /** Calls with unsent answers. */
  readonly unsent: Set<GuardedCall>;
}

/** Counts the answers of one long-lived call towards its connection. */
export interface AnswerAccount {
  /** Resolves when the call may read its next answers. The reader ends the turn when they are counted or written. */
  turn(): Promise<AnswerTurn>;
  /** Counts answers that are kept until the client reads again. */
  add(bytes: number): void;
  remove(bytes: number): void;
  /** Whether the connection, or all connections together, have no room for more answers. */
  readonly isFull: boolean;
}

/** Opens accounts for long-lived calls. */
export interface AnswerAccounts {
  /** @param peer the peer of the call */
  open(peer: string): AnswerAccount;
}

/**
 * Runs before every handler. Refuses calls without the token when their headers arrive, and messages that are
 * compressed, too large or not decodable. Limits the memory of requests and answers, for each connection and for all.
 */
export class CallGuard implements AnswerAccounts {
  readonly #guard: Guard;
  readonly #connections = new WeakMap<Http2Session, Connection>();
  readonly #byPeer = new Map<string, Connection>();
  readonly #sweep: NodeJS.Timeout;

  constructor({ patience = defaultPatience, ...options }: CallGuardOptions) {
    const answers = new AnswerBudget();
    const queues = { runs: answers.makeQueue(), lists: answers.makeQueue() };
    const requests = new RequestBudget();
    this.#guard = { ...options, patience, requests, answers, queues, incomplete: new Set(), unsent: new Set() };
    this.#sweep = setInterval(() => this.#endStalled(), sweepMs);
    this.#sweep.unref();
  }

  /** Part of the server's options. */
  readonly interceptor: ServerInterceptor = ({ path, requestStream }, call) => {
    const stream = streamOf(call);
    const share = this.#connectionOf(stream, call);
    return new GuardedCall(this.#guard, { path, isStreaming: requestStream, call, stream, share });
  };

  open(peer: string): AnswerAccount {
    // A closed connection has no call that reads answers.
    const share = this.#byPeer.get(peer) ?? new Connection();
    const { answers, queues } = this.#guard;
    return {
      turn: () =>
        new Promise((resolve) => {
          const turn = queues.runs.enterAnyway(share, () => queueMicrotask(() => resolve(turn)));
        }),
      add: (bytes) => answers.add(share, bytes),
      remove: (bytes) => answers.remove(share, bytes),
      get isFull() {
        return answers.isFull || share.unsentBytes >= maxUnsentBytesPerConnection;
      },
    };
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  #connectionOf({ session }: ServerHttp2Stream, call: ServerInterceptingCallInterface): Connection {
    const known = session === undefined ? undefined : this.#connections.get(session);
    if (known !== undefined) return known;
    const connection = new Connection();
    if (session === undefined) return connection;
    const peer = call.getPeer();
    this.#connections.set(session, connection);
    this.#byPeer.set(peer, connection);
    session.once("close", () => {
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    });
    return connection;
  }

  #endStalled(): void {
    const now = performance.now();
    const { answers, incomplete, patience, unsent } = this.#guard;
    for (const call of incomplete) call.endIfIncompleteSince(now - patience.messageMs);
    if (!answers.isFull || !answers.hasWaiting) return;
    for (const call of unsent) call.dropIfUnsentSince(now - patience.answerMs);
  }
}

/** The parts that a guarded call works with. */
interface CallDeps {
  readonly path: string;
  /** Whether the client sends a stream of messages. */
  readonly isStreaming: boolean;
  readonly call: ServerInterceptingCallInterface;
  readonly stream: ServerHttp2Stream;
  readonly share: Connection;
}

type Listener = Parameters<ServerInterceptingCall["start"]>[0];

/** One call between HTTP/2 and its handler. */
class GuardedCall extends ServerInterceptingCall {
  readonly share: Connection;
  readonly #guard: Guard;
  readonly #path: string;
  readonly #isStreaming: boolean;
  readonly #call: ServerInterceptingCallInterface;
  readonly #stream: ServerHttp2Stream;
  readonly #frames: MessageFrames;
  #isOver = false;
  #hasSentMetadata = false;
  #heldBytes = 0;
  #incompleteSince = 0;
  #unsentBytes = 0;
  #unsentSince = 0;
  #turn: AnswerTurn | undefined;

  constructor(guard: Guard, { call, isStreaming, path, share, stream }: CallDeps) {
    super(call);
    this.share = share;
    this.#guard = guard;
    this.#path = path;
    this.#isStreaming = isStreaming;
    this.#call = call;
    this.#stream = stream;
    this.#frames = new MessageFrames(this.#isOpen ? maxOpenMessageBytes : guard.maxMessageBytes);
    // Registered first: grpc-js keeps the bytes that it gets. It reads none yet, because the stream is paused.
    stream.prependListener("data", (data: Buffer) => this.#receive(data));
  }

  override start(listener: Listener): void {
    this.#call.start({
      onReceiveMetadata: (metadata) => {
        try {
          if (!this.#isOpen) this.#guard.authorize(metadata);
        } catch (error) {
          return this.#refuse(error);
        }
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message: unknown) => {
        if (message instanceof RefusedRequest) this.#refuse(message.error);
        else if (!this.#isOver) listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        if (!this.#isOver) this.#halfClose(listener);
      },
      onCancel: () => {
        this.#finish();
        listener.onCancel();
      },
    });
  }

  override sendMessage(message: unknown, callback: () => void): void {
    if (this.#isOver) return;
    if (!this.#hasSentMetadata) this.#call.sendMetadata(identityOnly);
    this.#hasSentMetadata = true;
    const before = this.#stream.writableLength;
    let bytes = 0;
    this.#call.sendMessage(message, () => {
      this.#sent(bytes);
      callback();
    });
    bytes = Math.max(0, this.#stream.writableLength - before);
    if (bytes > 0 && !this.#isOver) {
      if (this.#unsentBytes === 0) this.#unsentSince = performance.now();
      this.#unsentBytes += bytes;
      this.#guard.answers.add(this.share, bytes);
      this.#guard.unsent.add(this);
    }
    this.#turn?.end();
  }

  /** Continues to read after a pause for the budget. */
  resume(): void {
    this.#stream.resume();
  }

  /** Refuses a message that began before `time` and is still incomplete. */
  endIfIncompleteSince(time: number): void {
    if (this.#incompleteSince > time) return;
    const seconds = this.#guard.patience.messageMs / 1000;
    this.#refuse(new OverloadedError(answerRetryMs, `A message did not come to its end within ${seconds} s.`));
  }

  /** Ends a call whose client has read nothing since `time`. */
  dropIfUnsentSince(time: number): void {
    if (this.#unsentSince > time) return;
    this.#guard.log.warn({ method: this.#path, peer: this.getPeer() }, "client does not read its answer, call dropped");
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  get #isOpen(): boolean {
    return this.#path.startsWith(openPaths);
  }

  #receive(data: Buffer): void {
    if (this.#isOver) return;
    const wasIncomplete = this.#frames.isIncomplete;
    const completed = this.#frames.completed;
    const problem = this.#frames.write(data);
    if (problem !== undefined) return this.#refuse(problemError(problem, this.#guard.maxMessageBytes));
    if (!this.#isStreaming && this.#frames.completed > 1) {
      const message = "More than one message came, and the method takes one.";
      return this.#refuse(new InvalidRequestError("MESSAGE_MALFORMED", "", message));
    }
    const { isIncomplete } = this.#frames;
    const hasCompleted = this.#frames.completed > completed;
    // Messages of a stream are handled as they arrive; a single message is kept until its call is answered.
    if (this.#isStreaming && hasCompleted) this.#release();
    if (!this.#isStreaming || isIncomplete) this.#hold(data.length);
    if (isIncomplete) {
      if (!wasIncomplete || hasCompleted) this.#incompleteSince = performance.now();
      this.#awaitRest();
    } else if (wasIncomplete) this.#forgetIncomplete();
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#guard.requests.add(this, bytes);
  }

  #release(): void {
    if (this.#heldBytes === 0) return;
    const bytes = this.#heldBytes;
    this.#heldBytes = 0;
    this.#guard.requests.remove(this, bytes);
  }

  #awaitRest(): void {
    this.#guard.incomplete.add(this);
    this.share.incomplete.add(this);
    if (this.#guard.requests.mayRead(this)) return;
    this.#stream.pause();
    if (this.#guard.requests.wait(this)) return;
    this.#refuse(new OverloadedError(answerRetryMs, "This connection sends more at once than it may."));
  }

  #forgetIncomplete(): void {
    this.#guard.incomplete.delete(this);
    this.#guard.requests.stopWaiting(this);
  }

  #halfClose(listener: Listener): void {
    const problem = this.#endProblem();
    if (problem !== undefined) return this.#refuse(new InvalidRequestError("MESSAGE_MALFORMED", "", problem));
    const queue = queuedPaths[this.#path];
    if (queue === undefined) return listener.onReceiveHalfClose();
    try {
      this.#turn = this.#guard.queues[queue].enter(this.share, () => listener.onReceiveHalfClose());
    } catch (error) {
      this.#refuse(error);
    }
  }

  #sent(bytes: number): void {
    if (this.#isOver) return;
    this.#unsentSince = performance.now();
    this.#unsentBytes -= bytes;
    if (this.#unsentBytes === 0) this.#guard.unsent.delete(this);
    if (bytes > 0) this.#guard.answers.remove(this.share, bytes);
  }

  /** Ends the call with a failure, and stops reading it. */
  #refuse(error: unknown): void {
    if (this.#isOver) return;
    const { code, details, metadata } = failureStatus(error, this.#guard.log);
    metadata.set(acceptEncoding, "identity");
    this.#stream.removeAllListeners("data");
    this.#finish();
    this.#call.sendStatus({ code, details, metadata });
    this.#stream.resume();
    if (error instanceof UnauthenticatedError) this.#closeSoon();
  }

  /**
   * Closes the stream of a client without the token, which could leave it open forever. Waits a moment, because Node.js
   * 26 drops an unsent answer when the stream is closed. A client with the token closes the stream itself; frames that
   * it has sent to a closed stream count against its connection, which Node.js cuts at the thousandth.
   */
  #closeSoon(): void {
    const timer = setTimeout(() => this.#stream.close(constants.NGHTTP2_NO_ERROR), strangerPatienceMs);
    timer.unref();
    this.#stream.once("close", () => clearTimeout(timer));
  }

  /** Returns the fault of a complete request, if any. */
  #endProblem(): string | undefined {
    if (this.#frames.isIncomplete) return "The request ended in the middle of a message.";
    if (!this.#isStreaming && this.#frames.completed === 0) return "The request ended without a message.";
    return undefined;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forgetIncomplete();
    this.#release();
    this.#guard.unsent.delete(this);
    if (this.#unsentBytes > 0) this.#guard.answers.remove(this.share, this.#unsentBytes);
    this.#unsentBytes = 0;
    this.#turn?.end();
  }
}

const acceptEncoding = "grpc-accept-encoding";
const identityOnly = new Metadata();
identityOnly.set(acceptEncoding, "identity");

function problemError(problem: FrameProblem, maxBytes: number): InvalidRequestError {
  switch (problem.type) {
    case "compressed": {
      const message = "A compressed message came, and the coordinator takes none. Send messages uncompressed.";
      return new InvalidRequestError("COMPRESSION_NOT_SUPPORTED", "", message);
    }
    case "tooLarge": {
      const message = `The message has ${problem.length} bytes; at most ${maxBytes} are allowed. Split the call.`;
      return new InvalidRequestError("MESSAGE_TOO_LARGE", "", message);
    }
  }
}

/**
 * Returns the HTTP/2 stream of a call. grpc-js keeps the stream private and shows an interceptor only whole, decoded
 * messages; the bytes must be refused or limited earlier (decision 0018).
 */
function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream {
  const { stream } = call as unknown as { readonly stream?: ServerHttp2Stream };
  if (stream === undefined) throw new Error("grpc-js shows no HTTP/2 stream any more; see docs/decisions/0018.");
  return stream;
}
