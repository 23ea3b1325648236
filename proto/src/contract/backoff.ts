/** The first and the longest pause of a series of growing pauses, in milliseconds. */
export interface BackoffRange {
  readonly first: number;
  readonly longest: number;
}

/** Returns the pause after a number of failures in a row: the first one, doubled with each further failure up to the longest. */
export function backoffMs({ first, longest }: BackoffRange, failures: number): number {
  return Math.min(longest, first * 2 ** Math.max(0, failures - 1));
}
