import path from "node:path";
import { pathToFileURL } from "node:url";
import { describeThrown } from "@baton/sdk/lifecycle";
import { type TaskRecord, taskKey } from "@baton/sdk/runtime";
import type { BuiltTask } from "../build/manifest.ts";
import { type AttemptEnd, internalFailure } from "../outcome.ts";
import type { ThreadVersion } from "./thread-protocol.ts";

/** A task that this thread can execute. */
export interface LoadedTask {
  readonly version: ThreadVersion;
  readonly built: BuiltTask;
  readonly run: TaskRecord["run"];
}

/** Why there is no such task; the attempt ends with `end`. */
export interface LoadFailure {
  readonly end: AttemptEnd;
}

/** The versions that this thread was told and the tasks that it imported. */
export class TaskLoader {
  readonly #versions = new Map<string, ThreadVersion>();
  readonly #loaded = new Map<string, Map<string, LoadedTask>>();

  /** Makes a version known. */
  addVersion(version: ThreadVersion): void {
    this.#versions.set(version.version, version);
    this.#loaded.set(version.version, new Map());
  }

  /** The task if it was imported before; costs nothing. */
  find(version: string, taskId: string): LoadedTask | undefined {
    return this.#loaded.get(version)?.get(taskId);
  }

  /** Imports the task's file. Does not reject. */
  async load(versionName: string, taskId: string): Promise<LoadedTask | LoadFailure> {
    const version = this.#versions.get(versionName);
    const built = version?.tasks.find(({ definition }) => definition.id === taskId);
    if (version === undefined || built === undefined) {
      return failure("COULD_NOT_FIND_TASK", `Version ${versionName} on this runner has no task "${taskId}".`);
    }
    const file = built.definition.filePath;
    let exports: Record<string, unknown>;
    try {
      exports = (await import(pathToFileURL(path.join(version.dir, built.bundleFile)).href)) as Record<string, unknown>;
    } catch (error) {
      const { message, stackTrace } = describeThrown(error);
      return failure("COULD_NOT_IMPORT_TASK", `${file} could not be imported. ${message}`, stackTrace);
    }
    const record = [exports[built.definition.exportName], ...Object.values(exports)]
      .map(findRecord)
      .find((candidate) => candidate?.id === taskId);
    if (record === undefined) {
      return failure("COULD_NOT_FIND_EXECUTOR", `${file} was imported but exports no task with the id "${taskId}".`);
    }
    const task: LoadedTask = { version, built, run: record.run };
    this.#loaded.get(versionName)?.set(taskId, task);
    return task;
  }
}

function findRecord(exported: unknown): TaskRecord | undefined {
  if (exported === null || (typeof exported !== "object" && typeof exported !== "function")) return undefined;
  return (exported as { [taskKey]?: TaskRecord })[taskKey];
}

function failure(
  code: "COULD_NOT_FIND_TASK" | "COULD_NOT_IMPORT_TASK" | "COULD_NOT_FIND_EXECUTOR",
  message: string,
  stackTrace?: string,
): LoadFailure {
  const end = internalFailure(code, message, { type: "final", status: "systemFailure" });
  if (stackTrace === undefined || end.type !== "failed" || end.error.type !== "internal") return { end };
  return { end: { ...end, error: { ...end.error, stackTrace } } };
}
