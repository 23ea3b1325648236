import { compareVersions } from "@baton/proto/contract/version-name";
import type { BuiltVersion } from "../build/manifest.ts";
import type { ThreadVersion } from "../thread/thread-protocol.ts";

/** A version that this runner can execute. */
export interface ShelvedVersion {
  readonly version: string;
  readonly built: BuiltVersion;
  /** JSON of a `ThreadVersion`. */
  readonly manifest: string;
}

/**
 * Number of versions kept: runs stay on the version of their first attempt, so running and retried ones need older
 * versions.
 */
const keptVersions = 10;

/** The versions that this runner announces, oldest first. */
export class VersionShelf {
  readonly #environment: ThreadVersion["environment"];
  readonly #versions = new Map<string, ShelvedVersion>();
  #latest: string | undefined;

  constructor(environment: ThreadVersion["environment"]) {
    this.#environment = environment;
  }

  /** The version that was loaded last, which new runs get. */
  get latest(): string | undefined {
    return this.#latest;
  }

  /**
   * The announced names. The coordinator gives new runs the newest of them, so versions newer than the one loaded last
   * are left out: after an edit was undone, new runs must get the old code.
   */
  get names(): readonly string[] {
    const latest = this.#latest;
    return [...this.#versions.keys()].filter(
      (version) => latest === undefined || compareVersions(version, latest) <= 0,
    );
  }

  /** All versions. */
  get all(): readonly ShelvedVersion[] {
    return [...this.#versions.values()];
  }

  /** Finds a version by its name. */
  find(version: string): ShelvedVersion | undefined {
    return this.#versions.get(version);
  }

  /** Adds a version. Returns undefined when it is on the shelf already. */
  add(version: string, built: BuiltVersion): ShelvedVersion | undefined {
    this.#latest = version;
    if (this.#versions.get(version)?.built.hash === built.hash) return undefined;
    const { hash: _hash, warnings: _warnings, ...rest } = built;
    const forThreads: ThreadVersion = { version, environment: this.#environment, ...rest };
    const shelved: ShelvedVersion = { version, built, manifest: JSON.stringify(forThreads) };
    this.#versions.delete(version);
    this.#versions.set(version, shelved);
    return shelved;
  }

  /** Removes versions that are too old and not `inUse`. Returns their names. */
  clear(inUse: ReadonlySet<string>): readonly string[] {
    const old = [...this.#versions.keys()].slice(0, -keptVersions).filter((version) => !inUse.has(version));
    for (const version of old) this.#versions.delete(version);
    return old;
  }
}
