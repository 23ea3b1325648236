import {
  type AttachRequest,
  type AttachResponse__Output,
  type Dispatch__Output,
  durationFromWire,
  type RegisterVersionRequest,
} from "@baton/proto";
import type { Clock } from "@baton/proto/clock";
import { backoffMs } from "@baton/proto/contract/backoff";
import type { AttemptId } from "@baton/proto/contract/ids";
import { defaultMaxOutputBytes } from "@baton/proto/contract/limits";
import { type ClientDuplexStream, type ServiceError, status } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { CoordinatorRefusedError, CoordinatorUnreachableError, type RunnerError } from "../errors.ts";
import { type CoordinatorClient, readCallError } from "./coordinator-client.ts";

/** The coordinator's answer to a Hello. */
export interface Welcome {
  readonly heartbeatIntervalMs: number;
  /** The largest output of an attempt, in bytes of UTF-8. */
  readonly maxOutputBytes: number;
  readonly stopAttemptIds: readonly AttemptId[];
}

/** Receives the events of a stream and provides its Hello. */
export interface RunnerStreamListener {
  /** Called before each stream to register versions. After a rejection the stream is tried again later. */
  prepare(): Promise<void>;
  /** Returns the first message of a new stream. `session` counts from 1. */
  hello(session: number): AttachRequest;
  onWelcome(welcome: Welcome): void;
  onDispatch(dispatch: Dispatch__Output): void;
  /** The stream is gone; another will be opened. */
  onDown(): void;
  /** The coordinator refused the runner for a reason that another try does not change. */
  onRefused(error: RunnerError): void;
}

type Stream = ClientDuplexStream<AttachRequest, AttachResponse__Output>;

/**
 * The first and the longest pause between two tries, in milliseconds. A killed coordinator serves again after its
 * ownership lease of 10 s, and from then on its runs wait for runners.
 */
const retryPauseMs = { first: 50, longest: 1_000 } as const;
/** Number of tries with the same reason between two warnings. */
const warnEvery = 30;
const registerTimeoutMs = 15_000;

const refusals = new Set<number>([status.UNAUTHENTICATED, status.PERMISSION_DENIED, status.INVALID_ARGUMENT]);

/**
 * Keeps one stream to the coordinator: opens it, sends a Hello, and opens another with growing, jittered pauses when it
 * ends. Messages are sent only between the Welcome and the end of the same stream.
 */
export class RunnerStream {
  readonly #client: CoordinatorClient;
  readonly #listener: RunnerStreamListener;
  readonly #clock: Clock;
  readonly #log: Logger;
  #session = 0;
  #failures = 0;
  /** The coordinator's code of the last refusal; undefined when the coordinator was not reached. */
  #toldCode: string | undefined;
  #stream: Stream | undefined;
  #isWelcome = false;
  #isStopped = false;
  #cancelRetry: () => void = () => undefined;

  constructor(client: CoordinatorClient, listener: RunnerStreamListener, clock: Clock, log: Logger) {
    this.#client = client;
    this.#listener = listener;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether messages can be sent. */
  get isUp(): boolean {
    return this.#isWelcome;
  }

  /** Begins to connect. */
  start(): void {
    void this.#open();
  }

  /** Sends one message. Returns false, and sends nothing, when no stream is up. */
  send(request: AttachRequest): boolean {
    if (!this.#isWelcome || this.#stream === undefined) return false;
    this.#stream.write(request);
    return true;
  }

  /** Registers a version and returns its name. */
  registerVersion(request: RegisterVersionRequest): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { deadline: this.#clock.wallNow() + registerTimeoutMs };
      this.#client.runner.registerVersion(request, this.#client.metadata, options, (error, response) => {
        if (error !== null) reject(error);
        else resolve(response?.version ?? "");
      });
    });
  }

  /** Ends the stream for good. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelRetry();
    this.#stream?.end();
    this.#stream?.cancel();
    this.#stream = undefined;
    this.#isWelcome = false;
  }

  async #open(): Promise<void> {
    try {
      await this.#listener.prepare();
    } catch (error) {
      this.#retry(error);
      return;
    }
    if (this.#isStopped) return;
    this.#session += 1;
    const stream = this.#client.runner.attach(this.#client.metadata) as Stream;
    this.#stream = stream;
    stream.on("data", (response: AttachResponse__Output) => this.#onResponse(stream, response));
    stream.on("error", (error: ServiceError) => this.#onEnd(stream, error));
    stream.on("end", () => this.#onEnd(stream, undefined));
    stream.write(this.#listener.hello(this.#session));
  }

  #onResponse(stream: Stream, response: AttachResponse__Output): void {
    if (this.#stream !== stream) return;
    if (response.welcome) {
      const { heartbeatInterval, maxOutputBytes, stopAttemptIds } = response.welcome;
      if (this.#failures > 0) this.#log.info({ session: this.#session }, "coordinator reached again");
      this.#failures = 0;
      this.#isWelcome = true;
      this.#listener.onWelcome({
        heartbeatIntervalMs: durationFromWire(heartbeatInterval) ?? 2_000,
        maxOutputBytes: maxOutputBytes || defaultMaxOutputBytes,
        stopAttemptIds: stopAttemptIds as AttemptId[],
      });
    } else if (response.dispatch) {
      this.#listener.onDispatch(response.dispatch);
    }
  }

  #onEnd(stream: Stream, error: ServiceError | undefined): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    const wasUp = this.#isWelcome;
    this.#isWelcome = false;
    if (wasUp) this.#listener.onDown();
    this.#retry(error);
  }

  #retry(error: unknown): void {
    if (this.#isStopped) return;
    this.#failures += 1;
    this.#tell(error);
    if (isServiceError(error) && error.code === status.UNAUTHENTICATED) this.#renewToken();
    const delayMs = backoffMs(retryPauseMs, this.#failures) * (0.5 + this.#clock.random() / 2);
    this.#cancelRetry = this.#clock.setTimer(delayMs, () => void this.#open());
  }

  /** Reads the token's file again, so that a token can be replaced while the runner runs. */
  #renewToken(): void {
    try {
      this.#client.renewToken();
    } catch (err) {
      this.#log.warn({ err }, "token not read again");
    }
  }

  #tell(error: unknown): void {
    const isRefusal = isServiceError(error) && refusals.has(error.code);
    const { code, message } = isRefusal ? readCallError(error) : {};
    const isTold = this.#failures % warnEvery === 1 || code !== this.#toldCode;
    this.#toldCode = code;
    if (code !== undefined && message !== undefined) {
      const refused = new CoordinatorRefusedError(code, message);
      this.#listener.onRefused(refused);
      if (isTold) this.#log.warn({ err: refused }, "coordinator refused");
      return;
    }
    if (!isTold) return;
    const reason = error === undefined ? "the stream ended" : isServiceError(error) ? error.details : String(error);
    this.#log.warn({ err: new CoordinatorUnreachableError(this.#client.address, reason) }, "coordinator not reached");
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === "number";
}
