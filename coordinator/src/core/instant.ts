/** The two clocks that a step reads. */
export interface Instant {
  /** Milliseconds since the epoch: for delays, retries and everything that is stored. */
  readonly wall: number;
  /** Milliseconds of a clock that never goes back: for leases. */
  readonly monotonic: number;
}
