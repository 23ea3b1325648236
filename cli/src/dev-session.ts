import { rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { type RunLogs, type RunningCoordinator, readCoordinatorConfig, startCoordinator } from "@baton/coordinator";
import { type RunnerConfig, readRunnerConfig, startRunner } from "@baton/runner";
import type { LevelWithSilent, Logger } from "pino";
import type { CommandContext } from "./command-context.ts";
import { newsFilter, runChangeFromCore } from "./dev-events.ts";
import { drainText } from "./drain-text.ts";
import { eventLine } from "./event-line.ts";
import { CliError, exitCodes } from "./failure.ts";
import { logLine } from "./log-line.ts";
import type { Output } from "./output.ts";
import { readableLog } from "./process-log.ts";
import { type ProjectFolder, prepareProjectFolder, projectFolder, readTextFile } from "./project-folder.ts";
import { untilStopSignal } from "./stop-signal.ts";

const noTasksHint =
  'Tasks are exported from files in a folder named "trigger", or in those that dirs in baton.config.ts names. ' +
  '"baton init" makes a first one.';

/** The flags of `baton dev`. */
export interface DevFlags {
  readonly listen: string;
  readonly concurrency?: number;
  readonly logLevel: LevelWithSilent;
  /** Is shown what tasks print? */
  readonly logs: boolean;
}

/** Coordinator and runner of one project, until a signal. Resolves when both have stopped. */
export async function runDev(projectDir: string, flags: DevFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  const folder = projectFolder(projectDir);
  // Read first, because it refuses a token in the environment, where the code of tasks could read it.
  const runnerConfig = readRunnerConfig(runnerFlags(projectDir, folder, flags), context.env);
  prepareProjectFolder(folder);
  const log = readableLog(flags.logLevel, output);
  const stopSignal = untilStopSignal(context);
  const { address, coordinator, stop } = await startEmbedded(folder, flags, context, log);
  try {
    output.print(`coordinator on ${address}, data and token in ${relative(context.cwd, folder.dir)}`);
    await sayCutOff(coordinator, output);
    const isNews = newsFilter();
    coordinator.onRunChanged((run) => isNews(run) && output.print(eventLine(runChangeFromCore(run), output)));
    if (flags.logs) coordinator.onLogsStored((logs) => output.print(linesOf(logs, output)));
    const watched = { ...runnerConfig, coordinator: address, watch: true, ...announcements(output) };
    // It waits for files that compile, and Ctrl-C must work meanwhile.
    const runner = await Promise.race([
      startRunner(watched, log.child({ name: "runner" })),
      stopSignal.then(() => null),
    ]);
    await stopSignal;
    output.note(drainText({ attemptCount: runner?.attemptCount() ?? 0, graceMs: runnerConfig.drainGraceMs }));
    await runner?.stop();
  } finally {
    rmSync(folder.addressFile, { force: true });
    await stop();
  }
}

/** A process that was killed leaves runs that nothing is heard of until their lease ends. */
async function sayCutOff(coordinator: RunningCoordinator["coordinator"], output: Output): Promise<void> {
  const limit = 100;
  const { length } = await coordinator.listRuns({ statuses: ["dequeued", "executing"] }, {}, limit);
  if (length === 0) return;
  const runs = length === 1 ? "1 run was" : `${length < limit ? length : `at least ${limit}`} runs were`;
  output.print(
    `${runs} under way when this ended last; what ran starts again when its lease ends, after 10 s by default`,
  );
}

/** In one piece, because what a task prints in a loop may come as thousands of lines. */
function linesOf(logs: readonly RunLogs[], output: Output): string {
  return logs.flatMap(({ runId, entries }) => entries.map((entry) => logLine(entry, output, "out", runId))).join("\n");
}

function runnerFlags(
  projectDir: string,
  { tokenFile }: ProjectFolder,
  { concurrency }: DevFlags,
): Record<string, unknown> {
  return { dir: projectDir, tokenFile, concurrency, overcommit: true };
}

async function startEmbedded(
  folder: ProjectFolder,
  { listen }: DevFlags,
  { env }: CommandContext,
  log: Logger,
): Promise<RunningCoordinator> {
  const { databaseFile, tokenFile } = folder;
  const flags = { listen, store: `sqlite:${databaseFile}`, tokenFile, versionGraceMs: versionGraceMs(env) };
  const config = { ...readCoordinatorConfig(flags, env), servesOneProject: true };
  const running = await startCoordinator(config, log.child({ name: "coordinator" })).catch((error: unknown) => {
    throw isLocked(error) ? alreadyRunning(folder) : error;
  });
  writeFileSync(folder.addressFile, `${running.address}\n`);
  return running;
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "STORE_LOCKED";
}

function alreadyRunning({ addressFile, databaseFile }: ProjectFolder): CliError {
  const address = readTextFile(addressFile);
  const where = address === undefined ? "" : `, on ${address}`;
  return new CliError(
    "STORE_LOCKED",
    `A coordinator runs already for this project${where}: "${databaseFile}" is in use. Use that one, or stop it first.`,
    { exitCode: exitCodes.failed },
  );
}

/** Versions come with every change of a file and never come back, so a retry need not wait long for its own. */
function versionGraceMs(env: NodeJS.ProcessEnv): number | undefined {
  return env.BATON_VERSION_GRACE_MS === undefined ? 1_000 : undefined;
}

function announcements(output: Output): Required<Pick<RunnerConfig, "onVersion" | "onLoadError" | "onMended">> {
  return {
    onVersion: ({ version, tasks }) => {
      output.print(`version ${version} with ${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`);
      if (tasks.length === 0) output.note(noTasksHint);
      for (const { id, filePath } of tasks) output.print(`  ${id}  ${output.paint("dim", filePath)}`);
    },
    onLoadError: (error) => {
      output.note(`${output.paint("red", "error:", "err")} ${error.message}`);
      output.note("The tasks that were loaded before stay. They are loaded again when a file changes.");
    },
    onMended: () => output.note("The files can be loaded again; nothing else changed, so the tasks stay as they are."),
  };
}
