import { systemClock } from "@baton/proto/clock";
import type { Logger } from "pino";
import { type CoordinatorConfig, environmentId } from "./config.ts";
import { Coordinator } from "./coordinator.ts";
import type { StoreLostError } from "./errors.ts";
import { checkListen, type GrpcServer, type StandbyServer, startGrpcServer } from "./grpc/server.ts";
import { Standby } from "./grpc/standby.ts";
import { IdleCollection } from "./idle-collection.ts";
import { SteadyClock } from "./steady-clock.ts";
import { createStore, showAddress } from "./store/open-store.ts";

/** A coordinator that serves. */
export interface RunningCoordinator {
  /** `host:port` as bound. */
  readonly address: string;
  readonly coordinator: Pick<Coordinator, "logs" | "runs">;
  /** Resolves when another coordinator took the store, or its file was replaced; this one must then be stopped. */
  readonly storeLost: Promise<StoreLostError>;
  /** Ends calls and streams, writes the unwritten changes and closes the store. May be called twice. */
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

/**
 * Opens and loads the store, and starts to serve.
 * @param signal ends an unfinished start, for example while it waits for the store, and releases what it holds
 * @throws StoreLockedError, StoreVersionError, StoreUnusableError, PortInUseError, InsecureListenError
 */
export async function startCoordinator(
  config: CoordinatorConfig,
  log: Logger,
  signal?: AbortSignal,
): Promise<RunningCoordinator> {
  // First of all, because the check needs no store.
  checkListen(config);
  let loseStore: (error: StoreLostError) => void = () => undefined;
  const storeLost = new Promise<StoreLostError>((resolve) => {
    loseStore = resolve;
  });
  const clock = new SteadyClock(systemClock, log);
  const standby = config.standby ? new Standby(config, log, clock) : undefined;
  const store = createStore(config.store, environmentId, {
    ...(standby !== undefined && { onHeld: standby.begin }),
    outlivesFile: config.outlivesStoreFile ?? false,
  });
  standby?.onFailure(() => void store.close());
  const coordinator = new Coordinator(
    { store, clock, log },
    {
      leaseMs: config.leaseMs,
      heartbeatIntervalMs: config.heartbeatIntervalMs,
      scheduling: {
        versionGraceMs: config.versionGraceMs,
        servesOneProject: config.servesOneProject,
        environmentLimit: config.environmentLimit,
        burstFactor: config.burstFactor,
        maxQueueLength: config.maxQueueLength,
      },
      ...(config.minMaxDurationMs !== undefined && { minMaxDurationMs: config.minMaxDurationMs }),
      mayDeleteByAge: () => clock.isSettled(),
      retention: { runsMs: config.retentionDays * dayMs, logsMs: config.logRetentionDays * dayMs },
      onStoreLost: loseStore,
    },
  );
  signal?.throwIfAborted();
  const giveUp = () => void coordinator.stop();
  signal?.addEventListener("abort", giveUp, { once: true });
  let grpc: GrpcServer;
  try {
    await coordinator.start();
    const waiting = await standby?.server();
    grpc = waiting?.serve(coordinator) ?? (await startGrpcServer({ ...config, coordinator, log, clock }));
  } catch (error) {
    await coordinator.stop();
    // If this process could not listen, that is the reason for the failure, not the end of the wait.
    throw (await standby?.server().then(stopListening, (failure: unknown) => failure)) ?? error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
  const idleCollection = new IdleCollection();
  idleCollection.start();
  log.info({ address: grpc.address, store: showAddress(config.store) }, "coordinator serves");
  let stopping: Promise<void> | undefined;
  return {
    address: grpc.address,
    coordinator,
    storeLost,
    stop: () => {
      idleCollection.stop();
      stopping ??= stopAll(grpc, coordinator, log);
      return stopping;
    },
  };
}

function stopListening(server: StandbyServer | undefined): undefined {
  server?.stop();
}

/** Stops the coordinator last, because it still answers the calls that are under way. */
async function stopAll(grpc: GrpcServer, coordinator: Coordinator, log: Logger): Promise<void> {
  await grpc.stop();
  await coordinator.stop();
  log.info("coordinator stopped");
}
