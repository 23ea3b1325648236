import type { BuiltVersion } from "./build/manifest.ts";
import type { ThreadVersion } from "./thread/thread-protocol.ts";

/** A version that this runner can execute. */
export interface ShelvedVersion {
  readonly version: string;
  readonly built: BuiltVersion;
  /** JSON of a `ThreadVersion`. */
  readonly manifest: string;
}

/** Runs stay on the version of their first attempt, so older ones are kept for runs in flight and their retries. */
const keptVersions = 10;

/** The versions that this runner announces, oldest first. */
export class VersionShelf {
  readonly #environment: ThreadVersion["environment"];
  readonly #versions = new Map<string, ShelvedVersion>();

  constructor(environment: ThreadVersion["environment"]) {
    this.#environment = environment;
  }

  /** Their names. */
  get names(): readonly string[] {
    return [...this.#versions.keys()];
  }

  /** All of them. */
  get all(): readonly ShelvedVersion[] {
    return [...this.#versions.values()];
  }

  /** The version with this name. */
  find(version: string): ShelvedVersion | undefined {
    return this.#versions.get(version);
  }

  /** Adds a version. Undefined: it was here already. */
  add(version: string, built: BuiltVersion): ShelvedVersion | undefined {
    if (this.#versions.get(version)?.built.hash === built.hash) return undefined;
    const { dir, config, tasks } = built;
    const forThreads: ThreadVersion = { version, dir, environment: this.#environment, config, tasks };
    const shelved: ShelvedVersion = { version, built, manifest: JSON.stringify(forThreads) };
    this.#versions.delete(version);
    this.#versions.set(version, shelved);
    return shelved;
  }

  /** Takes away what is too old and not `inUse`, and returns the names. */
  clear(inUse: ReadonlySet<string>): readonly string[] {
    const old = this.names.slice(0, -keptVersions).filter((version) => !inUse.has(version));
    for (const version of old) this.#versions.delete(version);
    return old;
  }
}
