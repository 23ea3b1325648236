import type { Logger } from "pino";
import { systemClock } from "./clock.ts";
import { type CoordinatorConfig, environmentId } from "./config.ts";
import { Coordinator } from "./coordinator.ts";
import type { CoordinatorApi } from "./coordinator-api.ts";
import type { StoreLockedError } from "./errors.ts";
import { checkListen, type GrpcServer, startGrpcServer } from "./grpc/server.ts";
import { IdleCollection } from "./idle-collection.ts";
import { Standby } from "./standby.ts";
import { createStore, showAddress } from "./store/open-store.ts";

/** A coordinator that serves. */
export interface RunningCoordinator {
  /** `host:port` as bound. */
  readonly address: string;
  readonly coordinator: CoordinatorApi;
  /** Resolves when another coordinator took the store; this one has to be stopped then. */
  readonly ownershipLost: Promise<StoreLockedError>;
  /** Ends calls and streams, writes what is unwritten and closes the store. May be called twice. */
  stop(): Promise<void>;
}

const dayMs = 86_400_000;

/**
 * Takes the store, loads what is in it and starts to serve.
 * @throws StoreLockedError, StoreVersionError, StoreUnusableError, PortInUseError, InsecureListenError
 */
export async function startCoordinator(config: CoordinatorConfig, log: Logger): Promise<RunningCoordinator> {
  // Before anything else, because it needs no store to be refused.
  checkListen(config);
  let loseOwnership: (error: StoreLockedError) => void = () => undefined;
  const ownershipLost = new Promise<StoreLockedError>((resolve) => {
    loseOwnership = resolve;
  });
  const standby = config.standby ? new Standby(config, log) : undefined;
  const store = createStore(config.store, environmentId, standby === undefined ? {} : { onHeld: standby.begin });
  standby?.onFailure(() => void store.close());
  const coordinator = new Coordinator({
    store,
    clock: systemClock,
    log,
    leaseMs: config.leaseMs,
    heartbeatIntervalMs: config.heartbeatIntervalMs,
    scheduling: {
      versionGraceMs: config.versionGraceMs,
      environmentLimit: config.environmentLimit,
      burstFactor: config.burstFactor,
      maxQueueLength: config.maxQueueLength,
    },
    ...(config.minMaxDurationMs !== undefined && { minMaxDurationMs: config.minMaxDurationMs }),
    retention: { runsMs: config.retentionDays * dayMs, logsMs: config.logRetentionDays * dayMs },
    onOwnershipLost: loseOwnership,
  });
  let grpc: GrpcServer;
  try {
    await coordinator.start();
    await standby?.end();
    grpc = await startGrpcServer({
      coordinator,
      log,
      listen: config.listen,
      token: config.token,
      insecure: config.insecure,
      maxPayloadBytes: config.maxPayloadBytes,
      maxOutputBytes: config.maxOutputBytes,
    });
  } catch (error) {
    await coordinator.stop();
    // What kept this process from listening is the reason, not the waiting that was given up for it.
    throw (await standby?.end().catch((failure: unknown) => failure)) ?? error;
  }
  const idleCollection = new IdleCollection();
  idleCollection.start();
  log.info({ address: grpc.address, store: showAddress(config.store) }, "coordinator serves");
  let stopping: Promise<void> | undefined;
  return {
    address: grpc.address,
    coordinator,
    ownershipLost,
    stop: () => {
      idleCollection.stop();
      stopping ??= stopAll(grpc, coordinator, log);
      return stopping;
    },
  };
}

/** Calls that are under way need the coordinator to be answered, so it stops last. */
async function stopAll(grpc: GrpcServer, coordinator: CoordinatorApi, log: Logger): Promise<void> {
  await grpc.stop();
  await coordinator.stop();
  log.info("coordinator stopped");
}
