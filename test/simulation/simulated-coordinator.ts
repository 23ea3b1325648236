import { Coordinator } from "@baton/coordinator/internal/coordinator";
import type { PartitionOptions } from "@baton/coordinator/internal/core/core-state";
import type { Event } from "@baton/coordinator/internal/core/event";
import type { Instant } from "@baton/coordinator/internal/core/instant";
import type { Run } from "@baton/coordinator/internal/core/life/run";
import { Partition } from "@baton/coordinator/internal/core/partition";
import type { SchedulingSettings } from "@baton/coordinator/internal/core/scheduling/settings";
import type { EngineDeps } from "@baton/coordinator/internal/engine/engine";
import type { AnswerAccounts } from "@baton/coordinator/internal/grpc/guard/call-guard";
import { OpenStreams } from "@baton/coordinator/internal/grpc/open-streams";
import { runnerService } from "@baton/coordinator/internal/grpc/runner-service";
import type { Store } from "@baton/coordinator/internal/store/store";
import {
  type AttachRequest__Output,
  type AttachResponse,
  type RegisterVersionRequest,
  type RegisterVersionResponse,
  type RegisterVersionResponse__Output,
  type RunnerServiceHandlers,
  services,
} from "@baton/proto";
import type { Clock } from "@baton/proto/clock";
import { defaultMaxOutputBytes } from "@baton/proto/contract/limits";
import type { handleBidiStreamingCall, ServerDuplexStream, sendUnaryData } from "@grpc/grpc-js";
import type { Invariants } from "./invariants.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { silentLog } from "./silent-log.ts";
import type { Process } from "./virtual-time.ts";

/** The wall-clock time at which every simulation begins, in milliseconds since the epoch. */
export const wallStart = Date.UTC(2026, 0, 15, 12);

/** The parts that a broken variant replaces. */
export type Variant = Pick<EngineDeps, "makeJournal" | "makePartition">;

/** The parts of the simulation that a coordinator uses. */
export interface CoordinatorSurroundings {
  readonly process: Process;
  readonly random: SeededRandom;
  readonly store: Store;
  readonly invariants: Invariants;
  readonly leaseMs: number;
  readonly backlogBudget: number;
  readonly scheduling: SchedulingSettings;
  readonly variant: Variant;
  now(): number;
  log(text: string): void;
}

/** The real coordinator. The invariants check every step of its core. */
export class SimulatedCoordinator {
  readonly process: Process;
  readonly coordinator: Coordinator;
  /** The real handlers of the runner service, with the conversions between the wire and the core. */
  readonly runnerService: RunnerServiceHandlers;
  readonly #now: () => Instant;
  #partition: Partition | undefined;

  constructor(world: CoordinatorSurroundings) {
    this.process = world.process;
    this.#now = () => ({ wall: wallStart + world.now(), monotonic: world.now() });
    const makePartition = (given: PartitionOptions): Partition => {
      const options = { ...given, backlogBudget: world.backlogBudget };
      const partition = world.variant.makePartition?.(options) ?? new Partition(options);
      this.#partition = partition;
      return watched(partition, world);
    };
    const { makeJournal } = world.variant;
    const clock = clockOf(world);
    this.coordinator = new Coordinator(
      {
        store: world.store,
        clock,
        log: silentLog,
        makePartition,
        ...(makeJournal !== undefined && { makeJournal }),
      },
      {
        leaseMs: world.leaseMs,
        scheduling: world.scheduling,
        heartbeatIntervalMs: 2_000,
        retention: { runsMs: 30 * 86_400_000, logsMs: 7 * 86_400_000 },
      },
    );
    this.runnerService = runnerService({
      coordinator: this.coordinator,
      clock,
      log: silentLog,
      streams: new OpenStreams(silentLog),
      // Only calls with long answers use the accounts.
      answers: undefined as unknown as AnswerAccounts,
      maxPayloadBytes: defaultMaxOutputBytes,
      maxOutputBytes: defaultMaxOutputBytes,
    });
  }

  /** Answers a runner's call of Attach. */
  attach(call: ServerDuplexStream<AttachRequest__Output, AttachResponse>): void {
    (this.runnerService.Attach as handleBidiStreamingCall<AttachRequest__Output, AttachResponse>)(call);
  }

  /** Answers a runner's call of RegisterVersion. */
  register(request: RegisterVersionRequest): Promise<RegisterVersionResponse__Output> {
    const { RegisterVersion } = services.runner;
    const received = RegisterVersion.requestDeserialize(RegisterVersion.requestSerialize(request));
    return new Promise((resolve, reject) => {
      const call = { request: received, getDeadline: () => Number.POSITIVE_INFINITY };
      const answer: sendUnaryData<RegisterVersionResponse> = (error, response) => {
        if (error !== null || !response) return reject(error);
        resolve(RegisterVersion.responseDeserialize(RegisterVersion.responseSerialize(response)));
      };
      (this.runnerService.RegisterVersion as (call: unknown, answer: sendUnaryData<RegisterVersionResponse>) => void)(
        call,
        answer,
      );
    });
  }

  /** Returns the runs in working memory. */
  memory(): Partition["runs"] {
    return this.#partition?.runs ?? [];
  }

  /** Returns what a run waits for, and whether it is in working memory. */
  explain(run: Run): string {
    const isKnown = this.#partition?.find(run.id) !== undefined;
    return `${isKnown ? "in memory" : "not in memory"}. ${this.#partition?.explain(run, this.#now())}`;
  }
}

function clockOf({ now, process, random }: CoordinatorSurroundings): Clock {
  return {
    wallNow: () => wallStart + now(),
    monotonicNow: now,
    setTimer: (delayMs, callback) => process.after(delayMs, callback),
    soon: (callback) => void process.after(0, callback),
    random: () => random.next(),
  };
}

/** Reports every step of a partition to the invariants. */
function watched(partition: Partition, { invariants, log, process }: CoordinatorSurroundings): Partition {
  const load = partition.load.bind(partition);
  partition.load = (loaded, now) => {
    invariants.loaded(now.monotonic);
    return load(loaded, now);
  };
  const step = partition.step.bind(partition);
  partition.step = (event: Event, now: Instant) => {
    const transition = step(event, now);
    if (process.isDead) return transition;
    if (transition.changes.length > 0 || event.type === "runsReloaded") {
      const changes = transition.changes.map(({ run }) => `${run.id} ${run.status}@${run.revision}`).join(", ");
      log(`step ${event.type} ${event.runId ?? ""}: ${changes}`);
    }
    invariants.stepped(event, transition.changes, () => partition.runs, now.monotonic);
    return transition;
  };
  return partition;
}
