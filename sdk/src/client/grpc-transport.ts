import {
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type RunServiceClient,
  type ServiceError,
  services,
} from "../bundled/grpc.ts";
import type { Address } from "./client-config.ts";
import { apiErrorFromGrpc } from "./grpc-status.ts";
import type { RunCalls, RunMethod, StreamingTransport, WatchListener, WatchStream } from "./transport.ts";

const maxMessageBytes = 32 * 1024 * 1024;

/** Channel settings, each on purpose. */
const channelOptions = {
  // A run carries up to 3 MiB of payload and 10 MiB of output; a batch 16 MiB.
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
  // Finds a dead connection within 40 s while a call or a watch is open; an idle one costs nothing.
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 0,
  // A coordinator that was restarted is found again within a second or two.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2_000,
  // The SDK repeats calls itself.
  "grpc.enable_retries": 0,
};

const RunClient = makeGenericClientConstructor(services.run, "RunService");

type UnaryCall = (
  request: object,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, response?: unknown) => void,
) => void;

/** One channel to one coordinator. It does not keep the process alive while no call or watch is open. */
export class GrpcTransport implements StreamingTransport {
  readonly #address: Address;
  readonly #client: RunServiceClient;
  readonly #metadata = new Metadata();

  constructor(address: Address) {
    this.#address = address;
    this.#client = new RunClient(
      address.coordinator,
      credentials.createInsecure(),
      channelOptions,
    ) as unknown as RunServiceClient;
    if (address.token !== undefined) this.#metadata.set("authorization", `Bearer ${address.token}`);
  }

  call<M extends RunMethod>(
    method: M,
    request: RunCalls[M]["request"],
    timeoutMs: number,
  ): Promise<RunCalls[M]["response"]> {
    return new Promise((resolve, reject) => {
      const send = this.#client[method].bind(this.#client) as UnaryCall;
      send(request, this.#metadata, { deadline: Date.now() + timeoutMs }, (error, response) => {
        if (error === null) resolve(response as RunCalls[M]["response"]);
        else reject(apiErrorFromGrpc(error, this.#address.coordinator));
      });
    });
  }

  openWatch(listener: WatchListener): Promise<WatchStream> {
    const stream = this.#client.WatchRuns(this.#metadata);
    let isOpen = true;
    const end = (error: ServiceError | undefined): void => {
      if (!isOpen) return;
      isOpen = false;
      listener.onEnd(error && apiErrorFromGrpc(error, this.#address.coordinator));
    };
    stream.on("data", (message) => {
      if (isOpen) listener.onMessage(message);
    });
    stream.on("error", (error: ServiceError) => end(error));
    stream.on("end", () => end(undefined));
    return Promise.resolve({
      send: (request) => {
        if (isOpen) stream.write(request);
      },
      close: () => {
        isOpen = false;
        stream.cancel();
      },
    });
  }
}
