import { type MachineName, machines } from "@baton/proto/contract/machine";

/** Limits the memory of a worker thread, in MiB. */
export interface HeapLimits {
  readonly oldGenerationMb: number;
  readonly youngGenerationMb: number;
  /** Heap and external memory together: all of the machine's memory. */
  readonly totalMb: number;
}

/** Node.js raises the limit of a thread's heap by this many MiB while it ends the thread. */
export const nearLimitExtraMb = 16;
/** Memory for short-lived objects: V8's default on 64-bit systems, set so that it is the same in every version. */
const youngGenerationMb = 48;
/** The other fifth is for everything outside the JavaScript heap. */
const heapShare = 0.8;

/** Returns the limits of a thread on this machine preset. */
export function heapLimits(machine: MachineName): HeapLimits {
  const totalMb = machines[machine].memoryGb * 1024;
  return { oldGenerationMb: Math.round(totalMb * heapShare), youngGenerationMb, totalMb };
}
