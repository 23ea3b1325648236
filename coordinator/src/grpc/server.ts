import { isIPv6 } from "node:net";
import { services } from "@baton/proto";
import { maxAnswerBytes, maxRequestBytes } from "@baton/proto/client/message-size";
import { type Clock, systemClock } from "@baton/proto/clock";
import { Server, ServerCredentials, type ServerOptions, type ServiceDefinition, setLogger } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { InsecureListenError, PortInUseError } from "../errors.ts";
import { CallGuard, type Patience } from "./guard/call-guard.ts";
import { OpenSockets } from "./guard/open-sockets.ts";
import { guardedService } from "./guard/request-decoder.ts";
import { authorizer } from "./guard/token.ts";
import { HealthService } from "./health-service.ts";
import { logService } from "./log-service.ts";
import { OpenStreams } from "./open-streams.ts";
import { reflectionService, reflectionServices } from "./reflection-service.ts";
import { runService } from "./run-service.ts";
import { runnerService } from "./runner-service.ts";
import type { ServedCoordinator, ServiceContext } from "./service-context.ts";
import { refusing, SwitchedService } from "./switched-service.ts";
import { taskService } from "./task-service.ts";

/** How long a connection may be silent before it is pinged, in milliseconds. */
export const keepaliveTimeMs = 10_000;
/** How long the answer to a ping may take before the connection is dropped, in milliseconds. */
export const keepaliveTimeoutMs = 5_000;
/**
 * The most concurrent calls on one connection; further calls wait in the client. The HTTP/2 windows for requests stay
 * at 64 KiB per stream and connection on purpose: they limit the memory that a caller can use, and still allow 64 MB/s
 * at a round trip of 1 ms.
 */
export const maxConcurrentStreams = 1_000;
/**
 * What one connection may do before Node.js cuts it. A client reaches Node's defaults when a thousand of its deadlines
 * pass while this process is paused, because the process then reads the calls and their cancellations together.
 */
export const connectionLimits = {
  /** Calls beyond `maxConcurrentStreams`, each of which is refused. */
  rejectedCalls: 100_000,
  /** Canceled calls: at once, and per second. Node.js 20 has no setting for it, and cuts at a thousand. */
  cancellations: { burst: 20_000, perSecond: 1_000 },
} as const;
/** How long calls may take to finish while the server stops, in milliseconds. Then their connections are cut. */
export const stopGraceMs = 5_000;

/** Settings of a server. */
export interface GrpcServerOptions {
  readonly coordinator: ServedCoordinator;
  readonly log: Logger;
  /** `host:port`; port 0 takes a free port. */
  readonly listen: string;
  /** Required of every call except health; absent: no call needs a token. */
  readonly token?: string | undefined;
  /** Whether other machines may connect without a token. */
  readonly insecure: boolean;
  /** Bytes of UTF-8. */
  readonly maxPayloadBytes: number;
  /** Bytes of UTF-8. */
  readonly maxOutputBytes: number;
  readonly clock?: Clock;
  /** How long the server waits for clients, for tests; absent: the documented limits. */
  readonly patience?: Patience;
}

/** A listening server that serves the coordinator. */
export interface GrpcServer {
  /** `host:port` as bound. */
  readonly address: string;
  /**
   * Refuses new calls, ends streams with UNAVAILABLE, gives unary calls `stopGraceMs` to finish. May be called twice.
   */
  stop(): Promise<void>;
}

const options: ServerOptions = {
  // The guard refuses larger messages, with a code.
  "grpc.max_receive_message_length": maxRequestBytes,
  "grpc.max_send_message_length": maxAnswerBytes,
  "grpc.keepalive_time_ms": keepaliveTimeMs,
  "grpc.keepalive_timeout_ms": keepaliveTimeoutMs,
  "grpc.max_concurrent_streams": maxConcurrentStreams,
  "grpc.enable_channelz": 0,
};

/** A listening server that does not serve the coordinator yet. */
export interface StandbyServer {
  /** Serves from now on, on the same port and on the open connections. */
  serve(coordinator: ServedCoordinator): GrpcServer;
  /** Stops listening. */
  stop(): void;
}

/**
 * Starts to serve the coordinator.
 * @throws InsecureListenError, PortInUseError
 */
export async function startGrpcServer({ coordinator, ...settings }: GrpcServerOptions): Promise<GrpcServer> {
  const server = await listenStandingBy(settings);
  return server.serve(coordinator);
}

/**
 * Starts to listen. Health reports that the process is healthy and does not serve; other calls end with STANDBY.
 * @param holder returns the name of the coordinator that serves meanwhile
 * @throws InsecureListenError, PortInUseError
 */
