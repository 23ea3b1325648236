import { type LogServiceClient, type RunServiceClient, services, type TaskServiceClient } from "@baton/proto";
import type { CoordinatorAccess } from "@baton/proto/connection";
import {
  type CallOptions,
  type ClientReadableStream,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";

/** How long one call may take, in milliseconds. Streams have no limit. */
const callLimitMs = 30_000;

/** The largest message that is taken: a run with the largest payload and output that can be configured. */
const maxMessageBytes = 40 * 1024 * 1024;

type Callback<Response> = (error: ServiceError | null, response?: Response) => void;

/** Clients of one coordinator over one connection. */
export class Connection implements Disposable {
  readonly address: string;
  readonly runs: RunServiceClient;
  readonly tasks: TaskServiceClient;
  readonly logs: LogServiceClient;
  readonly #metadata = new Metadata();

  constructor({ address, token }: CoordinatorAccess) {
    this.address = address;
    if (token !== undefined) this.#metadata.set("authorization", `Bearer ${token}`);
    const options = {
      "grpc.max_receive_message_length": maxMessageBytes,
      "grpc.max_send_message_length": maxMessageBytes,
      "grpc.keepalive_time_ms": 30_000,
      "grpc.keepalive_timeout_ms": 10_000,
    };
    const insecure = credentials.createInsecure();
    this.runs = new (makeGenericClientConstructor(services.run, "RunService"))(
      address,
      insecure,
      options,
    ) as unknown as RunServiceClient;
    this.tasks = new (makeGenericClientConstructor(services.task, "TaskService"))(
      address,
      insecure,
      options,
    ) as unknown as TaskServiceClient;
    this.logs = new (makeGenericClientConstructor(services.log, "LogService"))(
      address,
      insecure,
      options,
    ) as unknown as LogServiceClient;
  }

  /** What every call carries. */
  get metadata(): Metadata {
    return this.#metadata;
  }

  /**
   * Makes one call, with the limit that every call has.
   *
   * @param start - starts the call with what it is given
   * @throws ServiceError
   */
  unary<Response>(
    start: (metadata: Metadata, options: CallOptions, done: Callback<Response>) => unknown,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      start(this.#metadata, { deadline: Date.now() + callLimitMs }, (error, response) => {
        if (error !== null) reject(error);
        else resolve(response as Response);
      });
    });
  }

  [Symbol.dispose](): void {
    this.runs.close();
    this.tasks.close();
    this.logs.close();
  }
}

/** The messages of a server stream; ends when it ends, throws its ServiceError, cancels it when the reader leaves. */
export async function* messagesOf<Response>(stream: ClientReadableStream<Response>): AsyncGenerator<Response> {
  try {
    for await (const message of stream) yield message as Response;
  } finally {
    stream.cancel();
  }
}
