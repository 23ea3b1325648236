/** The name on the wire of each status of a run, in the order of its life; docs/state-machine.md draws the moves. */
export const runStatusToWire = {
  pendingVersion: "RUN_STATUS_PENDING_VERSION",
  delayed: "RUN_STATUS_DELAYED",
  queued: "RUN_STATUS_QUEUED",
  dequeued: "RUN_STATUS_DEQUEUED",
  executing: "RUN_STATUS_EXECUTING",
  waiting: "RUN_STATUS_WAITING",
  reattempting: "RUN_STATUS_REATTEMPTING",
  completed: "RUN_STATUS_COMPLETED",
  failed: "RUN_STATUS_FAILED",
  crashed: "RUN_STATUS_CRASHED",
  systemFailure: "RUN_STATUS_SYSTEM_FAILURE",
  timedOut: "RUN_STATUS_TIMED_OUT",
  canceled: "RUN_STATUS_CANCELED",
  expired: "RUN_STATUS_EXPIRED",
} as const;

/** The status of a run. */
export type RunStatus = keyof typeof runStatusToWire;

/** Every status, in the order of a run's life. */
export const runStatuses = Object.keys(runStatusToWire) as readonly RunStatus[];

const finalStatuses = ["completed", "failed", "crashed", "systemFailure", "timedOut", "canceled", "expired"] as const;

/** A status without a way out. */
export type FinalStatus = (typeof finalStatuses)[number];

const finals: ReadonlySet<RunStatus> = new Set(finalStatuses);

/** Whether a run with this status has ended for good. */
export function isFinal(status: RunStatus): status is FinalStatus {
  return finals.has(status);
}

/** Statuses in which a failed attempt may end its run. */
export const failureStatuses = ["failed", "crashed", "systemFailure", "timedOut"] as const;

/** A status in which a failed attempt may end its run. */
export type FailureStatus = (typeof failureStatuses)[number];

/** A status by its name on the wire. */
export type WireRunStatus = (typeof runStatusToWire)[RunStatus];

/** Statuses by their names on the wire; an unspecified one is not among them. */
export const runStatusFromWire: ReadonlyMap<string, RunStatus> = new Map(
  runStatuses.map((status) => [runStatusToWire[status], status]),
);

type WithoutPrefix<Wire extends string> = Wire extends `RUN_STATUS_${infer Name}` ? Name : never;

/** A status by its public name. */
export type RunStatusName = WithoutPrefix<WireRunStatus>;

/** The public names of all statuses, in the order of a run's life. */
export const runStatusNames: readonly RunStatusName[] = runStatuses.map(runStatusNameOf);

/** The public name of a status. */
export function runStatusNameOf(status: RunStatus): RunStatusName {
  return runStatusNameFromWire(runStatusToWire[status]);
}

/** The public name of a status on the wire: `COMPLETED` of `RUN_STATUS_COMPLETED`. */
export function runStatusNameFromWire(status: string): RunStatusName {
  return status.slice("RUN_STATUS_".length) as RunStatusName;
}

/** The name on the wire of a public one. */
export function runStatusNameToWire(name: RunStatusName): WireRunStatus {
  return `RUN_STATUS_${name}`;
}

/** Whether a run whose status has this public name has ended for good. */
export function isFinalName(name: RunStatusName): boolean {
  const status = runStatusFromWire.get(runStatusNameToWire(name));
  return status !== undefined && isFinal(status);
}

const aliases = {
  WAITING_FOR_DEPLOY: "PENDING_VERSION",
  FROZEN: "WAITING",
  INTERRUPTED: "FAILED",
} as const satisfies Record<string, RunStatusName>;

/** Older public names, which filters of lists accept. */
export type RunStatusAlias = keyof typeof aliases;

/** Parses a public name or an older one; returns undefined for any other word. */
export function parseRunStatusName(word: string): RunStatusName | undefined {
  const name: string = Object.hasOwn(aliases, word) ? aliases[word as RunStatusAlias] : word;
  return (runStatusNames as readonly string[]).includes(name) ? (name as RunStatusName) : undefined;
}
