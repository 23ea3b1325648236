import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ImportFailure } from "../build-error.ts";
import type { EnvironmentRule } from "../manifest.ts";
import { taskEnvironment } from "../task-environment.ts";
import type { ImportedModule, ImportRequest, UnexportedTask } from "./index-protocol.ts";
import { readIndexReport } from "./index-report.ts";

/** Limits the heap that all files of a project use together while they are imported, in MB. */
export const indexHeapMb = 512;

/** Names the files to import. */
export interface IndexRequest {
  /** Absolute paths of compiled files in one folder. */
  readonly files: readonly string[];
  /** The one of the files that is not a task file. */
  readonly configFile?: string | undefined;
  /** Whether the exports of `configFile` are reported. */
  readonly readsConfig?: boolean;
  readonly env: EnvironmentRule;
  /** For all files together. */
  readonly timeoutMs: number;
}

/** The result of an import. Files are named as in the request. */
export interface IndexResult {
  readonly modules: readonly ImportedModule[];
  readonly failures: readonly ImportFailure[];
  readonly unexported: readonly UnexportedTask[];
  /** Files that were not tried, because an earlier one ended the process or never finished loading. */
  readonly untried: readonly string[];
  /** Files that failed with a syntax error whose place Node.js does not name. */
  readonly unplaced: readonly string[];
}

/**
 * A disposable process that imports a project's files and reports their exports. It has no credential and gets the same
 * environment variables as tasks. It handles one request at a time.
 */
export class Indexer {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  /** Starts the process, so that it is ready when the first request comes. */
  constructor(projectDir: string, variables: NodeJS.ProcessEnv) {
    this.#child = fork(fileURLToPath(import.meta.resolve("@baton/runner/internal/build/index/index-main")), {
      cwd: projectDir,
      env: taskEnvironment(variables, {}),
      execArgv: [],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "advanced",
      // A process group of its own, so that processes which the files start end with it.
      detached: true,
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.once("error", () => resolve());
    });
  }

  /** Imports the files in order. Never rejects because of their code. */
  async index({ files, configFile, readsConfig, env, timeoutMs }: IndexRequest): Promise<IndexResult> {
    const modules: ImportedModule[] = [];
    const failures = new Map<string, ImportFailure>();
    const unplaced: string[] = [];
    let untried: readonly string[] = [];
    if (files.length === 0) return { modules, failures: [], unexported: [], untried, unplaced };
    let current = files[0] ?? "";
    const fail = (file: string, reason: string) => failures.set(file, failures.get(file) ?? { file, reason });
    const endAt = (file: string, reason: string) => {
      fail(file, reason);
      untried = files.slice(files.indexOf(file) + 1);
    };

    const unexported = await new Promise<readonly UnexportedTask[]>((resolve) => {
      const child = this.#child;
      const finish = (found: readonly UnexportedTask[]) => {
        clearTimeout(timer);
        child.off("message", onReport);
        child.off("exit", onExit);
        child.off("error", onError);
        resolve(found);
      };
      const onReport = (sent: unknown) => {
        const report = readIndexReport(sent);
        if (report === undefined) {
          endAt(current, "it sends messages of its own to the process that imports it");
          this.#kill();
          finish([]);
        } else if (report.type === "importing") current = report.file;
        else if (report.type === "imported") modules.push(report.module);
        else if (report.type === "failed") {
          fail(report.file, report.reason);
          if (report.isUnplaced) unplaced.push(report.file);
        } else if (report.type === "ended") {
          endAt(current, report.reason);
          finish([]);
        } else if (report.type === "done") finish(report.unexported);
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
        endAt(current, `it ends its process (${signal ?? `exit code ${code}`}) while it is imported`);
        finish([]);
      };
      const onError = (error: Error) => {
        fail(current, `the process that imports it could not be started: ${error.message}`);
        finish([]);
      };
      const timer = setTimeout(() => {
        endAt(current, `it has not finished loading after ${timeoutMs / 1_000} s`);
        this.#kill();
        finish([]);
      }, timeoutMs);
      child.on("message", onReport);
      child.on("exit", onExit);
      child.on("error", onError);
      const request: ImportRequest = { files, configFile, readsConfig, env, heapMb: indexHeapMb };
      if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
      else child.send(request, (error) => error !== null && onError(error));
    });
    return {
      modules: modules.filter(({ file }) => !failures.has(file)),
      failures: [...failures.values()],
      unexported: unexported.filter(({ file }) => !failures.has(file)),
      untried,
      unplaced,
    };
  }

  /** Ends the process and the processes that it started. May be called twice. */
  async stop(): Promise<void> {
    this.#kill();
    await this.#exited;
  }

  #kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      this.#child.kill("SIGKILL");
    }
  }
}
