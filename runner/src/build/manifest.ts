import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { logLevels } from "@baton/proto/contract/log-level";
import type { TaskDefinition } from "@baton/proto/contract/task-definition";

/** A task of a version and the file that a worker thread imports to get it. */
export interface BuiltTask {
  readonly definition: TaskDefinition;
  /** Relative to the version's folder; an ES module that exports the task as `definition.exportName`. */
  readonly bundleFile: string;
}

/** What `logLevel` of the configuration may be: the lowest level that `logger` keeps, or `none`. */
export const logThresholds = ["none", ...logLevels] as const;

/** A threshold for `logger`. */
export type LogThreshold = (typeof logThresholds)[number];

/** Which variables of the runner's environment task code sees. Names, or prefixes that end in `*`. */
export interface EnvironmentRule {
  /** Absent: all but `BATON_*` and `NODE_OPTIONS`, which are never passed on. */
  readonly allow?: readonly string[];
  /** Taken away from what is allowed. */
  readonly deny?: readonly string[];
}

/** The project's configuration (docs/tasks.md 12) as far as the runner needs it, every default filled in. */
export interface ResolvedConfig {
  /** The project's name; by default that of its folder. */
  readonly project: string;
  readonly env: EnvironmentRule;
  /** For importing the task files, at registration and in a worker thread. */
  readonly loadTimeoutMs: number;
  readonly logLevel: LogThreshold;
  /** Also print captured console output on the runner. */
  readonly enableConsoleLogging: boolean;
  /** Do not capture console output. */
  readonly disableConsoleInterceptor: boolean;
  /** After so many attempts a worker thread is replaced; 1: a fresh one for every attempt. */
  readonly maxAttemptsPerThread: number;
  /** False: no retries in the environment `DEVELOPMENT`; then every definition's `maxAttempts` is 1 already. */
  readonly retriesEnabledInDev: boolean;
  /** How hooks with positional names are called (docs/tasks.md 0.3). */
  readonly hookParams: "positional" | "object";
}

/** The compiled tasks of a project, told apart by its hash. */
export interface BuiltVersion {
  /** SHA-256 in hex over the outputs, the definitions and the configuration. */
  readonly hash: string;
  /** Absolute: `<project>/.baton/versions/<hash>`. */
  readonly dir: string;
  /** Sorted by id. */
  readonly tasks: readonly BuiltTask[];
  /** Sentences for whoever wrote the task files. */
  readonly warnings: readonly string[];
  readonly config: ResolvedConfig;
  /** The compiled configuration file, relative to `dir`, which threads import for its hooks; absent: there is none. */
  readonly configBundleFile?: string;
  /** The compiled `init.*` of the first task folder, which threads import before any task file; absent: there is none. */
  readonly initBundleFile?: string;
}

/** In the folder of each version. */
export const manifestName = "manifest.json";

/** Writes what {@link readManifest} reads; the folder is where the version is built, not yet where it will lie. */
export async function writeManifest(dir: string, version: Omit<BuiltVersion, "dir">): Promise<void> {
  await writeFile(path.join(dir, manifestName), `${JSON.stringify(version, null, 2)}\n`);
}

/**
 * Reads a version that was built earlier.
 *
 * @param dir - The version's folder, `<project>/.baton/versions/<hash>`.
 * @throws the file system's error when there is no complete version in that folder.
 */
export async function readManifest(dir: string): Promise<BuiltVersion> {
  const absolute = path.resolve(dir);
  const text = await readFile(path.join(absolute, manifestName), "utf8");
  return { ...(JSON.parse(text) as Omit<BuiltVersion, "dir">), dir: absolute };
}
