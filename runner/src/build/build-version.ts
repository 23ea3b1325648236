import { realpath, rm } from "node:fs/promises";
import path from "node:path";
import {
  type BuildError,
  BuildFailedError,
  ConfigFileInvalidError,
  type ImportFailure,
  TaskFilesInvalidError,
  TaskIndexingImportError,
} from "./build-error.ts";
import { type CompiledProject, compileProject } from "./compile/compile-project.ts";
import { readTasks } from "./definition/read-tasks.ts";
import { isRecord } from "./definition/retry-options.ts";
import type { ExportedTask } from "./definition/task-definition.ts";
import { findTriggeredVariable } from "./definition/used-tasks.ts";
import { findUnparsable } from "./index/broken-package.ts";
import type { ImportedModule, ImportedTask, UnexportedTask } from "./index/index-protocol.ts";
import { Indexer, type IndexRequest, type IndexResult } from "./index/indexer.ts";
import type { BuiltTask, BuiltVersion } from "./manifest.ts";
import { defaultConfig, findConfigFile, type ProjectConfig, parseConfig } from "./project-config.ts";
import { recordInputs } from "./project-inputs.ts";
import { findTaskFiles, type TaskFiles } from "./task-files.ts";
import { finishVersion, hashVersion, writeUnfinished } from "./version-store.ts";

/** Options of a build. */
export interface BuildOptions {
  /** The project's folder; absolute, or relative to the working directory. */
  readonly projectDir: string;
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  /**
   * The environment variables from which the configuration selects those that the files see while they are imported.
   * @defaultValue the variables of this process
   */
  readonly variables?: NodeJS.ProcessEnv;
  /**
   * Whether invalid task files are left out of the version; {@link BuiltProject.broken} has their errors.
   * @defaultValue false: one invalid file fails the build.
   */
  readonly isPartial?: boolean;
}

/** A built version, and the errors of files that were left out. */
export interface BuiltProject extends BuiltVersion {
  /** Errors of task files that were left out; empty unless the build is partial. */
  readonly broken: readonly BuildError[];
}

const configLoadTimeoutMs = 30_000;

/**
 * Finds, compiles, imports and checks the task files of a project and stores the result as a version. Code of the
 * project only runs in processes of its own. The same content gives the same hash and the same folder.
 *
 * @throws {@link BuildError}, one for all problems: ConfigFileInvalidError, BuildFailedError,
 * TaskIndexingImportError, TaskMetadataParseError, DuplicateTaskIdsError, or TaskFilesInvalidError
 * when there are several of the last three. No version is stored then. A partial build throws only for problems of the
 * configuration or the init file, which concern every task.
 */
export async function buildVersion(options: BuildOptions): Promise<BuiltProject> {
  const projectDir = await realpath(path.resolve(options.projectDir));
  const inputs = new Set<string>();
  await using indexers = new Indexers(projectDir, options.variables ?? process.env);
  try {
    const configFile = findConfigFile(projectDir);
    const config =
      configFile === undefined ? defaultConfig(projectDir) : await loadConfig(projectDir, configFile, indexers, inputs);
    const found = await findTaskFiles(projectDir, { dirs: config.dirs, ignorePatterns: config.ignorePatterns });
    const taskFiles = { ...found, files: found.files.filter((file) => file !== configFile) };
    const first = [taskFiles.initFile, configFile].filter((file) => file !== undefined);
    const entries = [...new Set([...first, ...taskFiles.files])];
    const compiled = await compileProject({ projectDir, entries }, inputs);
    const build = new VersionBuild(projectDir, options, config, { ...taskFiles, configFile }, compiled);
    return await build.layDown(indexers);
  } finally {
    recordInputs(projectDir, inputs);
  }
}

