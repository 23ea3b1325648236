import type { TaskDefinition, TaskVersion } from "@baton/proto/contract/task-definition";
import { compareVersions } from "@baton/proto/contract/version-name";
import type { SchedulingSettings } from "./settings.ts";

/** A task in one version. */
export interface VersionedTask {
  readonly version: string;
  readonly registeredAt: number;
  readonly definition: TaskDefinition;
}

/** A version that no connected runner has. */
export interface UnusedVersion {
  readonly version: string;
  readonly hash: string;
  /** When the last runner that had it went, in monotonic milliseconds. */
  readonly goneSince: number;
  /** See {@link memoryOf}. */
  readonly memoryBytes: number;
}

interface Known {
  readonly hash: string;
  readonly registeredAt: number;
  readonly memoryBytes: number;
  readonly tasks: ReadonlyMap<string, TaskDefinition>;
}

/** The estimated memory of a task without its texts, in bytes. */
const taskBytes = 1_024;

/** Estimates the memory that a version of these tasks takes, in bytes. */
export function memoryOf(tasks: readonly TaskDefinition[]): number {
  let characters = 0;
  for (const { description = "", exportName, filePath, jsonSchema = "", queue } of tasks) {
    characters += description.length + exportName.length + filePath.length + jsonSchema.length + queue.length;
  }
  return tasks.length * taskBytes + 2 * characters;
}

/** The settings that concern versions. */
type Settings = Pick<SchedulingSettings, "versionGraceMs" | "servesOneProject">;

/**
 * Every registered version, and which of them connected runners have. The current version of a task is the newest one
 * that contains it, among the newest versions of the connected runners. A runner's other versions serve runs that are
 * locked to them.
 */
