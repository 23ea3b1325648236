import { type ChannelOptions, type Client, credentials, Metadata, makeGenericClientConstructor } from "@grpc/grpc-js";
import type { LogServiceClient } from "../generated/types/baton/v1/LogService.ts";
import type { RunnerServiceClient } from "../generated/types/baton/v1/RunnerService.ts";
import type { RunServiceClient } from "../generated/types/baton/v1/RunService.ts";
import type { TaskServiceClient } from "../generated/types/baton/v1/TaskService.ts";
import type { HealthClient } from "../generated/types/grpc/health/v1/Health.ts";
import { services } from "../services.ts";
import { maxAnswerBytes } from "./message-size.ts";

/** The typed client of each service, under the service's name in `services`. */
export interface ServiceClients {
  readonly run: RunServiceClient;
  readonly task: TaskServiceClient;
  readonly runner: RunnerServiceClient;
  readonly log: LogServiceClient;
  readonly health: HealthClient;
}

const common: ChannelOptions = {
  // The coordinator refuses a request that is too large, with a code.
  "grpc.max_receive_message_length": maxAnswerBytes,
  "grpc.initial_reconnect_backoff_ms": 100,
  // Every user of a channel repeats its calls itself.
  "grpc.enable_retries": 0,
  // Statistics that nobody reads.
  "grpc.enable_channelz": 0,
};

const profiles = {
  /** An application or a person: detects a dead connection within 40 s while a call is open; an idle channel sends nothing. */
  caller: {
    ...common,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc.keepalive_permit_without_calls": 0,
    "grpc.max_reconnect_backoff_ms": 2_000,
  },
  /** A runner: detects a dead connection within 10 s. It has a backoff of its own. */
  runner: {
    ...common,
    "grpc.keepalive_time_ms": 5_000,
    "grpc.keepalive_timeout_ms": 5_000,
    "grpc.max_reconnect_backoff_ms": 1_000,
  },
} as const satisfies Readonly<Record<string, ChannelOptions>>;

/** Options of a channel. */
export interface ChannelSettings {
  /** Sent with every call. */
  readonly token?: string | undefined;
  readonly profile: keyof typeof profiles;
  /** Shares no connection with other channels of the process to the same address. @defaultValue false */
  readonly hasOwnConnection?: boolean;
}

/** Typed clients for one coordinator. The channel connects with the first call and keeps the process alive only while a call is open. */
export class CoordinatorChannel {
  readonly address: string;
  /** The metadata with the token, for every call. */
  readonly metadata: Metadata = new Metadata();
  readonly #options: ChannelOptions;
  readonly #clients = new Map<keyof ServiceClients, Client>();

  constructor(address: string, { hasOwnConnection = false, profile, token }: ChannelSettings) {
    this.address = address;
    this.#options = { ...profiles[profile], "grpc.use_local_subchannel_pool": hasOwnConnection ? 1 : 0 };
    if (token !== undefined) this.setToken(token);
  }

  /** Sends this token with every later call. */
  setToken(token: string): void {
    this.metadata.set("authorization", `Bearer ${token}`);
  }

  /** Returns the client of a service, the same one for every call. */
  client<Name extends keyof ServiceClients>(name: Name): ServiceClients[Name] {
    let client = this.#clients.get(name);
    if (client === undefined) {
      const ServiceClient = makeGenericClientConstructor(services[name], name);
      client = new ServiceClient(this.address, credentials.createInsecure(), this.#options);
      this.#clients.set(name, client);
    }
    // The constructor makes a method for each call of the service; its type does not show that.
    return client as unknown as ServiceClients[Name];
  }

  /** Ends open calls and closes the connection. */
  close(): void {
    for (const client of this.#clients.values()) client.close();
  }
}
