const runsAtMost = 1_000;

/**
 * Runs that this runner executes alone although the coordinator does not ask for it: the one that most likely brought
 * down a host, and those that were convicted of it. The newest thousand.
 */
export class RunsAside {
  readonly #runIds = new Set<string>();

  add(runId: string): void {
    this.#runIds.delete(runId);
    this.#runIds.add(runId);
    if (this.#runIds.size <= runsAtMost) return;
    for (const oldest of this.#runIds) {
      this.#runIds.delete(oldest);
      return;
    }
  }

  has(runId: string): boolean {
    return this.#runIds.has(runId);
  }

  /** It proved harmless. */
  delete(runId: string): void {
    this.#runIds.delete(runId);
  }
}
