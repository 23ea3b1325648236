import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Hook, HookTable, type LifeEnd, readHooks, withRegistered } from "@baton/sdk/lifecycle";
import { type RegisteredHook, type TaskRecord, taskKey } from "@baton/sdk/runtime";
import type { BuiltTask } from "../build/manifest.ts";
import { importFailure, loadFailure } from "./load-failure.ts";
import type { ThreadVersion } from "./thread-protocol.ts";

/** A task that this thread can execute. */
export interface LoadedTask {
  readonly version: ThreadVersion;
  readonly built: BuiltTask;
  readonly record: TaskRecord;
  /** The task's and the version's. */
  readonly hooks: HookTable;
}

/** Why there is no such task. */
export interface LoadFailure {
  readonly end: LifeEnd;
}

/** The versions that this thread was told and the tasks that it imported. */
export class TaskLoader {
  readonly #versions = new Map<string, LoadedVersion>();
  /** The version whose files are being imported. */
  #importing: LoadedVersion | undefined;

  /** Makes a version known. */
  addVersion(version: ThreadVersion): void {
    this.#versions.set(version.version, new LoadedVersion(version));
  }

  /** The task if it was imported before; costs nothing. */
  find(version: string, taskId: string): LoadedTask | undefined {
    return this.#versions.get(version)?.find(taskId);
  }

  /** A function was given to `tasks.*` while modules load: it is a global hook of the version that they belong to. */
  registerHook(hook: RegisteredHook): void {
    this.#importing?.registerHook(hook);
  }

  /** Imports what the task needs. Does not reject. One at a time, as a thread executes attempts. */
  async load(versionName: string, taskId: string): Promise<LoadedTask | LoadFailure> {
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
  readonly #tasks = new Map<string, LoadedTask>();
  #isPrepared = false;
  /** The configuration's come first, then those that `tasks.*` registered. */
  #configured: readonly Hook[] = [];
  #registered: readonly Hook[] = [];

  constructor(version: ThreadVersion) {
    this.#version = version;
  }

  find(taskId: string): LoadedTask | undefined {
    return this.#tasks.get(taskId);
  }

  registerHook(hook: RegisteredHook): void {
    this.#registered = withRegistered(this.#registered, hook);
    for (const [taskId, task] of this.#tasks) this.#tasks.set(taskId, this.#withHooks(task));
  }

  async load(taskId: string): Promise<LoadedTask | LoadFailure> {
    const version = this.#version;
    const built = version.tasks.find(({ definition }) => definition.id === taskId);
    if (built === undefined) return { end: notFound(version.version, taskId) };
    if (!this.#isPrepared) {
      const failure = await this.#prepare();
      if (failure !== undefined) return failure;
    }
    const file = built.definition.filePath;
    let exports: Readonly<Record<string, unknown>>;
    try {
      exports = await this.#import(built.bundleFile);
    } catch (error) {
      return { end: importFailure(file, error) };
    }
    const record = [exports[built.definition.exportName], ...Object.values(exports)]
      .map(findRecord)
      .find((candidate) => candidate?.id === taskId);
    if (record === undefined) {
      const message = `${file} was imported but exports no task with the id "${taskId}".`;
      return { end: loadFailure("COULD_NOT_FIND_EXECUTOR", message) };
    }
    const task = this.#withHooks({ version, built, record });
    this.#tasks.set(taskId, task);
    return task;
  }

  /** Imports `init` and the configuration, once. */
  async #prepare(): Promise<LoadFailure | undefined> {
    const { initBundleFile, configBundleFile, config } = this.#version;
    try {
      if (initBundleFile !== undefined) await this.#import(initBundleFile);
    } catch (error) {
      return { end: importFailure("The project's init file", error) };
    }
    try {
      if (configBundleFile !== undefined) {
        this.#configured = readHooks(configOf(await this.#import(configBundleFile)), config.hookParams);
      }
    } catch (error) {
      return { end: importFailure("The project's configuration", error) };
    }
    this.#isPrepared = true;
    return undefined;
  }

  async #import(bundleFile: string): Promise<Readonly<Record<string, unknown>>> {
    const file = pathToFileURL(path.join(this.#version.dir, bundleFile)).href;
    return (await import(file)) as Readonly<Record<string, unknown>>;
  }

  #withHooks(task: Omit<LoadedTask, "hooks">): LoadedTask {
    const own = readHooks(task.record.options, this.#version.config.hookParams);
    return { ...task, hooks: new HookTable([...this.#configured, ...this.#registered], own) };
  }
}

/** The configuration that a module exports: its default or `config`, with a `handleError` that is exported by itself. */
function configOf(exports: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const config = (exports.default ?? exports.config ?? {}) as Readonly<Record<string, unknown>>;
  const hasHandler = config.handleError !== undefined || config.catchError !== undefined;
  return hasHandler ? config : { ...config, handleError: exports.handleError };
}

function findRecord(exported: unknown): TaskRecord | undefined {
  if (exported === null || (typeof exported !== "object" && typeof exported !== "function")) return undefined;
  return (exported as { [taskKey]?: TaskRecord })[taskKey];
}

function notFound(version: string, taskId: string): LifeEnd {
  return loadFailure("COULD_NOT_FIND_TASK", `Version ${version} on this runner has no task "${taskId}".`);
}
