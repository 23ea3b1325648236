import type { LogEntry__Output, ReadLogsRequest } from "@baton/proto";
import { type AttemptRuntime, findRuntime } from "../attempt/runtime.ts";
import { type Address, configured, resolveAddress } from "./client-config.ts";
import { ApiConnectionError, AuthenticationError, apiError, apiErrorFrom } from "./errors.ts";
import { PollWatcher } from "./poll-watcher.ts";
import { type RequestOptions, resolveRequest, withRetries } from "./request-options.ts";
import type { RunWatcher } from "./run-watcher.ts";
import { RuntimeTransport } from "./runtime-transport.ts";
import { StreamWatcher } from "./stream-watcher.ts";
import type { RunCalls, RunMethod, StreamingTransport, Transport, WatchListener, WatchStream } from "./transport.ts";
import { TriggerBatcher } from "./trigger-batcher.ts";

/** The transport, batcher and watcher that all calls of one process, or of one attempt, share. */
export interface Client {
  readonly transport: Transport;
  readonly triggers: TriggerBatcher;
  readonly watcher: RunWatcher;
}

const attemptClients = new WeakMap<AttemptRuntime, Client>();

interface ProcessClient {
  /** The settings that the address was resolved from; when one of them changes, it is resolved again. */
  readonly sources: readonly unknown[];
  readonly address: Address;
  readonly client: Client & { readonly transport: LazyGrpcTransport };
  isCurrent: boolean;
}

let processClient: ProcessClient | undefined;

/**
 * Returns the client for the calling code: inside a task the runner's, else a channel to the configured coordinator.
 * @throws PermissionDeniedError with `NO_ATTEMPT` while a runner loads task files; AuthenticationError
 */
export function currentClient(): Client {
  const runtime = findRuntime();
  if (!runtime) return clientOfProcess();
  const attempt = runtime.currentAttempt();
  if (!attempt) {
    throw apiErrorFrom({
      status: 7,
      code: "NO_ATTEMPT",
      message: "Runs cannot be triggered or read while task files load; do it inside run().",
    });
  }
  const known = attemptClients.get(attempt);
  if (known) return known;
  const transport = new RuntimeTransport(attempt);
  const client = { transport, triggers: new TriggerBatcher(transport), watcher: new PollWatcher(transport) };
  attemptClients.set(attempt, client);
  return client;
}

/** Makes one call, and repeats it as the options say. @throws ApiError */
export async function callRun<M extends RunMethod>(
  method: M,
  request: RunCalls[M]["request"],
  options?: RequestOptions,
): Promise<RunCalls[M]["response"]> {
  const resolved = resolveRequest(options, configured().requestOptions);
  return withRetries(resolved, () => currentClient().transport.call(method, request, resolved.timeoutMs));
}

/**
 * Returns the transport for calls that a task cannot make.
 * @throws BadRequestError with `OPTION_NOT_SUPPORTED` inside a task
 */
export function transportOutsideTasks(callName: string): LazyGrpcTransport {
  if (findRuntime()) throw apiError("OPTION_NOT_SUPPORTED", `${callName} cannot be used inside a task.`);
  return clientOfProcess().transport;
}

function clientOfProcess(): ProcessClient["client"] {
  const config = configured();
  const { BATON_COORDINATOR: coordinator, BATON_TOKEN: token, BATON_TOKEN_FILE: tokenFile } = process.env;
  const sources = [config, coordinator, token, tokenFile];
  const known = processClient;
  if (known?.isCurrent && sources.every((source, index) => source === known.sources[index])) return known.client;
  const address = resolveAddress(config, process.env, process.cwd());
  if (known?.address.coordinator === address.coordinator && known.address.token === address.token) {
    processClient = { ...known, sources, isCurrent: true };
    return known.client;
  }
  const transport = new LazyGrpcTransport(address);
  const client = { transport, triggers: new TriggerBatcher(transport), watcher: new StreamWatcher(transport) };
  processClient = { sources, address, client, isCurrent: true };
  return client;
}

/** Makes the next call resolve address and token again, because `baton dev` may have been restarted. */
function lookAgainAfter(error: unknown): void {
  const isAddressFault = error instanceof ApiConnectionError || error instanceof AuthenticationError;
  if (isAddressFault && processClient) processClient.isCurrent = false;
}

/** Loads gRPC with the first call, so that task files, which never use it, load without it. */
class LazyGrpcTransport implements StreamingTransport {
  readonly #address: Address;
  #hasAnswered = false;
  #opened: Promise<StreamingTransport> | undefined;

  constructor(address: Address) {
    this.#address = address;
  }

  async call<M extends RunMethod>(
    method: M,
    request: RunCalls[M]["request"],
    timeoutMs: number,
  ): Promise<RunCalls[M]["response"]> {
    const transport = await this.#open();
    try {
      const response = await transport.call(method, request, timeoutMs);
      this.#hasAnswered = true;
      return response;
    } catch (error) {
      lookAgainAfter(error);
      throw error;
    }
  }

  /** Whether the coordinator has ever answered a call. If it has, a coordinator that does not answer is away for a while. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  async *readLogs(request: ReadLogsRequest, signal?: AbortSignal): AsyncGenerator<readonly LogEntry__Output[]> {
    const transport = await this.#open();
    try {
      for await (const entries of transport.readLogs(request, signal)) {
        this.#hasAnswered = true;
        yield entries;
      }
    } catch (error) {
      lookAgainAfter(error);
      throw error;
    }
  }

  async openWatch(listener: WatchListener): Promise<WatchStream> {
    return (await this.#open()).openWatch(listener);
  }

  #open(): Promise<StreamingTransport> {
    this.#opened ??= import("./grpc-transport.ts").then(({ GrpcTransport }) => new GrpcTransport(this.#address));
    return this.#opened;
  }
}
