import type { CpuPerRun } from "./cpu-watch.ts";

/** A system that executes one small task, to be compared with others. */
export interface Peer {
  /** For the names of figures, in snake case. */
  readonly name: string;
  /** Triggers `count` runs, many at once, and waits until all have ended. */
  executeMany(count: number): Promise<{ readonly runsPerSecond: number; readonly cpu: CpuPerRun }>;
  /** Triggers `count` runs one after another. Returns the times until the caller has each result, in milliseconds. */
  executeOneByOne(count: number): Promise<number[]>;
  /** Checks that every run so far completed once with the right output, and prints the count. Ends the peer. */
  check(): Promise<void>;
}
