import type { PartitionOptions } from "@baton/coordinator/internal/core/core-state";
import type { Change, Transition } from "@baton/coordinator/internal/core/effect";
import type { Event } from "@baton/coordinator/internal/core/event";
import type { Instant } from "@baton/coordinator/internal/core/instant";
import type { Run } from "@baton/coordinator/internal/core/life/run";
import { type Loaded, Partition } from "@baton/coordinator/internal/core/partition";
import {
  compareSortKeys,
  type LaneKey,
  laneKeyOf,
  type SortKey,
  sortKeyOf,
} from "@baton/coordinator/internal/core/scheduling/lane";
import { Journal, type JournalListener } from "@baton/coordinator/internal/engine/journal";
import type { WriteOutcome } from "@baton/coordinator/internal/store/memory/memory-disk";
import type { RunWrite, Store } from "@baton/coordinator/internal/store/store";
import type { Clock } from "@baton/proto/clock";
import type { RunId } from "@baton/proto/contract/ids";
import { SimulatedDisk } from "./simulated-disk.ts";
import type { SimulationOptions } from "./simulation.ts";

/** A deliberate mistake, and the invariants of which at least one must notice it. */
export interface BrokenVariant {
  readonly mistake: string;
  /**
   * The first seed to try. For a mistake that few seeds show, it is shortly before the first of them. @defaultValue 1
   */
  readonly firstSeed?: number;
  readonly options: Pick<SimulationOptions, "variant" | "makeDisk">;
  readonly noticedBy: readonly string[];
}

class EagerJournal extends Journal {
  readonly #eager: JournalListener;

  constructor(store: Store, clock: Clock, listener: JournalListener) {
    super(store, clock, listener);
    this.#eager = listener;
  }

  override append(event: Event | undefined, transition: Transition): void {
    super.append(event, { changes: transition.changes, effects: [] });
    this.#eager.perform(transition.effects, new Map());
  }
}

class CarelessDisk extends SimulatedDisk {
  override write(write: RunWrite, epoch: number, batch: number): WriteOutcome {
    const stored = this.runs.get(write.run.id)?.run.revision ?? 0;
    return super.write({ ...write, replaces: stored }, epoch, batch);
  }
}

/** Adds `by` to the number of every attempt after which the run is retried. */
class MiscountingPartition extends Partition {
  readonly #by: number;

  constructor(options: PartitionOptions, by: number) {
    super(options);
    this.#by = by;
  }

