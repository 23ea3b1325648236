import type { Clock } from "@baton/proto/clock";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import { memoryOf, type TaskTable, type UnusedVersion } from "../core/scheduling/task-table.ts";
import { VersionsFullError } from "../errors.ts";
import type { Store } from "../store/store.ts";

/** How long a version is kept after it was registered, in milliseconds, even when nothing needs it. */
export const leastVersionAgeMs = 7 * 86_400_000;
/** The memory that all registered versions may take, in bytes: about 100,000 tasks with short descriptions. */
export const maxVersionsBytes = 128 * 1024 * 1024;
/** How long no runner has had a version that makes room for another one, in milliseconds. */
export const unusedVersionMs = 60_000;
/** How long a registration is refused without another look for room, which reads every run; in milliseconds. */
const fullMs = 60_000;
/** How often unneeded versions are looked for, in milliseconds. */
const passIntervalMs = 86_400_000;

/** What is needed of the coordinator. */
export interface VersionPruningParts {
  readonly store: Pick<Store, "findNamedVersions" | "deleteVersions">;
  readonly clock: Clock;
  readonly versions: Pick<TaskTable, "hasHash" | "memoryBytes" | "unusedSince">;
  /** @defaultValue {@link maxVersionsBytes} */
  readonly maxBytes?: number;
  /** Versions that only runs may need, each with when the last runner that had it went. */
  outdated(registeredBefore: number): ReadonlyMap<string, number>;
  /** These versions are going to be deleted: nobody may use them from now on. */
  forget(versions: readonly string[]): void;
  onFailure(error: unknown): void;
}

/**
 * Deletes old versions that no run names, once a day. A version that a runner has, that is the newest of a task, or that was
 * registered within a week stays. When the versions take too much memory, those that no runner has and no run names go
 * earlier; a registration for which that makes no room is refused.
 */
export class VersionPruning {
  readonly #parts: VersionPruningParts;
  #passedAt = Number.NEGATIVE_INFINITY;
  /** Hashes of the versions that are being registered, each with the memory that it will take. */
  readonly #registering = new Map<symbol, { readonly hash: string; readonly memoryBytes: number }>();
  #fullUntil = Number.NEGATIVE_INFINITY;
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

  /**
   * Registers a version, and never one that is being deleted.
   *
   * @throws VersionsFullError when it is new and has no room
   */
  async register<T>(hash: string, tasks: readonly TaskDefinition[], register: () => Promise<T>): Promise<T> {
    const registration = Symbol();
    this.#registering.set(registration, { hash, memoryBytes: memoryOf(tasks) });
    try {
      await this.#deleting;
      if (!this.#parts.versions.hasHash(hash)) await this.#makeRoom();
      return await register();
    } finally {
      this.#registering.delete(registration);
    }
  }

  /** How much more memory than allowed all versions will take, in bytes. */
  get #excessBytes(): number {
    const { maxBytes = maxVersionsBytes, versions } = this.#parts;
    let memoryBytes = versions.memoryBytes;
    for (const registration of this.#registering.values()) memoryBytes += registration.memoryBytes;
    return memoryBytes - maxBytes;
  }

  /** @throws VersionsFullError */
  async #makeRoom(): Promise<void> {
    if (this.#excessBytes <= 0) return;
    const { clock, maxBytes = maxVersionsBytes, store, versions } = this.#parts;
    if (clock.monotonicNow() < this.#fullUntil) throw new VersionsFullError(maxBytes, fullMs);
    const goneBefore = clock.monotonicNow() - unusedVersionMs;
    const before = new Map(versions.unusedSince(goneBefore).map((unused) => [unused.version, unused.goneSince]));
    const named = new Set(await store.findNamedVersions([...before.keys()]));
    // Meanwhile a runner may have come with one of them, or another registration may have made room.
    let excessBytes = this.#excessBytes;
    const dropped: string[] = [];
    for (const unused of versions.unusedSince(goneBefore)) {
      if (excessBytes <= 0) break;
      const { goneSince, memoryBytes, version } = unused;
      if (named.has(version) || before.get(version) !== goneSince || this.#isRegistering(unused)) continue;
      dropped.push(version);
      excessBytes -= memoryBytes;
    }
    if (excessBytes > 0) {
      this.#fullUntil = clock.monotonicNow() + fullMs;
      throw new VersionsFullError(maxBytes, fullMs);
    }
    if (dropped.length > 0) await this.#delete(dropped);
  }

  #isRegistering({ hash }: UnusedVersion): boolean {
    for (const registration of this.#registering.values()) if (registration.hash === hash) return true;
    return false;
  }

  async #prune(): Promise<void> {
    const { clock, outdated, store } = this.#parts;
    const registeredBefore = clock.wallNow() - leastVersionAgeMs;
    const before = outdated(registeredBefore);
    if (before.size === 0) return;
    const named = new Set(await store.findNamedVersions([...before.keys()]));
    // Meanwhile a runner may have come with one of them, and may even be gone again.
    const now = outdated(registeredBefore);
    const unneeded = [...before].filter(
      ([version, goneSince]) => !named.has(version) && now.get(version) === goneSince,
    );
    if (unneeded.length === 0 || this.#registering.size > 0) return;
    await this.#delete(unneeded.map(([version]) => version));
  }

  async #delete(versions: readonly string[]): Promise<void> {
    this.#parts.forget(versions);
    const deleting = this.#parts.store.deleteVersions(versions);
    this.#deleting = Promise.all([this.#deleting, deleting.catch(() => undefined)]).then(() => undefined);
    await deleting;
  }
}
