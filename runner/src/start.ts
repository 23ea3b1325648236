import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseEnv } from "node:util";
import type { Logger } from "pino";
import { buildVersion } from "./build/build-version.ts";
import type { BuiltVersion } from "./build/manifest.ts";
import { taskEnvironment } from "./build/task-environment.ts";
import { type ProjectWatch, watchProject } from "./build/watch-project.ts";
import type { RunnerConfig } from "./config.ts";
import { connectCoordinator } from "./coordinator-client.ts";
import { CredentialInEnvironmentError, TokenFileUnreadableError } from "./errors.ts";
import { Runner } from "./runner.ts";

/** A runner that was started. */
export interface RunningRunner {
  readonly runnerId: string;
  /**
   * Resolves when the coordinator registered the project's version and took the runner on. Rejects when the coordinator
   * refuses the runner, for example for a wrong token; while none answers, it stays open and the runner goes on trying.
   */
  readonly ready: Promise<void>;
  /** Drains and ends everything; resolves when nothing is left. May come twice. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /** Attempts that have begun and not ended. */
  attemptCount(): number;
  /** The version that new runs get; undefined before the coordinator named it. */
  version(): string | undefined;
}

/**
 * Builds the project's tasks, starts a host and attaches to the coordinator.
 *
 * @throws BuildError when the task files cannot be built and `watch` is off. While watching, `onLoadError` is told
 * instead, and the runner waits for a change.
 * @throws {@link CredentialInEnvironmentError} when `BATON_TOKEN` is set.
 * @throws {@link TokenFileUnreadableError} when the token file cannot be used.
 */
export async function startRunner(config: RunnerConfig, log: Logger): Promise<RunningRunner> {
  if (process.env.BATON_TOKEN) throw new CredentialInEnvironmentError();
  const token = config.tokenFile === undefined ? undefined : await readToken(config.tokenFile);
  const project = new Project(config, log);
  const built = await project.build();
  const { coordinator, concurrency, cpu, memoryGb, overcommit, onVersion } = config;
  const { drainGraceMs, maxDurationGraceMs, stallTimeoutMs } = config;
  const runner = new Runner({
    client: connectCoordinator(coordinator, token),
    capacity: { concurrency, cpu, memoryGb, overcommit },
    environment: project.environment,
    cwd: project.dir,
    env: project.taskEnvironment(built),
    drainGraceMs,
    maxDurationGraceMs,
    stallTimeoutMs,
    onVersion,
    log,
  });
  runner.start(built);
  project.onBuilt = (next) => void runner.load(next).catch((err) => log.warn({ err }, "version not registered"));
  let stopping: Promise<void> | undefined;
  return {
    runnerId: runner.runnerId,
    ready: runner.ready,
    attemptCount: () => runner.attemptCount,
    version: () => runner.version,
    stop: (options) => {
      stopping ??= project.close().then(() => runner.stop(options?.graceMs));
      return stopping;
    },
  };
}

/** The project's files: built once, and while watching again after each change. */
class Project {
  readonly dir: string;
  readonly environment: "PRODUCTION" | "DEVELOPMENT";
  /** Told about each further version. */
  onBuilt: (built: BuiltVersion) => void = () => undefined;
  readonly #config: RunnerConfig;
  readonly #log: Logger;
  #watch: ProjectWatch | undefined;
  #isBuilding = false;
  #hasChanged = false;
  #hash: string | undefined;
  #isBroken = false;
  #onFirst: ((built: BuiltVersion) => void) | undefined;

  constructor(config: RunnerConfig, log: Logger) {
    this.dir = path.resolve(config.dir);
    this.environment = config.watch ? "DEVELOPMENT" : "PRODUCTION";
    this.#config = config;
    this.#log = log;
  }

  /** The first version. While watching, one that fails is waited for. */
  async build(): Promise<BuiltVersion> {
    const { dir: projectDir, environment } = this;
    if (!this.#config.watch) {
      const built = await buildVersion({ projectDir, environment, variables: this.#variables() });
      this.#warn(built);
      return built;
    }
    const first = new Promise<BuiltVersion>((resolve) => {
      this.#onFirst = resolve;
    });
    this.#watch = watchProject({ projectDir }, () => void this.#rebuild());
    void this.#rebuild();
    return first;
  }

  /** Variables that task code sees: the runner's and, in development, those of the project's `.env`. */
  taskEnvironment(built: BuiltVersion): Record<string, string> {
    return taskEnvironment(this.#variables(), built.config.env);
  }

  #variables(): NodeJS.ProcessEnv {
    const own = this.environment === "DEVELOPMENT" ? readEnvFile(path.join(this.dir, ".env")) : {};
    return { ...own, ...process.env };
  }

  /** Stops watching. */
  async close(): Promise<void> {
    await this.#watch?.close();
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
    try {
      const built = await buildVersion({
        projectDir: this.dir,
        environment: this.environment,
        variables: this.#variables(),
      });
      const isMended = this.#isBroken;
      this.#isBroken = false;
      if (built.hash === this.#hash) {
        if (isMended) this.#config.onMended?.();
        return;
      }
      this.#hash = built.hash;
      this.#warn(built);
      if (this.#onFirst === undefined) this.onBuilt(built);
      else this.#onFirst(built);
      this.#onFirst = undefined;
    } catch (error) {
      this.#isBroken = true;
      this.#log.debug({ err: error }, "task files not loaded");
      this.#config.onLoadError?.(error as Error);
    }
  }

  #warn(built: BuiltVersion): void {
    for (const warning of built.warnings) this.#log.warn(warning);
  }
}

async function readToken(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new TokenFileUnreadableError(file, (error as Error).message, error);
  }
  const token = text.trim();
  if (token === "") throw new TokenFileUnreadableError(file, "it is empty.");
  return token;
}

function readEnvFile(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
