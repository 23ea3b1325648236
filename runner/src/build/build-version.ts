import { realpath, rm } from "node:fs/promises";
import path from "node:path";
import {
  type BuildError,
  ConfigFileInvalidError,
  TaskFilesInvalidError,
  TaskIndexingImportError,
} from "./build-error.ts";
import { type Bundle, bundle } from "./bundle.ts";
import type { ImportedModule } from "./index-protocol.ts";
import { Indexer, type IndexResult } from "./indexer.ts";
import type { BuiltTask, BuiltVersion } from "./manifest.ts";
import { defaultConfig, findConfigFile, type ProjectConfig, parseConfig } from "./project-config.ts";
import { recordInputs } from "./project-inputs.ts";
import { readTasks } from "./read-tasks.ts";
import { isRecord } from "./retry-options.ts";
import type { ExportedTask } from "./task-definition.ts";
import { findTaskFiles, type TaskFiles } from "./task-files.ts";
import { finishVersion, hashVersion, writeUnfinished } from "./version-store.ts";

/** What to build. */
export interface BuildOptions {
  /** The project's folder; absolute, or relative to the working directory. */
  readonly projectDir: string;
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  /**
   * Of which variables the files see what the configuration allows while they are imported.
   * @defaultValue those of this process
   */
  readonly variables?: NodeJS.ProcessEnv;
}

const configLoadTimeoutMs = 30_000;

/**
 * Finds, compiles, imports and checks the task files of a project and lays the result down as a version. Code of the
 * project runs in a process of its own only. The same content gives the same hash and the same folder.
 *
 * @throws {@link BuildError}, one for everything that is wrong: ConfigFileInvalidError, BuildFailedError,
 * TaskIndexingImportError, TaskMetadataParseError, DuplicateTaskIdsError, or TaskFilesInvalidError
 * when there are several of the last three. Nothing is laid down then.
 */
export async function buildVersion(options: BuildOptions): Promise<BuiltVersion> {
  const projectDir = await realpath(path.resolve(options.projectDir));
  const indexer = new Indexer(projectDir, options.variables ?? process.env);
  const inputs = new Set<string>();
  try {
    const configFile = findConfigFile(projectDir);
    const config =
      configFile === undefined ? defaultConfig(projectDir) : await loadConfig(projectDir, configFile, indexer, inputs);
    const found = await findTaskFiles(projectDir, { dirs: config.dirs, ignorePatterns: config.ignorePatterns });
    const taskFiles = { ...found, files: found.files.filter((file) => file !== configFile) };
    const compiled = await bundle({ projectDir, configFile, ...taskFiles }, inputs);
    return await layDown(projectDir, options, config, { ...taskFiles, configFile }, compiled, indexer);
  } finally {
    recordInputs(projectDir, inputs);
    await indexer.stop();
  }
}

async function loadConfig(
  projectDir: string,
  file: string,
  indexer: Indexer,
  inputs: Set<string>,
): Promise<ProjectConfig> {
  const name = path.relative(projectDir, file);
  const compiled = await bundle({ projectDir, files: [file] }, inputs).catch((error: Error) => {
    throw new ConfigFileInvalidError(
      name,
      "problems" in error ? (error.problems as string[]).join("\n") : error.message,
    );
  });
  const dir = await writeUnfinished(projectDir, compiled.outputs);
  try {
    const entry = path.join(dir, compiled.entries.get(file) ?? "");
    const result = await indexer.index({ files: [entry], env: {}, timeoutMs: configLoadTimeoutMs });
    const failure = result.failures[0];
    if (failure !== undefined) throw new ConfigFileInvalidError(name, hideOutput(failure.reason, dir));
    return parseConfig(result.modules[0]?.values ?? {}, projectDir, name);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function layDown(
  projectDir: string,
  { environment }: BuildOptions,
  config: ProjectConfig,
  { configFile, initFile, missingDirs }: TaskFiles & { readonly configFile: string | undefined },
  compiled: Bundle,
  indexer: Indexer,
): Promise<BuiltVersion> {
  const dir = await writeUnfinished(projectDir, compiled.outputs);
  try {
    const bundleFile = (file: string | undefined) => file && compiled.entries.get(file);
    const configBundleFile = bundleFile(configFile);
    const initBundleFile = bundleFile(initFile);
    const sources = new Map(
      [...compiled.entries].map(([file, name]) => [path.join(dir, name), slashed(projectDir, file)]),
    );
    const { env, loadTimeoutMs, retriesEnabledInDev } = config.resolved;
    const bundles = importOrder([...compiled.entries.values()], configBundleFile, initBundleFile);
    const index = await indexer.index({
      files: bundles.map((file) => path.join(dir, file)),
      ...(configBundleFile === undefined ? {} : { configFile: path.join(dir, configBundleFile) }),
      env,
      timeoutMs: loadTimeoutMs,
    });
    const exported = index.modules.flatMap((module) => tasksOf(module, sources));
    const { definitions, errors, warnings } = readTasks(exported, {
      defaults: config.defaults,
      environment,
      retriesEnabledInDev,
    });
    throwIfAny([...importErrors(index, sources, dir), ...errors]);

    const bundleFiles = new Map([...sources].map(([output, source]) => [source, path.basename(output)]));
    const tasks: BuiltTask[] = definitions.map((definition) => ({
      definition,
      bundleFile: bundleFiles.get(definition.filePath) ?? "",
    }));
    const rest = {
      tasks,
      config: config.resolved,
      ...(configBundleFile === undefined ? {} : { configBundleFile }),
      ...(initBundleFile === undefined ? {} : { initBundleFile }),
      warnings: [
        ...config.notices,
        ...missingDirs.map((missing) => `The folder "${missing}", named in dirs, does not exist.`),
        ...compiled.warnings,
        ...warnings,
        ...index.unexported.map(({ file, id }) => unexportedWarning(sources.get(file) ?? file, id)),
      ],
    };
    return await finishVersion(projectDir, dir, { hash: hashVersion(compiled.outputs, rest), ...rest });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** As in a worker thread: `init` and the configuration come before every task file. */
function importOrder(files: readonly string[], configFile?: string, initFile?: string): string[] {
  const first = [initFile, configFile].filter((file) => file !== undefined);
  return [...new Set([...first, ...files])];
}

function tasksOf({ file, tasks }: ImportedModule, sources: ReadonlyMap<string, string>): ExportedTask[] {
  return tasks.map(({ exportName, id, options, hasParser }) => ({
    id,
    exportName,
    hasParser,
    filePath: sources.get(file) ?? file,
    options: isRecord(options) ? options : {},
  }));
}

function importErrors(index: IndexResult, sources: ReadonlyMap<string, string>, dir: string): BuildError[] {
  if (index.failures.length === 0) return [];
  return [
    new TaskIndexingImportError(
      index.failures.map(({ file, reason }) => ({ file: sources.get(file) ?? file, reason: hideOutput(reason, dir) })),
    ),
  ];
}

function throwIfAny(errors: readonly BuildError[]): void {
  const [first, ...others] = errors;
  if (first === undefined) return;
  throw others.length === 0 ? first : new TaskFilesInvalidError(errors);
}

function unexportedWarning(file: string, id: string): string {
  return `${file}: task "${id}" is not exported, so it is not registered. Export it, under any name.`;
}

/** The folder of an unfinished version means nothing to whoever reads the message. */
function hideOutput(reason: string, dir: string): string {
  return reason.replaceAll(dir + path.sep, "").replaceAll(dir, ".");
}

function slashed(projectDir: string, file: string): string {
  return path.relative(projectDir, file).split(path.sep).join("/");
}
