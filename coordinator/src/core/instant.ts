/** The two times of a step. */
export interface Instant {
  /** Milliseconds since the epoch: delays, retries and everything that is stored. */
  readonly wall: number;
  /** Milliseconds that only move forward: leases. */
  readonly monotonic: number;
}
