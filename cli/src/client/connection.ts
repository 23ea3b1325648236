import type { LogServiceClient, RunServiceClient, TaskServiceClient } from "@baton/proto";
import { CoordinatorChannel } from "@baton/proto/client/channel";
import { readStatusDetails } from "@baton/proto/client/status-details";
import type { CoordinatorAccess } from "@baton/proto/connection";
import type { CallOptions, ClientReadableStream, Metadata, ServiceError } from "@grpc/grpc-js";
import { CallFailure } from "../show/failure.ts";

/** How long one call may take, in milliseconds. Streams have no limit. */
const callLimitMs = 30_000;

type Callback<Response> = (error: ServiceError | null, response?: Response) => void;

/** Clients of one coordinator over one connection. */
export class Connection implements Disposable {
  readonly runs: RunServiceClient;
  readonly tasks: TaskServiceClient;
  readonly logs: LogServiceClient;
  readonly #channel: CoordinatorChannel;

  constructor({ address, token }: CoordinatorAccess) {
    this.#channel = new CoordinatorChannel(address, { token, profile: "caller" });
    this.runs = this.#channel.client("run");
    this.tasks = this.#channel.client("task");
    this.logs = this.#channel.client("log");
  }

  /** What every call carries. */
  get metadata(): Metadata {
    return this.#channel.metadata;
  }

  /**
   * Makes one call, with the limit that every call has.
   *
   * @param start - starts the call with what it is given
   * @throws CallFailure
   */
  unary<Response>(
    start: (metadata: Metadata, options: CallOptions, done: Callback<Response>) => unknown,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      start(this.metadata, { deadline: Date.now() + callLimitMs }, (error, response) => {
        if (error !== null) reject(callFailure(error));
        else resolve(response as Response);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#channel.close();
  }
}

/** The messages of a server stream; ends when it ends, throws its CallFailure, cancels it when the reader leaves. */
export async function* messagesOf<Response>(stream: ClientReadableStream<Response>): AsyncGenerator<Response> {
  try {
    for await (const message of stream) yield message as Response;
  } catch (error) {
    throw callFailure(error);
  } finally {
    stream.cancel();
  }
}

/** Turns the error of a gRPC call into what the command shows; other errors stay as they are. */
export function callFailure(error: unknown): unknown {
  if (!isServiceError(error)) return error;
  return new CallFailure(error.code, error.details, readStatusDetails(error.metadata));
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "metadata" in error && "details" in error && "code" in error;
}
