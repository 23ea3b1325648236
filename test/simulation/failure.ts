/** An invariant does not hold. */
export class InvariantError extends Error {
  readonly code = "INVARIANT_VIOLATED";
  /** Which invariant, in a few words that stay the same. */
  readonly invariant: string;

  constructor(invariant: string, details: string) {
    super(`${invariant}: ${details}`);
    this.invariant = invariant;
  }
}
