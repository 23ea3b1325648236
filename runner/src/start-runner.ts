import { readTokenFile } from "@baton/proto/connection";
import type { Logger } from "pino";
import type { RunnerConfig } from "./config.ts";
import { connectCoordinator } from "./coordinator/coordinator-client.ts";
import { CredentialInEnvironmentError } from "./errors.ts";
import { Project } from "./project/project.ts";
import { Runner } from "./runner.ts";

/** A started runner. */
export interface RunningRunner {
  readonly runnerId: string;
  /**
   * Resolves when the coordinator has registered the project's version and accepted the runner. Rejects when the
   * coordinator refuses the runner, for example because of a wrong token. While no coordinator answers, it stays
   * pending and the runner goes on trying.
   */
  readonly ready: Promise<void>;
  /** Drains and stops the runner. Resolves when everything has ended. May be called twice. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /** Returns the number of attempts that have begun and not ended. */
  attemptCount(): number;
  /** Returns the version for new runs; undefined before the coordinator named it. */
  version(): string | undefined;
}

/**
 * Builds the project's tasks, starts a host and attaches to the coordinator.
 *
 * @throws BuildError when the task files cannot be built and `watch` is off. While watching, `onProblems` is called
 * instead, and the runner waits for a change.
 * @throws {@link CredentialInEnvironmentError} when `BATON_TOKEN` is set.
 * @throws TokenError when the token file cannot be used.
 */
export async function startRunner(config: RunnerConfig, log: Logger): Promise<RunningRunner> {
  if (process.env.BATON_TOKEN) throw new CredentialInEnvironmentError();
  const { tokenFile } = config;
  const client = connectCoordinator(
    config.coordinator,
    tokenFile === undefined ? undefined : () => readTokenFile(tokenFile),
  );
  const project = new Project(config, log);
  const built = await project.build();
  const { concurrency, cpu, memoryGb, overcommit } = config;
  const { drainGraceMs, maxDurationGraceMs, stallTimeoutMs } = config;
  const runner = new Runner({
    client,
    capacity: { concurrency, cpu, memoryGb, overcommit },
    environment: project.environment,
    cwd: project.dir,
    env: project.taskEnvironment,
    drainGraceMs,
    maxDurationGraceMs,
    stallTimeoutMs,
    onVersion: (version, registered) => project.announce(version, registered),
    log,
  });
  runner.start(built);
  project.follow({
    onBuilt: (next) => void runner.load(next).catch((err) => log.warn({ err }, "version not registered")),
    onEnvironment: (env) => runner.setEnvironment(env),
  });
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
