import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { logLevels } from "@baton/proto/contract/log-level";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";

/** A task of a version and the file that a worker thread imports for it. */
export interface BuiltTask {
  readonly definition: TaskDefinition;
  /** Relative to the version's folder; an ES module that exports the task as `definition.exportName`. */
  readonly bundleFile: string;
}

/** Values of `logLevel` in the configuration: the lowest level that `logger` keeps, or `none`. */
export const logThresholds = ["none", ...logLevels] as const;

/** A threshold for `logger`. */
export type LogThreshold = (typeof logThresholds)[number];

/**
 * Selects the environment variables of the runner that task code sees. Items are names, or prefixes that end in `*`.
 */
export interface EnvironmentRule {
  /** Allowed variables; absent for all. `BATON_*` and `NODE_OPTIONS` are never passed on. */
  readonly allow?: readonly string[];
  /** Variables excluded from the allowed ones. */
  readonly deny?: readonly string[];
}

/** The part of the project's configuration (docs/tasks.md 12) that the runner needs, with all defaults filled in. */
export interface ResolvedConfig {
  /** The project's name; by default that of its folder. */
  readonly project: string;
  readonly env: EnvironmentRule;
  /** Limits the import of task files, at registration and in a worker thread. */
  readonly loadTimeoutMs: number;
  readonly logLevel: LogThreshold;
  /** Whether captured console output is also printed on the runner. */
  readonly enableConsoleLogging: boolean;
  /** Whether console output is not captured. */
  readonly disableConsoleInterceptor: boolean;
  /** Attempts after which a worker thread is replaced; 1 gives every attempt a new thread. */
  readonly maxAttemptsPerThread: number;
  /**
   * Whether runs are retried in the environment `DEVELOPMENT`. If not, every definition there already has `maxAttempts`
   * 1.
   */
  readonly retriesEnabledInDev: boolean;
  /** How hooks with positional parameters are called (docs/tasks.md 0.3). */
  readonly hookParams: "positional" | "object";
}

/** The compiled tasks of a project. The hash identifies the version. */
export interface BuiltVersion {
  /** SHA-256 in hex over the outputs, the definitions and the configuration. */
  readonly hash: string;
  /** Absolute: `<project>/.baton/versions/<hash>`. */
  readonly dir: string;
  /** Sorted by id. */
  readonly tasks: readonly BuiltTask[];
  /** Sentences for the author of the task files. */
  readonly warnings: readonly string[];
  readonly config: ResolvedConfig;
  /**
   * The compiled configuration file, relative to `dir`, which threads import for its hooks; absent when there is none.
   */
  readonly configBundleFile?: string;
  /**
   * The compiled `init.*` of the first task folder, which threads import before any task file; absent when there is
   * none.
   */
  readonly initBundleFile?: string;
}

/** Name of the manifest in each version's folder. */
export const manifestName = "manifest.json";

/**
 * Writes the manifest for {@link readManifest}. `dir` is the folder in which the version is built; it is moved later.
 */
export async function writeManifest(dir: string, version: Omit<BuiltVersion, "dir">): Promise<void> {
  await writeFile(path.join(dir, manifestName), `${JSON.stringify(version, null, 2)}\n`);
}

/**
 * Reads a version that was built earlier.
 *
 * @param dir - the version's folder, `<project>/.baton/versions/<hash>`
 * @throws the file system's error when there is no complete version in that folder.
 */
export async function readManifest(dir: string): Promise<BuiltVersion> {
  const absolute = path.resolve(dir);
  const text = await readFile(path.join(absolute, manifestName), "utf8");
  return { ...(JSON.parse(text) as Omit<BuiltVersion, "dir">), dir: absolute };
}