  override step(event: Event, now: Instant): Transition {
    const { changes, effects } = super.step(event, now);
    if (event.type !== "attemptEnded") return { changes, effects };
    return { changes: changes.map((change) => this.#miscount(change, now)), effects };
  }

  #miscount(change: Change, now: Instant): Change {
    if (change.run.status !== "reattempting") return change;
    const run = { ...change.run, attemptNumber: change.run.attemptNumber + this.#by };
    super.step({ type: "runsReloaded", reloaded: [{ runId: run.id, stored: run }] }, now);
    return { ...change, run };
  }
}

/**
 * Forgets runs that were queued while a page was read, as if the page were complete up to its end. The sweep for late
 * writes would find such a run, but only for a while after a start, so its result is dropped here.
 */
class ForgetfulPartition extends Partition {
  readonly #arrivals = new Map<LaneKey, { after: SortKey | undefined; runs: Run[] }>();
  readonly #forgotten = new Map<RunId, number>();

  override step(event: Event, now: Instant): Transition {
    if (event.type === "laneLoaded") this.#forgetArrivals(event.lane, event.page.runs, now);
    const transition = super.step(this.#withoutForgotten(event), now);
    for (const effect of transition.effects) {
      if (effect.type === "loadLane") this.#arrivals.set(effect.lane, { after: effect.after, runs: [] });
    }
    for (const { run } of transition.changes) {
      if (run.status === "queued") this.#arrivals.get(laneKeyOf(run))?.runs.push(run);
    }
    return transition;
  }

  #withoutForgotten(event: Event): Event {
    if (event.type !== "runsReloaded") return event;
    const isLetIn = ({ runId, stored }: (typeof event.reloaded)[number]) =>
      stored === undefined || stored.revision !== this.#forgotten.get(runId);
    return { ...event, reloaded: event.reloaded.filter(isLetIn) };
  }

  #forgetArrivals(lane: LaneKey, page: readonly Run[], now: Instant): void {
    const inPage = new Set<RunId>(page.map((run) => run.id));
    const { after, runs } = this.#arrivals.get(lane) ?? { after: undefined, runs: [] };
    this.#arrivals.delete(lane);
    for (const run of runs) {
      const isBeyond = after === undefined || compareSortKeys(sortKeyOf(run), after) > 0;
      const isUnchanged = this.find(run.id)?.revision === run.revision;
      if (!isBeyond || !isUnchanged || inPage.has(run.id)) continue;
      super.step({ type: "runsReloaded", reloaded: [{ runId: run.id, stored: undefined }] }, now);
      this.#forgotten.set(run.id, run.revision);
    }
  }
}

/** Treats the descendants of a canceled run as canceled as soon as the run itself is. */
class HastyPartition extends Partition {
  override step(event: Event, now: Instant): Transition {
    const { changes, effects } = super.step(event, now);
    const hasty = effects.flatMap((effect) =>
      effect.type === "cancelDescendants"
        ? super.step({ type: "descendantsCanceled", runId: effect.runId }, now).changes
        : [],
    );
    return {
      changes: [...changes, ...hasty],
      effects: effects.filter((effect) => effect.type !== "cancelDescendants"),
    };
  }
}

/** Treats every cancellation as complete when it starts after a crash. */
class ObliviousPartition extends Partition {
  override load(loaded: Loaded, now: Instant): Transition {
    const { changes, effects } = super.load(loaded, now);
    return { changes, effects: effects.filter((effect) => effect.type !== "cancelDescendants") };
  }
}

/** Mistakes that the simulation must notice. */
export const brokenVariants: readonly BrokenVariant[] = [
  {
    mistake: "effects are performed before the changes are durable",
    options: { variant: { makeJournal: (store, clock, listener) => new EagerJournal(store, clock, listener) } },
    noticedBy: [
      "an acknowledged trigger is stored",
      "the answer to a cancellation is stored",
      "an assignment carries its payload",
    ],
  },
  {
    mistake: "the store does not check the revision that a write replaces",
    options: { makeDisk: () => new CarelessDisk() },
    noticedBy: ["a stored run never goes back", "a final status never changes"],
  },
  {
    mistake: "a run is dispatched again before the lease has ended",
    options: { variant: { makePartition: (options) => new Partition({ ...options, leaseMs: options.leaseMs / 4 }) } },
    noticedBy: ["an attempt is lost only with its lease"],
  },
  {
    mistake: "a retry is counted twice",
    options: { variant: { makePartition: (options) => new MiscountingPartition(options, 1) } },
    noticedBy: ["an attempt that counts is counted once"],
  },
  {
    mistake: "a retry is not counted",
    options: { variant: { makePartition: (options) => new MiscountingPartition(options, -1) } },
    noticedBy: ["an attempt that counts is counted once", "counted attempts keep to the maximum"],
  },
  {
    mistake: "a page is merged without the runs queued meanwhile",
    firstSeed: 140,
    options: { variant: { makePartition: (options) => new ForgetfulPartition(options) } },
    noticedBy: ["everything ends", "a ttl is kept"],
  },
  {
    mistake: "what a canceled run triggered is not canceled",
    firstSeed: 45,
    options: { variant: { makePartition: (options) => new HastyPartition(options) } },
    noticedBy: ["what a canceled run triggered is canceled"],
  },
  {
    mistake: "a cancellation that a crash broke off is not gone on with",
    options: { variant: { makePartition: (options) => new ObliviousPartition(options) } },
    noticedBy: ["working memory is empty at the end"],
  },
];
