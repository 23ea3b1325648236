import { knownMachine, machines } from "@baton/proto/contract/machine";

/** Limits what a runner executes at once. */
export interface Capacity {
  /** Worker threads. */
  readonly concurrency: number;
  readonly cpu: number;
  readonly memoryGb: number;
  /** Whether an attempt whose preset is larger than the whole runner may execute, alone. */
  readonly overcommit: boolean;
}

/** Resources that attempts occupy together. */
export interface Occupancy {
  readonly threads: number;
  readonly cpu: number;
  readonly memoryGb: number;
}

/** No resources. */
export const noOccupancy: Occupancy = { threads: 0, cpu: 0, memoryGb: 0 };

/**
 * Returns what one attempt on `machine` occupies. vCPU counts only from 1 on, because most tasks wait most of the time.
 */
export function occupancyOf(machine: string): Occupancy {
  const preset = machines[knownMachine(machine)];
  return { threads: 1, cpu: preset.cpu >= 1 ? preset.cpu : 0, memoryGb: preset.memoryGb };
}

/** Adds two occupancies. */
export function addOccupancy(left: Occupancy, right: Occupancy): Occupancy {
  return {
    threads: left.threads + right.threads,
    cpu: left.cpu + right.cpu,
    memoryGb: left.memoryGb + right.memoryGb,
  };
}

/** Subtracts the second occupancy from the first. */
export function subtractOccupancy(left: Occupancy, right: Occupancy): Occupancy {
  return {
    threads: left.threads - right.threads,
    cpu: left.cpu - right.cpu,
    memoryGb: left.memoryGb - right.memoryGb,
  };
}

/**
 * Whether `next` may begin beside `occupied`. An attempt that is larger than the whole runner may only begin alone,
 * with `overcommit`.
 */
export function hasRoom(capacity: Capacity, occupied: Occupancy, next: Occupancy): boolean {
  const isTooLarge = next.cpu > capacity.cpu || next.memoryGb > capacity.memoryGb;
  if (isTooLarge) return capacity.overcommit && occupied.threads === 0;
  return (
    occupied.threads + next.threads <= capacity.concurrency &&
    occupied.cpu + next.cpu <= capacity.cpu &&
    occupied.memoryGb + next.memoryGb <= capacity.memoryGb
  );
}
