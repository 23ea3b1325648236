import { existsSync } from "node:fs";
import path from "node:path";
import type { Logger } from "pino";
import { type BuiltProject, buildVersion } from "../build/build-version.ts";
import type { BuiltVersion, EnvironmentRule } from "../build/manifest.ts";
import { taskEnvironment } from "../build/task-environment.ts";
import type { RunnerConfig } from "../config.ts";
import { changedEnvFiles, changedVariables, type EnvFiles, readEnvFiles } from "./env-files.ts";
import { digestTasks, type TaskDigests, taskChanges } from "./task-changes.ts";
import { type LeftOutFolders, type ProjectWatch, watchProject } from "./watch-project.ts";

/** Interval at which the existence of the compiled version is checked, in milliseconds. */
const versionCheckMs = 1_000;

/** Receives the versions and variables of a project. */
export interface ProjectFollower {
  /** Called for each further version. */
  onBuilt(built: BuiltVersion): void;
  /** Called when the variables that task code sees have changed. */
  onEnvironment(env: Readonly<Record<string, string>>): void;
}

/** Builds the files of a project: once, or while watching after each change. */
export class Project {
  /** Absolute. */
  readonly dir: string;
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  readonly #config: RunnerConfig;
  readonly #log: Logger;
  readonly #digests = new WeakMap<BuiltVersion, TaskDigests>();
  #watch: ProjectWatch | undefined;
  #follower: ProjectFollower | undefined;
  #envFiles: EnvFiles;
  #taskEnvironment: Readonly<Record<string, string>> = {};
  #built: BuiltVersion | undefined;
  #announced: BuiltVersion | undefined;
  readonly #editedFiles = new Set<string>();
  #isBuilding = false;
  #hasChanged = false;
  #isBroken = false;
  #versionTimer: NodeJS.Timeout | undefined;

  constructor(config: RunnerConfig, log: Logger) {
    this.dir = path.resolve(config.dir);
    this.environment = config.watch ? "DEVELOPMENT" : "PRODUCTION";
    this.#config = config;
    this.#log = log;
    this.#envFiles = this.#readEnvFiles();
  }

  /** Variables that task code sees: those of the runner and, in development, of the project's `.env` files. */
  get taskEnvironment(): Readonly<Record<string, string>> {
    return this.#taskEnvironment;
  }

