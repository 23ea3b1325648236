import { knownMachine, machines } from "@baton/proto/contract/machine";

/** What a runner can execute at once. */
export interface Capacity {
  /** Worker threads. */
  readonly concurrency: number;
  readonly cpu: number;
  readonly memoryGb: number;
  /** Take a preset that is larger than the whole runner, alone. */
  readonly overcommit: boolean;
}

/** What attempts occupy together. */
export interface Occupancy {
  readonly threads: number;
  readonly cpu: number;
  readonly memoryGb: number;
}

/** Nothing is occupied. */
export const noOccupancy: Occupancy = { threads: 0, cpu: 0, memoryGb: 0 };

/** What one attempt on `machine` occupies. vCPU counts from 1 vCPU on, because most tasks wait. */
export function occupancyOf(machine: string): Occupancy {
  const preset = machines[knownMachine(machine)];
  return { threads: 1, cpu: preset.cpu >= 1 ? preset.cpu : 0, memoryGb: preset.memoryGb };
}

/** Both together. */
export function addOccupancy(left: Occupancy, right: Occupancy): Occupancy {
  return {
    threads: left.threads + right.threads,
    cpu: left.cpu + right.cpu,
    memoryGb: left.memoryGb + right.memoryGb,
  };
}

/** The first without the second. */
export function subtractOccupancy(left: Occupancy, right: Occupancy): Occupancy {
  return {
    threads: left.threads - right.threads,
    cpu: left.cpu - right.cpu,
    memoryGb: left.memoryGb - right.memoryGb,
  };
}

/** May `next` begin beside what is occupied? What is larger than the whole runner may only begin alone. */
export function hasRoom(capacity: Capacity, occupied: Occupancy, next: Occupancy): boolean {
  const isTooLarge = next.cpu > capacity.cpu || next.memoryGb > capacity.memoryGb;
  if (isTooLarge) return capacity.overcommit && occupied.threads === 0;
  return (
    occupied.threads + next.threads <= capacity.concurrency &&
    occupied.cpu + next.cpu <= capacity.cpu &&
    occupied.memoryGb + next.memoryGb <= capacity.memoryGb
  );
}
