/** Thrown when an invariant does not hold. */
export class InvariantError extends Error {
  readonly code = "INVARIANT_VIOLATED";
  /** The invariant, in a few stable words. */
  readonly invariant: string;

  constructor(invariant: string, details: string) {
    super(`${invariant}: ${details}`);
    this.invariant = invariant;
  }
}
