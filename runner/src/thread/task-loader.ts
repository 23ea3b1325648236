import path from "node:path";
import { type Hook, HookTable, type LifeEnd, readHooks, withRegistered } from "@baton/sdk/lifecycle";
import type { RegisteredHook, TaskRecord } from "@baton/sdk/runtime";
import type { BuiltTask } from "../build/manifest.ts";
import { importFailure, loadFailure } from "./load-failure.ts";
import { findExported, loadExports, type ModuleExports, readConfigExports } from "./module-exports.ts";
import { isTask, recordOf } from "./task-record.ts";
import type { ThreadVersion } from "./thread-protocol.ts";

/** A task that this thread can execute. */
export interface LoadedTask {
  readonly version: ThreadVersion;
  readonly built: BuiltTask;
  readonly record: TaskRecord;
  /** The hooks of the task and of its version. */
  readonly hooks: HookTable;
}

/** The end of an attempt whose task could not be loaded. */
export interface LoadFailure {
  readonly end: LifeEnd;
}

/** The task could not be loaded because the process has too many open files. */
export interface HostFault {
  readonly isHostFault: true;
}

/** The versions that this thread knows and the tasks that it imported. */
export class TaskLoader {
  readonly #versions = new Map<string, LoadedVersion>();
  /** The version whose files are being imported. */
  #importing: LoadedVersion | undefined;

  #importCount = 0;

  /** Number of files imported so far. */
  get importCount(): number {
    return this.#importCount;
  }

  /** Adds a version. */
  addVersion(version: ThreadVersion): void {
    this.#versions.set(
      version.version,
      new LoadedVersion(version, () => {
        this.#importCount += 1;
      }),
    );
  }

  /** Returns the task if it was already loaded. Imports nothing. */
  find(version: string, taskId: string): LoadedTask | undefined {
    return this.#versions.get(version)?.find(taskId);
  }

  /** Registers a function that a loading module passed to `tasks.*` as a global hook of the module's version. */
  registerHook(hook: RegisteredHook): void {
    this.#importing?.registerHook(hook);
  }

  /** Adds a task that a loading module defined to the module's version. */
  taskDefined(task: object): void {
    this.#importing?.taskDefined(task);
  }

  /**
   * Imports the task's files. Never rejects. Must not be called again before it settles; a thread executes one attempt
   * at a time.
   */
  async load(versionName: string, taskId: string): Promise<LoadedTask | LoadFailure | HostFault> {
    const version = this.#versions.get(versionName);
    if (version === undefined) return { end: notFound(versionName, taskId) };
    this.#importing = version;
    try {
      return await version.load(taskId);
    } finally {
      this.#importing = undefined;
    }
  }
}

/** One version in one thread: its global hooks and the tasks that were imported. */
class LoadedVersion {
  readonly #version: ThreadVersion;
  readonly #built: ReadonlyMap<string, BuiltTask>;
  readonly #tasks = new Map<string, LoadedTask>();
  /** The tasks that each imported file exports, by id. A file's exports are read once. */
  readonly #exported = new Map<string, ReadonlyMap<string, TaskRecord>>();
  /** Tasks defined during imports, by id; a task that only other tasks use need not be exported. */
  readonly #defined = new Map<string, TaskRecord>();
  #isPrepared = false;
  /** Hooks of the configuration, which come before those that `tasks.*` registered. */
  #configured: readonly Hook[] = [];
  #registered: readonly Hook[] = [];

  readonly #onImport: () => void;

  constructor(version: ThreadVersion, onImport: () => void) {
    this.#version = version;
    this.#onImport = onImport;
    this.#built = new Map(version.tasks.map((task) => [task.definition.id, task]));
  }

  find(taskId: string): LoadedTask | undefined {
    return this.#tasks.get(taskId);
  }

  registerHook(hook: RegisteredHook): void {
    this.#registered = withRegistered(this.#registered, hook);
    for (const [taskId, task] of this.#tasks) this.#tasks.set(taskId, this.#withHooks(task));
  }

  taskDefined(task: object): void {
    if (isTask(task)) this.#defined.set(recordOf(task).id, recordOf(task));
  }

  async load(taskId: string): Promise<LoadedTask | LoadFailure | HostFault> {
    const version = this.#version;
    const built = this.#built.get(taskId);
    if (built === undefined) return { end: notFound(version.version, taskId) };
    if (!this.#isPrepared) {
      const failure = await this.#prepare();
      if (failure !== undefined) return failure;
    }
    const file = built.definition.filePath;
    let record: TaskRecord | undefined;
    try {
      record = (await this.#exportedBy(built.bundleFile)).get(taskId) ?? this.#defined.get(taskId);
    } catch (error) {
      return failureOf(file, error);
    }
    if (record === undefined) {
      const message = `${file} was imported but has no task with the id "${taskId}".`;
      return { end: loadFailure("COULD_NOT_FIND_EXECUTOR", message) };
    }
    const task = this.#withHooks({ version, built, record });
    this.#tasks.set(taskId, task);
    return task;
  }

  /** Imports `init` and the configuration, once. */
  async #prepare(): Promise<LoadFailure | HostFault | undefined> {
    const { initBundleFile, configBundleFile, config } = this.#version;
    try {
      if (initBundleFile !== undefined) await this.#exportedBy(initBundleFile);
    } catch (error) {
      return failureOf("The project's init file", error);
    }
    try {
      if (configBundleFile !== undefined) {
        this.#configured = readHooks(configOf(await this.#import(configBundleFile)), config.hookParams);
      }
    } catch (error) {
      return failureOf("The project's configuration", error);
    }
    this.#isPrepared = true;
    return undefined;
  }

  async #exportedBy(bundleFile: string): Promise<ReadonlyMap<string, TaskRecord>> {
    const known = this.#exported.get(bundleFile);
    if (known !== undefined) return known;
    const exports = await this.#import(bundleFile);
    const records = findExported(exports, isTask).map(([, task]) => recordOf(task));
    const tasks = new Map(records.map((record) => [record.id, record]));
    this.#exported.set(bundleFile, tasks);
    return tasks;
  }

  async #import(bundleFile: string): Promise<ModuleExports> {
    this.#onImport();
    return await loadExports(path.join(this.#version.dir, bundleFile));
  }

  #withHooks(task: Omit<LoadedTask, "hooks">): LoadedTask {
    const own = readHooks(task.record.options, this.#version.config.hookParams);
    return { ...task, hooks: new HookTable([...this.#configured, ...this.#registered], own) };
  }
}

function failureOf(file: string, thrown: unknown): LoadFailure | HostFault {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  return code === "EMFILE" || code === "ENFILE" ? { isHostFault: true } : { end: importFailure(file, thrown) };
}

/** Returns the configuration that a module exports, with a separately exported `handleError` merged in. */
function configOf(exports: ModuleExports): Readonly<Record<string, unknown>> {
  const { default: byDefault, config: named, handleError } = readConfigExports(exports);
  const config = (byDefault ?? named ?? {}) as Readonly<Record<string, unknown>>;
  const hasHandler = config.handleError !== undefined || config.catchError !== undefined;
  return hasHandler ? config : { ...config, handleError };
}

function notFound(version: string, taskId: string): LifeEnd {
  return loadFailure("COULD_NOT_FIND_TASK", `Version ${version} on this runner has no task "${taskId}".`);
}
