import { type MachineName, machines } from "@baton/proto/contract/machine";

/** What a worker thread may allocate, in MiB. */
export interface HeapLimits {
  readonly oldGenerationMb: number;
  readonly youngGenerationMb: number;
  /** Heap and everything outside it together: all of the machine's memory. */
  readonly totalMb: number;
}

/** Node.js raises the limit of a thread's heap by so much while it ends the thread. */
export const nearLimitExtraMb = 16;
/** Short-lived objects of a thread: what V8 takes on 64 bits, said aloud so that every version has the same. */
const youngGenerationMb = 48;
/** One fifth is kept back for everything that is not the JavaScript heap. */
const heapShare = 0.8;

/** The limits of a thread on this machine. */
export function heapLimits(machine: MachineName): HeapLimits {
  const totalMb = machines[machine].memoryGb * 1024;
  return { oldGenerationMb: Math.round(totalMb * heapShare), youngGenerationMb, totalMb };
}