export class TaskTable {
  readonly #versions = new Map<string, Known>();
  #memoryBytes = 0;
  /** Versions that connected runners have now. */
  #connected: ReadonlySet<string> = new Set();
  /** The newest version of each connected runner; while no runner is connected, of the last ones. */
  #newest: ReadonlySet<string> = new Set();
  /** Since when no connected runner has a version; monotonic milliseconds. */
  readonly #goneSince = new Map<string, number>();
  #current = new Map<string, VersionedTask>();
  #registered = new Map<string, VersionedTask>();
  #limits = new Map<string, number>();
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  add(versions: readonly TaskVersion[], monotonicNow: number): void {
    for (const { hash, version, registeredAt, tasks } of versions) {
      const memoryBytes = memoryOf(tasks);
      this.#memoryBytes += memoryBytes - (this.#versions.get(version)?.memoryBytes ?? 0);
      const tasksById = new Map(tasks.map((task) => [task.id, task]));
      this.#versions.set(version, { hash, registeredAt, memoryBytes, tasks: tasksById });
      if (!this.#connected.has(version)) this.#goneSince.set(version, monotonicNow);
    }
    if (this.#settings.servesOneProject) return this.#refresh();
    for (const { version } of versions) this.#keepNewestOf(version, this.#registered);
    this.#refreshCurrent();
  }

  /**
   * Notes that a known version was registered again. Returns whether runs that had stopped to wait for it wait again.
   */
  renew(version: string, monotonicNow: number): boolean {
    if (this.#connected.has(version) || !this.#versions.has(version)) return false;
    const hadEnded = this.graceLeftMs(version, monotonicNow) === 0;
    this.#goneSince.set(version, monotonicNow);
    return hadEnded;
  }

  /** Sets the versions of the connected runners, one set for each runner. */
  setConnected(runners: readonly ReadonlySet<string>[], monotonicNow: number): void {
    const versions = new Set(runners.flatMap((ofRunner) => [...ofRunner]));
    for (const version of this.#connected) {
      if (!versions.has(version)) this.#goneSince.set(version, monotonicNow);
    }
    for (const version of versions) this.#goneSince.delete(version);
    this.#connected = versions;
    if (versions.size > 0) this.#newest = new Set(runners.flatMap((ofRunner) => newestOf(ofRunner) ?? []));
    // Only with one project do the runners decide which tasks are registered; checking all tasks takes long.
    if (this.#settings.servesOneProject) this.#refresh();
    else this.#refreshCurrent();
  }

  /**
   * Returns versions that were registered before an instant, that no connected runner has, and that are the newest
   * version of no task; each with the time when its last runner went. Runs may still name them.
   */
  outdated(registeredBefore: number): ReadonlyMap<string, number> {
    const needed = new Set([...this.#registered.values(), ...this.#current.values()].map(({ version }) => version));
    const found = new Map<string, number>();
    for (const [version, goneSince] of this.#goneSince) {
      const known = this.#versions.get(version);
      if (known === undefined || known.registeredAt >= registeredBefore) continue;
      if (!needed.has(version) && !this.#newest.has(version)) found.set(version, goneSince);
    }
    return found;
  }

  /** The estimated memory of all versions, in bytes. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Whether the version with this hash is registered. */
  hasHash(hash: string): boolean {
    for (const known of this.#versions.values()) if (known.hash === hash) return true;
    return false;
  }

  /** Returns versions without a connected runner since before a monotonic instant, oldest registration first. */
  unusedSince(goneBefore: number): readonly UnusedVersion[] {
    return [...this.#versions]
      .map(([version, { hash, memoryBytes, registeredAt }]) => {
        return { version, hash, memoryBytes, registeredAt, goneSince: this.#goneSince.get(version) ?? goneBefore };
      })
      .filter(({ goneSince }) => goneSince < goneBefore)
      .sort((a, b) => a.registeredAt - b.registeredAt);
  }

  /** Forgets versions that nothing needs. */
  remove(versions: readonly string[]): void {
    for (const version of versions) {
      this.#memoryBytes -= this.#versions.get(version)?.memoryBytes ?? 0;
      this.#versions.delete(version);
      this.#goneSince.delete(version);
    }
    this.#refresh();
  }

  /** Returns whether a registered version has the task, and the task was not deleted since. */
  isRegistered(taskId: string): boolean {
    return this.#registered.has(taskId);
  }

  /** Returns the definition for new runs: the current one, else the newest registered one. */
  find(taskId: string): VersionedTask | undefined {
    return this.#current.get(taskId) ?? this.#registered.get(taskId);
  }

  /** Returns the task in its current version. */
  findCurrent(taskId: string): VersionedTask | undefined {
    return this.#current.get(taskId);
  }

  definitionIn(version: string, taskId: string): TaskDefinition | undefined {
    return this.#versions.get(version)?.tasks.get(taskId);
  }

  /**
   * Returns the version that a run would take now: its locked version, or the current one if no runner has had the
   * locked one for the whole grace and the task is not pinned to it.
   */
  versionFor(taskId: string, locked: string, monotonicNow: number): VersionedTask | undefined {
    if (locked === "") return this.#current.get(taskId);
    const known = this.#versions.get(locked);
    const definition = known?.tasks.get(taskId);
    if (known !== undefined && definition !== undefined && this.#connected.has(locked)) {
      return { version: locked, registeredAt: known.registeredAt, definition };
    }
    if (definition?.pinVersion) return undefined;
    return this.graceLeftMs(locked, monotonicNow) > 0 ? undefined : this.#current.get(taskId);
  }

  /** Returns the milliseconds that runs still wait for a version that no runner has, before they take another one. */
  graceLeftMs(version: string, monotonicNow: number): number {
    const goneSince = this.#goneSince.get(version) ?? Number.NEGATIVE_INFINITY;
    return Math.max(0, goneSince + this.#settings.versionGraceMs - monotonicNow);
  }

  /** Returns whether the grace of a version ends in (`from`, `to`]; monotonic milliseconds. */
  graceEnded(from: number, to: number): boolean {
    for (const since of this.#goneSince.values()) {
      const end = since + this.#settings.versionGraceMs;
      if (end > from && end <= to) return true;
    }
    return false;
  }

  /** Returns how many runs of a queue may hold a slot; undefined: no limit. */
  limitOf(queue: string): number | undefined {
    return this.#limits.get(queue);
  }

  /** Returns the newest registered definition of each task, sorted by task id. */
  list(): VersionedTask[] {
    return [...this.#registered.values()].sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1));
  }

  #refresh(): void {
    const standing = this.#standing();
    this.#registered = new Map();
    for (const version of this.#versions.keys()) {
      if (standing.has(version)) this.#keepNewestOf(version, this.#registered);
    }
    this.#refreshCurrent();
  }

  #refreshCurrent(): void {
    const registered = this.#registered;
    this.#current = new Map();
    for (const version of this.#newest) {
      if (this.#connected.has(version)) this.#keepNewestOf(version, this.#current);
    }
    this.#limits = new Map();
    const byVersion = new Map<string, TaskDefinition[]>();
    for (const id of registered.keys()) {
      const task = this.find(id);
      if (task === undefined) continue;
      const ofVersion = byVersion.get(task.version);
      if (ofVersion === undefined) byVersion.set(task.version, [task.definition]);
      else ofVersion.push(task.definition);
    }
    // The newest version decides, and in it a task that declares the queue's limit, the last one of several.
    for (const version of [...byVersion.keys()].sort(compareVersions)) {
      const definitions = byVersion.get(version) ?? [];
      for (const { concurrencyLimit, queue } of definitions) {
        if (concurrencyLimit === undefined) this.#limits.delete(queue);
      }
      for (const { concurrencyLimit, queue } of definitions) {
        if (concurrencyLimit !== undefined) this.#limits.set(queue, concurrencyLimit);
      }
    }
  }

  #keepNewestOf(version: string, into: Map<string, VersionedTask>): void {
    const known = this.#versions.get(version);
    if (known === undefined) return;
    const { registeredAt, tasks } = known;
    for (const definition of tasks.values()) keepNewest(into, { version, registeredAt, definition });
  }

  /** Returns the versions whose tasks are registered. A task that only others have was deleted from its project. */
  #standing(): { has(version: string): boolean } {
    // The runners of another project may be away, and an older version may belong to that project.
    if (!this.#settings.servesOneProject) return this.#versions;
    if (this.#newest.size > 0) return this.#newest;
    return new Set([newestOf(this.#versions.keys())]);
  }
}

function newestOf(versions: Iterable<string>): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

function keepNewest(tasks: Map<string, VersionedTask>, candidate: VersionedTask): void {
  const known = tasks.get(candidate.definition.id);
  if (known === undefined || compareVersions(candidate.version, known.version) > 0) {
    tasks.set(candidate.definition.id, candidate);
  }
}
