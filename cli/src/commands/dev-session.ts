import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { type RunningCoordinator, readCoordinatorConfig, startCoordinator } from "@baton/coordinator";
import { defaultAddress } from "@baton/proto/connection";
import { readRunnerConfig, startRunner } from "@baton/runner";
import type { LevelWithSilent, Logger } from "pino";
import {
  type ProjectFolder,
  prepareProjectFolder,
  projectFolder,
  readTextFile,
  writeProjectFiles,
} from "../client/project-folder.ts";
import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../show/failure.ts";
import { readableLog } from "../show/process-log.ts";
import { startOnFreePort } from "./dev-listen.ts";
import { DevScreen } from "./dev-screen.ts";
import { untilStopSignal } from "./stop-signal.ts";

/** The flags of `baton dev`. */
export interface DevFlags {
  /** Absent for the default address, or the next free port. */
  readonly listen?: string;
  readonly concurrency?: number;
  /** Milliseconds between looks at the files; absent when events of the file system report changes. */
  readonly pollMs?: number | undefined;
  readonly logLevel: LevelWithSilent;
  /** Whether to show the lines of tasks. */
  readonly logs: boolean;
}

/** Largest number of leftover runs that are counted. */
const countLimit = 100;
/** Milliseconds between checks that the project's `.baton` still exists. */
const folderCheckMs = 1_000;

/** Runs coordinator and runner of one project until a signal. Resolves when both have stopped. */
export async function runDev(projectDir: string, flags: DevFlags, context: CommandContext): Promise<void> {
  const { env, cwd } = context;
  const output = context.serviceOutput();
  const folder = projectFolder(projectDir);
  // This comes first, because it refuses a token in the environment, where task code could read it.
  const runnerConfig = readRunnerConfig(runnerFlags(projectDir, folder, flags), env);
  prepareProjectFolder(folder);
  const token = readTextFile(folder.tokenFile) ?? "";
  const screen = new DevScreen({ output, env, cwd, projectDir, pollMs: runnerConfig.watchPollMs });
  const log = readableLog(flags.logLevel, output);
  const stopSignal = untilStopSignal(context);
  const listen = flags.listen ?? (env.BATON_LISTEN || undefined);
  const { address, coordinator, stop } = await startEmbedded(folder, listen, context, log);
  let folderTimer: NodeJS.Timeout | undefined;
  try {
    writeProjectFiles(folder, address, token);
    folderTimer = setInterval(() => {
      if (restoreProjectFolder(folder, token, address)) screen.showFolderLost(folder.dir);
    }, folderCheckMs);
    screen.showAddress(address, folder.dir, listen === undefined ? defaultAddress : undefined);
    const cutOff = await coordinator.runs.list({ statuses: ["dequeued", "executing"] }, {}, countLimit);
    if (cutOff.length > 0) screen.showCutOff(cutOff.length, countLimit);
    coordinator.runs.onChanged((run) => screen.showRun(run));
    if (flags.logs) coordinator.logs.onStored((logs) => screen.showLogs(logs));
    const watched = {
      ...runnerConfig,
      coordinator: address,
      watch: true,
      onVersion: screen.showVersion.bind(screen),
      onProblems: screen.showProblems.bind(screen),
      onMended: screen.showMended.bind(screen),
      onEnvironment: screen.showEnvironment.bind(screen),
    };
    // The start waits until the files compile, and Ctrl-C must work meanwhile.
    const runner = await Promise.race([
      startRunner(watched, log.child({ name: "runner" })),
      stopSignal.then(() => null),
    ]);
    await stopSignal;
    screen.showDraining({ attemptCount: runner?.attemptCount() ?? 0, graceMs: runnerConfig.drainGraceMs });
    await runner?.stop();
  } finally {
    clearInterval(folderTimer);
    rmSync(folder.addressFile, { force: true });
    await stop();
  }
}

/**
 * Writes deleted files of `.baton` again, because the other commands look for them. Does nothing when the files belong to another
 * `baton dev`, or when the project is gone too. Returns whether a file was missing.
 */
function restoreProjectFolder(folder: ProjectFolder, token: string, address: string): boolean {
  const foundToken = readTextFile(folder.tokenFile);
  const foundAddress = readTextFile(folder.addressFile);
  if (foundToken !== undefined && foundAddress !== undefined) return false;
  if ((foundToken ?? token) !== token || (foundAddress ?? address) !== address) return false;
  if (!existsSync(dirname(folder.dir))) return false;
  try {
    writeProjectFiles(folder, address, token);
    return true;
  } catch {
    // The disk is full, or somebody is deleting the folder; the next check tries again.
    return false;
  }
}

function runnerFlags(
  projectDir: string,
  { tokenFile }: ProjectFolder,
  { concurrency, pollMs }: DevFlags,
): Record<string, unknown> {
  return { dir: projectDir, tokenFile, concurrency, overcommit: true, watchPollMs: pollMs };
}

async function startEmbedded(
  folder: ProjectFolder,
  listen: string | undefined,
  { env }: CommandContext,
  log: Logger,
): Promise<RunningCoordinator> {
  const { databaseFile, tokenFile } = folder;
  const start = (at: string): Promise<RunningCoordinator> => {
    const flags = { listen: at, store: `sqlite:${databaseFile}`, tokenFile, versionGraceMs: versionGraceMs(env) };
    const config = { ...readCoordinatorConfig(flags, env), servesOneProject: true, outlivesStoreFile: true };
    return startCoordinator(config, log.child({ name: "coordinator" }));
  };
  const starting = listen === undefined ? startOnFreePort(start) : start(listen);
  return starting.catch((error: unknown) => {
    throw isLocked(error) ? alreadyRunning(folder) : error;
  });
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "STORE_LOCKED";
}

function alreadyRunning({ addressFile, databaseFile }: ProjectFolder): CliError {
  const address = readTextFile(addressFile);
  const where = address === undefined ? "" : `, on ${address}`;
  return new CliError(
    "STORE_LOCKED",
    `A coordinator runs already for this project${where}: "${databaseFile}" is in use. Use that coordinator, or stop it first.`,
    { exitCode: exitCodes.failed },
  );
}

/** A change of a file makes a new version, and the old one never comes back, so a retry waits only briefly for its own version. */
function versionGraceMs(env: NodeJS.ProcessEnv): number | undefined {
  return env.BATON_VERSION_GRACE_MS === undefined ? 1_000 : undefined;
}
