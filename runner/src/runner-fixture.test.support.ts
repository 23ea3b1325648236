import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ownQueueOf } from "@baton/proto/contract/task-definition";
import { pino } from "pino";
import type { BuiltVersion, ResolvedConfig } from "./build/manifest.ts";
import { connectCoordinator } from "./coordinator/coordinator-client.ts";
import { FakeCoordinator } from "./coordinator/fake-coordinator.test.support.ts";
import { Runner } from "./runner.ts";

/** A runner with a real host and real threads, attached to a fake coordinator. */
export interface RunnerFixture extends AsyncDisposable {
  readonly runner: Runner;
  readonly coordinator: FakeCoordinator;
  readonly dir: string;
}

/** Options of a fixture. */
export interface FixtureOptions {
  readonly concurrency?: number;
  readonly memoryGb?: number;
  readonly overcommit?: boolean;
  readonly maxDurationGraceMs?: number;
  readonly stallTimeoutMs?: number;
  readonly config?: Partial<ResolvedConfig>;
  /** Whether each task gets its own file. @defaultValue false */
  readonly separateFiles?: boolean;
  readonly environment?: "PRODUCTION" | "DEVELOPMENT";
}

const config: ResolvedConfig = {
  project: "demo",
  env: {},
  loadTimeoutMs: 30_000,
  logLevel: "info",
  enableConsoleLogging: false,
  disableConsoleInterceptor: false,
  maxAttemptsPerThread: 10_000,
  retriesEnabledInDev: true,
  hookParams: "positional",
};

/**
 * Makes a version whose tasks are exports of one file, or of one file each. `tasks`: source text of `run` by task id.
 */
export function makeVersion(dir: string, tasks: Record<string, string>, options: FixtureOptions = {}): BuiltVersion {
  const exports = Object.entries(tasks).map(
    ([id, run]) => `export const ${id} = { [Symbol.for("baton.task.v1")]: { id: "${id}", run: ${run}, options: {} } };`,
  );
  const bundleFile = `tasks-${Object.keys(tasks).join("-")}.mjs`.slice(0, 100);
  const fileOf = (id: string) => (options.separateFiles ? `task-${id}.mjs` : bundleFile);
  for (const [at, id] of Object.keys(tasks).entries()) {
    writeFileSync(path.join(dir, fileOf(id)), options.separateFiles ? (exports[at] ?? "") : exports.join("\n"));
  }
  return {
    hash: bundleFile,
    dir,
    warnings: [],
    config: { ...config, ...options.config },
    tasks: Object.keys(tasks).map((id) => ({
      bundleFile: fileOf(id),
      definition: {
        id,
        filePath: "src/trigger/tasks.ts",
        exportName: id,
        queue: ownQueueOf(id),
        machine: "small-1x" as const,
        retry: { maxAttempts: 3, factor: 2, minTimeoutMs: 1000, maxTimeoutMs: 60_000, randomize: false },
      },
    })),
  };
}

/**
 * Starts a coordinator and a runner, and waits until the runner is attached. `tasks`: source text of `run` by task id.
 */
export async function startFixture(
  tasks: Record<string, string>,
  options: FixtureOptions = {},
): Promise<RunnerFixture> {
  const dir = mkdtempSync(path.join(tmpdir(), "baton-runner-"));
  const coordinator = await new FakeCoordinator().start();
  const runner = new Runner({
    client: connectCoordinator(coordinator.address, undefined),
    capacity: {
      concurrency: options.concurrency ?? 4,
      cpu: 2,
      memoryGb: options.memoryGb ?? 8,
      overcommit: options.overcommit ?? false,
    },
    environment: options.environment ?? "PRODUCTION",
    cwd: dir,
    env: { PATH: process.env.PATH ?? "", VISIBLE: "yes" },
    drainGraceMs: 5_000,
    maxDurationGraceMs: options.maxDurationGraceMs ?? 0,
    stallTimeoutMs: options.stallTimeoutMs,
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? "silent" }),
  });
  runner.start(makeVersion(dir, tasks, options));
  await runner.ready;
  return {
    runner,
    coordinator,
    dir,
    [Symbol.asyncDispose]: async () => {
      await runner.stop(0);
      coordinator.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
