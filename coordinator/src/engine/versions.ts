import type { Clock } from "@baton/proto/clock";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";
import type { Logger } from "pino";
import { memoryOf, type UnusedVersion } from "../core/scheduling/task-table.ts";
import { VersionsFullError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { Engine } from "./engine.ts";

/** How long a version is kept after its registration, in milliseconds, even when nothing needs it. */
export const leastVersionAgeMs = 7 * 86_400_000;
/** The memory that all registered versions may take, in bytes: about 100,000 tasks with short descriptions. */
export const maxVersionsBytes = 128 * 1024 * 1024;
/** How long a version must have been without a runner before it makes room for another one, in milliseconds. */
export const unusedVersionMs = 60_000;
/** How long registrations are refused before the next search for room, which reads every run; in milliseconds. */
const fullMs = 60_000;
/** How often unneeded versions are deleted, in milliseconds. */
const passIntervalMs = 86_400_000;

/** The parts of the coordinator that work with versions. */
export interface VersionsDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Registers versions, and deletes those that nothing needs. Once a day, old versions that no run names are deleted,
 * unless a runner has the version, it is the newest of a task, or it was registered within a week. When versions take
 * too much memory, those without a runner or a run go earlier; a registration that still has no room is refused.
 */
export class Versions {
  readonly #deps: VersionsDeps;
  readonly #maxBytes: number;
  #passedAt = Number.NEGATIVE_INFINITY;
  /** The versions that are being registered, each with the memory that it will take. */
  readonly #registering = new Map<symbol, { readonly hash: string; readonly memoryBytes: number }>();
  #fullUntil = Number.NEGATIVE_INFINITY;
  #deleting: Promise<void> = Promise.resolve();

  /** @param maxBytes the memory that all versions may take */
  constructor(deps: VersionsDeps, maxBytes = maxVersionsBytes) {
    this.#deps = deps;
    this.#maxBytes = maxBytes;
  }

  /** Deletes unneeded versions when the last deletion is a day ago. */
  async pass(): Promise<void> {
    const { clock, log } = this.#deps;
    if (clock.monotonicNow() - this.#passedAt < passIntervalMs) return;
    this.#passedAt = clock.monotonicNow();
    try {
      await this.#prune();
    } catch (error) {
      log.warn({ err: error }, "unneeded versions could not be deleted, tried again tomorrow");
    }
  }

  /**
   * Registers a version, after all deletions in progress. Resolves with its name.
   *
   * @throws StoppingError; StoreError; VersionsFullError when the version is new and has no room
   */
  async register(hash: string, tasks: readonly TaskDefinition[]): Promise<string> {
    const { engine, log } = this.#deps;
    engine.assertRunning();
    const registration = Symbol();
    this.#registering.set(registration, { hash, memoryBytes: memoryOf(tasks) });
    try {
      await this.#deleting;
      if (!engine.partition.tasks.hasHash(hash)) await this.#makeRoom();
      const version = await this.#store(hash, tasks);
      log.info({ version, tasks: tasks.length }, "version registered");
      return version;
    } finally {
      this.#registering.delete(registration);
    }
  }

  async #store(hash: string, tasks: readonly TaskDefinition[]): Promise<string> {
    const { clock, engine, store } = this.#deps;
    const registeredAt = clock.wallNow();
    const day = new Date(registeredAt).toISOString().slice(0, 10).replaceAll("-", "");
    const version = await store.registerVersion({ hash, tasks, registeredAt }, day);
    engine.assertRunning();
    // What follows a new version looks at every task and lane: 100 ms with 10,000 tasks and 50,000 lanes.
    if (engine.partition.tasks.hasHash(hash)) engine.step({ type: "versionRenewed", version: version.version });
    else engine.step({ type: "versionRegistered", version });
    return version.version;
  }

  /** The bytes by which all versions, with those that are being registered, exceed the limit. */
  get #excessBytes(): number {
    let { memoryBytes } = this.#deps.engine.partition.tasks;
    for (const registration of this.#registering.values()) memoryBytes += registration.memoryBytes;
    return memoryBytes - this.#maxBytes;
  }

  /** @throws VersionsFullError */
  async #makeRoom(): Promise<void> {
    if (this.#excessBytes <= 0) return;
    const { clock, engine, store } = this.#deps;
    const { tasks: versions } = engine.partition;
    if (clock.monotonicNow() < this.#fullUntil) throw new VersionsFullError(this.#maxBytes, fullMs);
    const goneBefore = clock.monotonicNow() - unusedVersionMs;
    const before = new Map(versions.unusedSince(goneBefore).map((unused) => [unused.version, unused.goneSince]));
    const named = new Set(await store.findNamedVersions([...before.keys()]));
    // During the read, a runner may have connected with one of them, or another registration may have made room.
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
      throw new VersionsFullError(this.#maxBytes, fullMs);
    }
    if (dropped.length > 0) await this.#delete(dropped);
  }

  #isRegistering({ hash }: UnusedVersion): boolean {
    for (const registration of this.#registering.values()) if (registration.hash === hash) return true;
    return false;
  }

  async #prune(): Promise<void> {
    const { clock, engine, store } = this.#deps;
    const registeredBefore = clock.wallNow() - leastVersionAgeMs;
    const before = engine.partition.outdatedVersions(registeredBefore, engine.now);
    if (before.size === 0) return;
    const named = new Set(await store.findNamedVersions([...before.keys()]));
    // During the read, a runner may have connected with one of them, and may have gone again.
    const now = engine.partition.outdatedVersions(registeredBefore, engine.now);
    const unneeded = [...before].filter(
      ([version, goneSince]) => !named.has(version) && now.get(version) === goneSince,
    );
    if (unneeded.length === 0 || this.#registering.size > 0) return;
    await this.#delete(unneeded.map(([version]) => version));
  }

  async #delete(versions: readonly string[]): Promise<void> {
    const { engine, log, store } = this.#deps;
    log.info({ versions }, "versions that no run names are deleted");
    engine.step({ type: "versionsPruned", versions });
    const deleting = store.deleteVersions(versions);
    this.#deleting = Promise.all([this.#deleting, deleting.catch(() => undefined)]).then(() => undefined);
    await deleting;
  }
}
