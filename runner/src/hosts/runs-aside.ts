const runsAtMost = 1_000;

/**
 * Remembers the newest thousand runs that this runner executes alone although the coordinator does not ask for it:
 * those that most likely, or provably, brought down a host.
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

  /** Removes a run that proved harmless. */
  delete(runId: string): void {
    this.#runIds.delete(runId);
  }
}