  /** Builds the first version. While watching, waits until one can be built. */
  async build(): Promise<BuiltVersion> {
    if (this.#config.watch) return this.#buildAndWatch();
    const built = await this.#buildVersion();
    this.#taskEnvironment = taskEnvironment(this.#variables(), built.config.env);
    this.#warn(built.warnings);
    return built;
  }

  /** Sets the follower, which gets all further versions and variables. */
  follow(follower: ProjectFollower): void {
    this.#follower = follower;
  }

  /** Announces a version that the coordinator registered, through `onVersion` of the configuration. */
  announce(version: string, built: BuiltVersion): void {
    const [before, after] = [this.#announced, built].map((one) => one && this.#digests.get(one));
    const changes = before && after && taskChanges(before, after);
    const editedFiles = [...this.#editedFiles].sort();
    this.#announced = built;
    this.#editedFiles.clear();
    const tasks = built.tasks.map(({ definition: { id, filePath } }) => ({ id, filePath }));
    const rest = changes === undefined ? {} : { changes };
    this.#config.onVersion?.({ version, tasks, isPartial: this.#isBroken, editedFiles, ...rest });
  }

  /** Stops watching. */
  async close(): Promise<void> {
    clearInterval(this.#versionTimer);
    await this.#watch?.close();
  }

  async #buildAndWatch(): Promise<BuiltVersion> {
    const first = new Promise<BuiltVersion>((resolve) => {
      this.#follower = { onBuilt: resolve, onEnvironment: () => undefined };
    });
    this.#watch = await watchProject(
      { projectDir: this.dir, pollMs: this.#config.watchPollMs },
      {
        onChange: (files) => this.#onChange(files),
        onLeftOut: (folders) => this.#log.warn(this.#leftOutText(folders)),
      },
    );
    this.#versionTimer = setInterval(() => this.#restoreVersion(), versionCheckMs);
    this.#versionTimer.unref();
    void this.#rebuild();
    return first;
  }

  /** Compiles a deleted version again, because worker threads import from it. */
  #restoreVersion(): void {
    const isGone = this.#built !== undefined && !existsSync(this.#built.dir);
    // A broken project is built again after the next edit; its problems are reported once.
    if (isGone && !this.#isBroken && existsSync(this.dir)) void this.#rebuild();
  }

  #onChange(files: readonly string[]): void {
    for (const file of files) this.#editedFiles.add(this.#shown(file));
    void this.#rebuild();
  }

  async #rebuild(): Promise<void> {
    this.#hasChanged = true;
    if (this.#isBuilding) return;
    this.#isBuilding = true;
    while (this.#hasChanged) {
      this.#hasChanged = false;
      await this.#buildOnce();
    }
    this.#isBuilding = false;
  }

  async #buildOnce(): Promise<void> {
    const before = this.#envFiles;
    this.#envFiles = this.#readEnvFiles();
    // Before the build, which may take long or fail.
    if (this.#built !== undefined)
      this.#passEnvironment(this.#built.config.env, changedEnvFiles(before, this.#envFiles));
    this.#log.debug("build begins");
    try {
      const { broken, ...built } = await this.#buildVersion();
      this.#passEnvironment(built.config.env, []);
      const isMended = this.#isBroken && broken.length === 0;
      this.#tellProblems(broken, [...new Set(broken.flatMap(({ files }) => files))].sort());
      await this.#onVersion(built, isMended);
    } catch (error) {
      this.#log.debug({ err: error }, "task files not loaded");
      this.#tellProblems([error as Error], undefined);
    }
  }

  async #onVersion(built: BuiltVersion, isMended: boolean): Promise<void> {
    if (built.hash === this.#built?.hash) {
      if (this.#announced?.hash === built.hash) this.#editedFiles.clear();
      if (isMended) this.#config.onMended?.();
      return;
    }
    this.#built = built;
    this.#digests.set(built, await digestTasks(built));
    this.#warn(built.warnings);
    this.#follower?.onBuilt(built);
  }

  /** Reports the problems that a build found. */
  #tellProblems(problems: readonly Error[], leftOut: readonly string[] | undefined): void {
    this.#isBroken = problems.length > 0;
    this.#watch?.setBroken(this.#isBroken);
    if (this.#isBroken) this.#config.onProblems?.(problems, leftOut);
  }

  #buildVersion(): Promise<BuiltProject> {
    const { dir: projectDir, environment } = this;
    const isPartial = this.#config.watch === true;
    return buildVersion({ projectDir, environment, variables: this.#variables(), isPartial });
  }

  #variables(): NodeJS.ProcessEnv {
    return { ...this.#envFiles.variables, ...process.env };
  }

  #readEnvFiles(): EnvFiles {
    const read = this.environment === "DEVELOPMENT" ? readEnvFiles(this.dir) : noEnvFiles;
    this.#warn(read.warnings.filter((warning) => this.#envFiles?.warnings.includes(warning) !== true));
    return read;
  }

  #passEnvironment(rule: EnvironmentRule, changedFiles: readonly string[]): void {
    const before = this.#taskEnvironment;
    this.#taskEnvironment = taskEnvironment(this.#variables(), rule);
    const variables = changedVariables(before, this.#taskEnvironment);
    if (variables.length > 0) this.#follower?.onEnvironment(this.#taskEnvironment);
    if (changedFiles.length > 0) this.#config.onEnvironment?.({ files: changedFiles, variables });
  }

  #leftOutText({ code, folders }: LeftOutFolders): string {
    const [first = "", ...others] = folders.map((dir) => this.#shown(dir) || ".");
    const named = others.length === 0 ? `The folder ${first}` : `${first} and ${others.length} more folders`;
    return `${named} cannot be watched, so changes there are not seen: ${leftOutReason(code)}`;
  }

  #shown(file: string): string {
    return path.relative(this.dir, file).split(path.sep).join("/");
  }

  #warn(warnings: readonly string[]): void {
    for (const warning of warnings) this.#log.warn(warning);
  }
}

const noEnvFiles: EnvFiles = { variables: {}, texts: new Map(), warnings: [] };

function leftOutReason(code: string): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `this user may not read it (${code}).`;
    case "ENOSPC":
      return "the system's limit of file watches is reached (ENOSPC). Raise fs.inotify.max_user_watches, or use --poll.";
    case "EMFILE":
    case "ENFILE":
      return `the system's limit of watchers or open files is reached (${code}). Raise it, or use --poll.`;
    case "TOO_MANY_FOLDERS":
      return "the project has more folders than are watched. Start baton dev in the folder that has the tasks.";
    default:
      return `the system refuses it (${code}). Use --poll if its events do not work here.`;
  }
}
