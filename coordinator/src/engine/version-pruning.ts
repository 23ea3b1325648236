import type { Clock } from "@baton/proto/clock";
import type { Store } from "../store/store.ts";

/** How long a version is kept after it was registered, in milliseconds, even when nothing needs it. */
export const leastVersionAgeMs = 7 * 86_400_000;
/** How often unneeded versions are looked for, in milliseconds. */
const passIntervalMs = 86_400_000;

/** What is needed of the coordinator. */
export interface VersionPruningParts {
  readonly store: Pick<Store, "findNamedVersions" | "deleteVersions">;
  readonly clock: Clock;
  /** Versions that only runs may need, each with when the last runner that had it went. */
  outdated(registeredBefore: number): ReadonlyMap<string, number>;
  /** These versions are going to be deleted: nobody may use them from now on. */
  forget(versions: readonly string[]): void;
  onFailure(error: unknown): void;
}

/**
 * Deletes old versions that no run names, once a day. A version that a runner has, that is the newest of a task, or that was
 * registered within a week stays.
 */
export class VersionPruning {
  readonly #parts: VersionPruningParts;
  #passedAt = Number.NEGATIVE_INFINITY;
  #registrations = 0;
  #deleting: Promise<void> = Promise.resolve();

  constructor(parts: VersionPruningParts) {
    this.#parts = parts;
  }

  /** Looks for unneeded versions when it is time to. */
  async pass(): Promise<void> {
    const { clock } = this.#parts;
    if (clock.monotonicNow() - this.#passedAt < passIntervalMs) return;
    this.#passedAt = clock.monotonicNow();
    try {
      await this.#prune();
    } catch (error) {
      this.#parts.onFailure(error);
    }
  }

  /** Registers a version, and never one that is being deleted. */
  async register<T>(register: () => Promise<T>): Promise<T> {
    this.#registrations += 1;
    try {
      await this.#deleting;
      return await register();
    } finally {
      this.#registrations -= 1;
    }
  }

  async #prune(): Promise<void> {
    const { clock, forget, outdated, store } = this.#parts;
    const registeredBefore = clock.wallNow() - leastVersionAgeMs;
    const before = outdated(registeredBefore);
    if (before.size === 0) return;
    const named = new Set(await store.findNamedVersions([...before.keys()]));
    // Meanwhile a runner may have come with one of them, and may even be gone again.
    const now = outdated(registeredBefore);
    const unneeded = [...before].filter(
      ([version, goneSince]) => !named.has(version) && now.get(version) === goneSince,
    );
    if (unneeded.length === 0 || this.#registrations > 0) return;
    const versions = unneeded.map(([version]) => version);
    forget(versions);
    const deleting = store.deleteVersions(versions);
    this.#deleting = deleting.catch(() => undefined);
    await deleting;
  }
}
