import type { RunnerCapacity } from "@baton/coordinator/internal/core/event";
import type {
  AttachRequest__Output,
  AttachResponse,
  RegisterVersionRequest,
  RegisterVersionResponse__Output,
} from "@baton/proto";
import type { Clock } from "@baton/proto/clock";
import type { RunnerId } from "@baton/proto/contract/ids";
import type { BuiltVersion } from "@baton/runner/internal/build/manifest";
import type { CoordinatorClient } from "@baton/runner/internal/coordinator/coordinator-client";
import { Runner, type RunnerOptions } from "@baton/runner/internal/runner";
import { Metadata, type ServerDuplexStream, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";
import { AttachCall, callError, type Wire } from "./link.ts";
import { silentLog } from "./silent-log.ts";
import { type HostsSurroundings, SimulatedHosts } from "./simulated-hosts.ts";
import type { Bundle } from "./tasks.ts";
import type { Process } from "./virtual-time.ts";

/** The parts of the simulation that a runner uses. */
export interface RunnerSurroundings extends Omit<HostsSurroundings, "runnerId"> {
  readonly wire: Wire;
  /** Returns the running coordinator. */
  coordinator():
    | {
        readonly process: Process;
        attach(call: ServerDuplexStream<AttachRequest__Output, AttachResponse>): void;
      }
    | undefined;
  /** Registers a version. Rejects with a gRPC status. */
  register(request: RegisterVersionRequest): Promise<RegisterVersionResponse__Output>;
  onReplaced(): void;
}

/** The real runner, over simulated hosts and a simulated connection. */
export class SimulatedRunner {
  readonly id: RunnerId;
  readonly #world: RunnerSurroundings;
  readonly #runner: Runner;
  #hosts!: SimulatedHosts;
  #call: AttachCall | undefined;
  #isDraining = false;

  constructor(id: RunnerId, capacity: RunnerCapacity, world: RunnerSurroundings) {
    this.id = id;
    this.#world = world;
    const options: RunnerOptions = {
      client: this.#makeClient(),
      capacity,
      environment: "PRODUCTION",
      cwd: "/simulated",
      env: {},
      drainGraceMs: 5_000,
      maxDurationGraceMs: 200,
      log: silentLog,
    };
    this.#runner = new Runner(options, {
      clock: this.#makeClock(),
      process: { runnerId: id, hostname: "simulated", pid: 1, key: "" },
      makeHosts: (_options, deps, listener) => {
        this.#hosts = new SimulatedHosts({ ...world, runnerId: id }, capacity, deps, listener);
        return this.#hosts;
      },
      keepVersions: () => ({
        begin: () => Promise.resolve(),
        keepOnly: () => undefined,
        isLost: () => false,
        areBlamed: () => false,
        stop: () => Promise.resolve(),
      }),
    });
  }

  /** Number of attempts in its hosts. */
  get heldCount(): number {
    return this.#hosts.size;
  }

  start(bundle: Bundle): void {
    this.#runner.start(builtOf(bundle));
  }

  /** Loads another bundle. */
  load(bundle: Bundle): void {
    // When registering fails, the version is registered before the next stream.
    this.#runner.load(builtOf(bundle)).catch(() => undefined);
  }

  /** Cuts the connection. Each end notices after its own time, in milliseconds. */
  cut(runnerLearnsMs: number, coordinatorLearnsMs: number): void {
    this.#call?.cut(runnerLearnsMs, coordinatorLearnsMs);
  }

  /** Loses a host with its threads. */
  loseHost(): void {
    if (!this.#world.process.isDead) this.#hosts.lose();
  }

  /** Kills the whole process. */
  crash(): void {
    this.#world.process.kill();
    this.#hosts.stop();
  }

  /** Drains the runner, which is then replaced. */
  drain(graceMs: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    void this.#runner.stop(graceMs).then(() => {
      if (this.#world.process.isDead) return;
      this.#world.process.kill();
      this.#world.onReplaced();
    });
  }

  #makeClock(): Clock {
    const { process, random, wallNow, wire } = this.#world;
    return {
      wallNow,
      monotonicNow: () => wire.now(),
      setTimer: (delayMs, callback) => process.after(delayMs, callback),
      soon: (callback) => void process.after(0, callback),
      random: () => random.next(),
    };
  }

  #makeClient(): CoordinatorClient {
    const runner = {
      attach: () => this.#attach(),
      registerVersion: (
        request: RegisterVersionRequest,
        _metadata: Metadata,
        { deadline }: { readonly deadline: number },
        done: (error: ServiceError | null, response?: RegisterVersionResponse__Output) => void,
      ) => this.#register(request, deadline, done),
    };
    return {
      address: "simulated",
      runner: runner as unknown as CoordinatorClient["runner"],
      // Simulated tasks print nothing and make no calls.
      runs: undefined as unknown as CoordinatorClient["runs"],
      logs: undefined as unknown as CoordinatorClient["logs"],
      metadata: new Metadata(),
      renewToken: () => undefined,
      close: () => undefined,
    };
  }

  #attach(): AttachCall["client"] {
    const { process, wire } = this.#world;
    const coordinator = this.#world.coordinator();
    const call = new AttachCall(wire, process, coordinator?.process ?? process);
    if (coordinator === undefined) call.cut(wire.latencyMs(), 0);
    else call.serve((server) => coordinator.attach(server));
    this.#call = call;
    return call.client;
  }

  #register(
    request: RegisterVersionRequest,
    deadline: number,
    done: (error: ServiceError | null, response?: RegisterVersionResponse__Output) => void,
  ): void {
    const { process, wallNow } = this.#world;
    let isOver = false;
    const finish = (error: ServiceError | null, response?: RegisterVersionResponse__Output) => {
      if (isOver) return;
      isOver = true;
      cancelDeadline();
      done(error, response);
    };
    const cancelDeadline = process.after(deadline - wallNow(), () =>
      finish(callError(status.DEADLINE_EXCEEDED, "Deadline exceeded")),
    );
    this.#world.register(request).then(
      (response) => void process.after(0, () => finish(null, response)),
      (error: Error & Partial<StatusObject>) => {
        const { code = status.UNAVAILABLE, details = error.message, metadata } = error;
        process.after(0, () => finish(callError(code, details, metadata)));
      },
    );
  }
}

function builtOf({ hash, tasks }: Bundle): BuiltVersion {
  return {
    hash,
    dir: `/simulated/${hash}`,
    tasks: tasks.map((definition) => ({ definition, bundleFile: `${definition.id}.mjs` })),
    warnings: [],
    config: {
      project: "simulated",
      env: {},
      loadTimeoutMs: 30_000,
      logLevel: "info",
      enableConsoleLogging: false,
      disableConsoleInterceptor: false,
      maxAttemptsPerThread: 1_000,
      retriesEnabledInDev: true,
      hookParams: "positional",
    },
  };
}