async function loadConfig(
  projectDir: string,
  file: string,
  indexers: Indexers,
  inputs: Set<string>,
): Promise<ProjectConfig> {
  const name = path.relative(projectDir, file);
  const compiled = await compileProject({ projectDir, entries: [file] }, inputs);
  const problems = compiled.broken.get(file);
  if (problems !== undefined) throw new ConfigFileInvalidError(name, problems.join("\n"));
  const dir = await writeUnfinished(projectDir, compiled.outputs);
  try {
    const entry = path.join(dir, compiled.entries.get(file) ?? "");
    const result = await indexers.index(
      { files: [entry], configFile: entry, readsConfig: true, env: {}, timeoutMs: configLoadTimeoutMs },
      false,
    );
    const failure = result.failures[0];
    if (failure !== undefined) throw new ConfigFileInvalidError(name, hidePaths(failure.reason, projectDir, dir));
    return parseConfig(result.modules[0]?.values ?? {}, projectDir, name);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The processes that import files: usually one, and another after each file that ends its process. */
class Indexers implements AsyncDisposable {
  readonly #start: () => Indexer;
  #current: Indexer;

  constructor(projectDir: string, variables: NodeJS.ProcessEnv) {
    this.#start = () => new Indexer(projectDir, variables);
    this.#current = this.#start();
  }

  /** @param goesOn - whether the files after one that ended its process are imported in another process */
  async index(request: IndexRequest, goesOn: boolean): Promise<IndexResult> {
    const result = await this.#current.index(request);
    if (!goesOn || result.untried.length === 0) return result;
    await this.#current.stop();
    this.#current = this.#start();
    const first = request.files.filter((file) => file === request.configFile);
    const rest = await this.index({ ...request, files: [...first, ...result.untried] }, goesOn);
    return {
      modules: [...result.modules, ...rest.modules],
      failures: [...result.failures, ...rest.failures],
      unexported: [...result.unexported, ...rest.unexported],
      unplaced: [...result.unplaced, ...rest.unplaced],
      untried: rest.untried,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current.stop();
  }
}

/** Makes one version from compiled files. */
class VersionBuild {
  readonly #projectDir: string;
  readonly #options: BuildOptions;
  readonly #config: ProjectConfig;
  readonly #files: TaskFiles & { readonly configFile: string | undefined };
  readonly #compiled: CompiledProject;

  constructor(
    projectDir: string,
    options: BuildOptions,
    config: ProjectConfig,
    files: TaskFiles & { readonly configFile: string | undefined },
    compiled: CompiledProject,
  ) {
    this.#projectDir = projectDir;
    this.#options = options;
    this.#config = config;
    this.#files = files;
    this.#compiled = compiled;
  }

  /** Writes the files, imports and checks them, and stores them as a version. */
  async layDown(indexers: Indexers): Promise<BuiltProject> {
    const { outputs, entries } = this.#compiled;
    const compileErrors = this.#compileErrors();
    const dir = await writeUnfinished(this.#projectDir, outputs);
    try {
      const index = await this.#index(indexers, dir);
      const exported = index.modules.flatMap((module) => this.#exportedTasks(module, dir));
      const used = index.unexported.flatMap((task) => this.#usedTask(task, dir) ?? []);
      const { definitions, errors, warnings } = readTasks([...exported, ...used], {
        defaults: this.#config.defaults,
        environment: this.#options.environment,
        retriesEnabledInDev: this.#config.resolved.retriesEnabledInDev,
      });
      const broken = [...compileErrors, ...(await this.#importErrors(index, dir)), ...errors];
      if (!this.#options.isPartial) throwIfAny(broken);
      const wrongFiles = new Set(errors.flatMap((error) => error.files));

      const tasks: BuiltTask[] = definitions
        .filter(({ filePath }) => !wrongFiles.has(filePath))
        .map((definition) => ({
          definition,
          bundleFile: entries.get(path.join(this.#projectDir, definition.filePath)) ?? "",
        }));
      const configBundleFile = this.#outputOf(this.#files.configFile);
      const initBundleFile = this.#outputOf(this.#files.initFile);
      const unused = index.unexported.filter((task) => this.#usedTask(task, dir) === undefined);
      const rest = {
        tasks,
        config: this.#config.resolved,
        ...(configBundleFile === undefined ? {} : { configBundleFile }),
        ...(initBundleFile === undefined ? {} : { initBundleFile }),
        warnings: [
          ...this.#config.notices,
          ...this.#folderWarnings(exported),
          ...this.#compiled.warnings,
          ...warnings,
          ...unused.map(({ file, id }) => unexportedWarning(this.#sourceName(file), id)),
        ],
      };
      const version = { hash: hashVersion(outputs, rest), ...rest };
      return { ...(await finishVersion(this.#projectDir, dir, version)), broken };
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** Imports files in the order of a worker thread: `init` and the configuration before every task file. */
  async #index(indexers: Indexers, dir: string): Promise<IndexResult> {
    const { env, loadTimeoutMs: timeoutMs } = this.#config.resolved;
    const inDir = (output: string | undefined) => (output === undefined ? undefined : path.join(dir, output));
    const configFile = inDir(this.#outputOf(this.#files.configFile));
    const files = [...this.#compiled.entries.values()].map((output) => path.join(dir, output));
    const result = await indexers.index({ files, configFile, env, timeoutMs }, this.#options.isPartial === true);
    const shared = [configFile, inDir(this.#outputOf(this.#files.initFile))];
    const failure = result.failures.find(({ file }) => shared.includes(file));
    if (failure !== undefined && this.#options.isPartial) throwIfAny(await this.#importErrors(result, dir));
    return result;
  }

  /**
   * Returns the errors of files that cannot be compiled. Throws when all tasks need such a file, or the build is not
   * partial.
   */
  #compileErrors(): BuildError[] {
    const { broken } = this.#compiled;
    if (broken.size === 0) return [];
    const problems = new Set([...broken.values()].flat());
    const files = [...broken.keys()].map((file) => path.relative(this.#projectDir, file).split(path.sep).join("/"));
    const error = new BuildFailedError([...problems], files);
    const { configFile, initFile } = this.#files;
    const concernsAll = [configFile, initFile].some((file) => file !== undefined && broken.has(file));
    if (concernsAll || !this.#options.isPartial) throw error;
    return [error];
  }

  async #importErrors(index: IndexResult, dir: string): Promise<BuildError[]> {
    if (index.failures.length === 0) return [];
    const failures = await Promise.all(
      index.failures.map(async ({ file, reason }): Promise<ImportFailure> => {
        const found = index.unplaced.includes(file) ? await findUnparsable([file]) : undefined;
        const text = found === undefined ? reason : `${reason} (${found})`;
        return { file: this.#sourceName(file), reason: hidePaths(text, this.#projectDir, dir) };
      }),
    );
    return [new TaskIndexingImportError(failures)];
  }

  #exportedTasks({ file, tasks }: ImportedModule, dir: string): ExportedTask[] {
    return tasks.map((task) => this.#toExported(task, task.exportName, this.#sourceName(file, dir)));
  }

  /** Returns an unexported task when compiled code triggers it: unregistered, its runs would wait for ever. */
  #usedTask(task: UnexportedTask, dir: string): ExportedTask | undefined {
    for (const { name, contents } of this.#compiled.outputs) {
      if (!/\.[cm]js$/.test(name)) continue;
      const variable = findTriggeredVariable(new TextDecoder().decode(contents), task.id);
      if (variable !== undefined) return this.#toExported(task, variable, this.#sourceName(task.file, dir));
    }
    return undefined;
  }

  #toExported(
    { id, options, hasParser }: Omit<ImportedTask, "exportName">,
    exportName: string,
    filePath: string,
  ): ExportedTask {
    return { id, exportName, hasParser, filePath, options: isRecord(options) ? options : {} };
  }

  #folderWarnings(exported: readonly ExportedTask[]): string[] {
    const { dirs, missingDirs } = this.#files;
    const slashed = (dir: string) => path.relative(this.#projectDir, dir).split(path.sep).join("/");
    const empty = dirs.map(slashed).filter((dir) => !exported.some(({ filePath }) => isBelow(filePath, dir)));
    return [
      ...missingDirs.map((missing) => `The folder "${missing}", named in dirs, does not exist.`),
      ...empty.map((dir) => `The folder "${dir === "" ? "." : dir}" has no file that exports a task.`),
    ];
  }

  #outputOf(file: string | undefined): string | undefined {
    return file === undefined ? undefined : this.#compiled.entries.get(file);
  }

  /** Returns the name of a compiled file's source for messages. */
  #sourceName(compiled: string, dir?: string): string {
    const output = dir === undefined ? path.basename(compiled) : path.relative(dir, compiled);
    const source = [...this.#compiled.entries].find(([, name]) => name === output)?.[0];
    return source === undefined ? output : path.relative(this.#projectDir, source).split(path.sep).join("/");
  }
}

function isBelow(filePath: string, dir: string): boolean {
  return dir === "" || filePath.startsWith(`${dir}/`);
}

function throwIfAny(errors: readonly BuildError[]): void {
  const [first, ...others] = errors;
  if (first === undefined) return;
  throw others.length === 0 ? first : new TaskFilesInvalidError(errors);
}

function unexportedWarning(file: string, id: string): string {
  return `${file}: task "${id}" is not exported and nothing in its file triggers it, so it is not registered. Export it, under any name.`;
}

/** Removes the folders of the unfinished version and of the project from a message. Its reader does not need them. */
function hidePaths(reason: string, projectDir: string, dir: string): string {
  return [dir, projectDir].reduce(
    (text, hidden) =>
      text
        .replaceAll(`file://${hidden}/`, "")
        .replaceAll(hidden + path.sep, "")
        .replaceAll(hidden, "."),
    reason,
  );
}