export async function listenStandingBy(
  settings: Omit<GrpcServerOptions, "coordinator">,
  holder: () => string = () => "another one",
): Promise<StandbyServer> {
  checkListen(settings);
  const streams = new OpenStreams(settings.log);
  const guard = new CallGuard({
    log: settings.log,
    authorize: authorizer(settings.token),
    maxMessageBytes: maxRequestBytes,
    patience: settings.patience,
  });
  const context: Omit<ServiceContext, "coordinator"> = {
    log: settings.log,
    clock: settings.clock ?? systemClock,
    streams,
    answers: guard,
    maxPayloadBytes: settings.maxPayloadBytes,
    maxOutputBytes: settings.maxOutputBytes,
  };
  const server = makeServer(settings.log, guard);
  const health = new HealthService(
    own.map(([definition]) => serviceName(definition)),
    settings.log,
  );
  const switched = addServices(server, context, health, holder);
  const port = await bind(server, settings.listen);
  const sockets = new OpenSockets();
  sockets.watch(server);
  let stopping: Promise<void> | undefined;
  return {
    serve: (coordinator) => {
      for (const [service, make] of switched) service.switchTo(make({ ...context, coordinator }));
      health.setServing(true);
      return {
        address: shownAddress(settings.listen, port),
        stop: () => {
          stopping ??= stop(server, sockets, health, streams, guard);
          return stopping;
        },
      };
    },
    stop: () => {
      guard.stop();
      server.forceShutdown();
    },
  };
}

/** Baton's own services, each with the function that creates its handlers. */
const own: readonly (readonly [definition: ServiceDefinition, make: (context: ServiceContext) => object])[] = [
  [services.run, runService],
  [services.task, taskService],
  [services.runner, runnerService],
  [services.log, logService],
];

/** @throws InsecureListenError */
export function checkListen(settings: Pick<GrpcServerOptions, "insecure" | "listen" | "token">): void {
  const isOpen = settings.token === undefined && !settings.insecure;
  if (isOpen && !isLoopback(hostOf(settings.listen))) throw insecureListen(settings.listen);
}

/** Creates a server with Baton's limits and without services. */
function makeServer(log: Logger, guard: CallGuard): Server {
  // grpc-js would write to the console; Baton's own errors report the same.
  setLogger({ error: (text: unknown) => log.debug({ text }, "grpc-js says") });
  const server = new Server({ ...options, interceptors: [guard.interceptor] });
  // grpc-js passes these to Node.js's HTTP/2 server and has no options of its own for them (decision 0018).
  const { commonServerOptions } = server as unknown as { readonly commonServerOptions: Record<string, unknown> };
  commonServerOptions.maxSessionRejectedStreams = connectionLimits.rejectedCalls;
  commonServerOptions.streamResetBurst = connectionLimits.cancellations.burst;
  commonServerOptions.streamResetRate = connectionLimits.cancellations.perSecond;
  return server;
}

function shownAddress(listen: string, port: number): string {
  const host = hostOf(listen);
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function addServices(
  server: Server,
  context: Omit<ServiceContext, "coordinator">,
  health: HealthService,
  holder: () => string,
): readonly (readonly [SwitchedService, (context: ServiceContext) => object])[] {
  server.addService(guardedService(services.health), health.handlers());
  const reflected = [...own.map(([definition]) => definition), services.health, ...reflectionServices].map(serviceName);
  for (const definition of reflectionServices) {
    server.addService(guardedService(definition), reflectionService(context, reflected));
  }
  return own.map(([definition, make]) => {
    const service = new SwitchedService(definition, refusing(definition, context, holder));
    server.addService(guardedService(definition), service.handlers);
    return [service, make] as const;
  });
}

/** Returns the full name of a service, from the path of its first method: `/baton.v1.RunService/Trigger`. */
function serviceName(definition: object): string {
  const [method] = Object.values(definition) as { readonly path: string }[];
  return method?.path.split("/")[1] ?? "";
}

/** Binds the address. @throws PortInUseError */
function bind(server: Server, listen: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) return resolve(port);
      server.forceShutdown();
      reject(new PortInUseError(`Cannot listen on ${listen}: ${bindReason(error)}`, { cause: error }));
    });
  });
}

/** Explains the system's error code, which gRPC wraps in a text of its own. */
function bindReason({ message }: Error): string {
  if (message.includes("EADDRINUSE")) {
    return "the address is in use. Is another coordinator running? Choose another address with --listen.";
  }
  if (message.includes("EACCES")) return "this user may not listen there. Choose a port above 1023 with --listen.";
  return "this machine has no such address. Choose another one with --listen.";
}

async function stop(
  server: Server,
  sockets: OpenSockets,
  health: HealthService,
  streams: OpenStreams,
  guard: CallGuard,
): Promise<void> {
  health.setServing(false);
  health.endWatches();
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  streams.stop();
  const force = setTimeout(() => {
    server.forceShutdown();
    sockets.destroy();
  }, stopGraceMs);
  await finished;
  clearTimeout(force);
  guard.stop();
}

function hostOf(listen: string): string {
  return listen.slice(0, listen.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function insecureListen(listen: string): InsecureListenError {
  return new InsecureListenError(
    `Listening on ${listen} would let other machines in without a token. Give one with --token-file or BATON_TOKEN, ` +
      "listen on 127.0.0.1, or pass --insecure.",
  );
}
