import type { RunStatus } from "@baton/proto/contract/run-status";

/** Every kind of fault, by its name in the table. */
export const faults = [
  "coordinator crash",
  "coordinator restart",
  "coordinator pause",
  "runner crash",
  "runner pause",
  "runner drain",
  "host loss",
  "stream cut, short",
  "stream cut, past the lease",
  "store slow",
  "store error, not applied",
  "store error, applied",
  "store away",
  "trigger doubled",
  "cancel",
  "version replaced",
] as const;

/** One kind of fault. */
export type Fault = (typeof faults)[number];

/** The statuses that runs have in the simulation; final ones are one column. */
export const statuses = [
  "pendingVersion",
  "delayed",
  "queued",
  "dequeued",
  "executing",
  "reattempting",
  "lingering",
  "final",
] as const;

/** The status of a run when a fault happens. */
export type MetStatus = (typeof statuses)[number];

/**
 * Pairs of fault and status that are impossible, with the reason. Empty, because every fault can happen in every
 * status.
 */
export const impossible: readonly { readonly fault: Fault; readonly status: MetStatus; readonly reason: string }[] = [];

/** Statuses that no simulated run enters, with the reason. */
export const neverEntered: readonly { readonly status: RunStatus; readonly reason: string }[] = [
  { status: "waiting", reason: "waits do not exist yet, so nothing brings a run there" },
];

/** Returns the column of a run's status. */
export function metStatus(status: RunStatus, isFinal: boolean, lingers: boolean): MetStatus {
  if (isFinal) return lingers ? "lingering" : "final";
  return status as MetStatus;
}

/** Counts how often each fault met a run in each status. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  count(fault: Fault, status: MetStatus, times = 1): void {
    const key = `${fault}|${status}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  of(fault: Fault, status: MetStatus): number {
    return this.#counts.get(`${fault}|${status}`) ?? 0;
  }

  add(other: Coverage): void {
    for (const fault of faults) for (const status of statuses) this.count(fault, status, other.of(fault, status));
  }

  /** Returns the possible pairs of fault and status that never happened together. */
  missing(): readonly string[] {
    return faults.flatMap((fault) =>
      statuses
        .filter((status) => !impossible.some((pair) => pair.fault === fault && pair.status === status))
        .filter((status) => this.of(fault, status) === 0)
        .map((status) => `${fault} x ${status}`),
    );
  }

  /** Returns the table as text. */
  toString(): string {
    const width = Math.max(...faults.map((fault) => fault.length));
    const head = `${"".padEnd(width)} ${statuses.map((status) => status.padStart(14)).join(" ")}`;
    const rows = faults.map(
      (fault) =>
        `${fault.padEnd(width)} ${statuses.map((status) => String(this.of(fault, status)).padStart(14)).join(" ")}`,
    );
    return [head, ...rows].join("\n");
  }
}
