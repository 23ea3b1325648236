import type { LogEntry__Output, ReadLogsRequest } from "@baton/proto";
import { CoordinatorChannel, type Metadata, type ServiceError } from "../bundled/grpc.ts";
import type { Address } from "./client-config.ts";
import { apiErrorFromGrpc } from "./grpc-status.ts";
import type { RunCalls, RunMethod, StreamingTransport, WatchListener, WatchStream } from "./transport.ts";

type UnaryCall = (
  request: object,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, response?: unknown) => void,
) => void;

/** Calls one coordinator over one channel, which keeps the process alive only while a call or a watch is open. */
export class GrpcTransport implements StreamingTransport {
  readonly #channel: CoordinatorChannel;

  constructor({ coordinator, token }: Address) {
    this.#channel = new CoordinatorChannel(coordinator, { token, profile: "caller" });
  }

  call<M extends RunMethod>(
    method: M,
    request: RunCalls[M]["request"],
    timeoutMs: number,
  ): Promise<RunCalls[M]["response"]> {
    return new Promise((resolve, reject) => {
      const client = this.#channel.client(method === "ListTasks" ? "task" : "run");
      const send = (client as unknown as Record<RunMethod, UnaryCall>)[method].bind(client);
      send(request, this.#channel.metadata, { deadline: Date.now() + timeoutMs }, (error, response) => {
        if (error === null) resolve(response as RunCalls[M]["response"]);
        else reject(apiErrorFromGrpc(error, this.#channel.address));
      });
    });
  }

  async *readLogs(request: ReadLogsRequest, signal?: AbortSignal): AsyncGenerator<readonly LogEntry__Output[]> {
    const stream = this.#channel.client("log").readLogs(request, this.#channel.metadata);
    const cancel = (): void => stream.cancel();
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel);
    try {
      for await (const { entries } of stream) yield entries as readonly LogEntry__Output[];
    } catch (error) {
      throw apiErrorFromGrpc(error as ServiceError, this.#channel.address);
    } finally {
      signal?.removeEventListener("abort", cancel);
      cancel();
    }
  }

  openWatch(listener: WatchListener): Promise<WatchStream> {
    const stream = this.#channel.client("run").watchRuns(this.#channel.metadata);
    let isOpen = true;
    const end = (error: ServiceError | undefined): void => {
      if (!isOpen) return;
      isOpen = false;
      listener.onEnd(error && apiErrorFromGrpc(error, this.#channel.address));
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
