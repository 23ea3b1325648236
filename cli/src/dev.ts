import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { type RunningCoordinator, readCoordinatorConfig, startCoordinator } from "@baton/coordinator";
import { type RunnerConfig, readRunnerConfig, startRunner } from "@baton/runner";
import { Command } from "commander";
import type { LevelWithSilent, Logger } from "pino";
import { examplesText } from "./client-command.ts";
import type { CommandContext } from "./command-context.ts";
import { defaultAddress } from "./connection-options.ts";
import { runChangeFromCore } from "./dev-events.ts";
import { eventLine } from "./event-line.ts";
import { CliError } from "./failure.ts";
import type { Output } from "./output.ts";
import { parseLogLevel, readableLog } from "./process-log.ts";
import { type ProjectFolder, prepareProjectFolder, projectFolder } from "./project-folder.ts";
import { untilStopSignal } from "./stop-signal.ts";
import { parseInteger } from "./trigger-item.ts";

interface Flags {
  readonly listen: string;
  readonly concurrency?: number;
  readonly logLevel: LevelWithSilent;
}

/** `baton dev [dir]` */
export function devCommand(context: CommandContext): Command {
  return new Command("dev")
    .description(
      "Runs a coordinator and a runner for a project on this computer, and reloads its tasks when they change.",
    )
    .argument("[dir]", "the project's folder", ".")
    .option("--listen <host:port>", "where to listen; port 0 takes a free one", defaultAddress)
    .option(
      "--concurrency <count>",
      "worker threads (default: 8 for each core, fewer when memory is short)",
      parseInteger,
    )
    .option("--log-level <level>", "what coordinator and runner say about themselves", parseLogLevel, "warn")
    .addHelpText(
      "after",
      `${examplesText("baton dev", "baton dev examples --listen 127.0.0.1:0")}\nIts database, token and address are in .baton of that folder, where the other commands and the SDK find them.\n`,
    )
    .action(async (dir: string, flags: Flags) => {
      const projectDir = resolve(context.cwd, dir);
      if (!existsSync(projectDir) || !statSync(projectDir).isDirectory()) {
        throw new CliError("PROJECT_UNREADABLE", `"${projectDir}" must be a folder, and it is not one.`);
      }
      await runDev(projectDir, flags, context);
    });
}

async function runDev(projectDir: string, flags: Flags, context: CommandContext): Promise<void> {
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
    coordinator.onRunChanged((run) => output.print(eventLine(runChangeFromCore(run), output)));
    const watched = { ...runnerConfig, coordinator: address, watch: true, ...announcements(output) };
    const runner = await startRunner(watched, log.child({ name: "runner" }));
    await stopSignal;
    output.note("Draining: attempts that run may end. Ctrl-C again stops at once.");
    await runner.stop();
  } finally {
    rmSync(folder.addressFile, { force: true });
    await stop();
  }
}

function runnerFlags(
  projectDir: string,
  { tokenFile }: ProjectFolder,
  { concurrency }: Flags,
): Record<string, unknown> {
  return { dir: projectDir, tokenFile, concurrency, overcommit: true };
}

async function startEmbedded(
  folder: ProjectFolder,
  { listen }: Flags,
  { env }: CommandContext,
  log: Logger,
): Promise<RunningCoordinator> {
  const { databaseFile, tokenFile } = folder;
  const config = readCoordinatorConfig({ listen, store: `sqlite:${databaseFile}`, tokenFile }, env);
  const running = await startCoordinator(config, log.child({ name: "coordinator" }));
  writeFileSync(folder.addressFile, `${running.address}\n`);
  return running;
}

function announcements(output: Output): Required<Pick<RunnerConfig, "onVersion" | "onLoadError">> {
  return {
    onVersion: ({ version, tasks }) => {
      output.print(`version ${version} with ${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`);
      for (const { id, filePath } of tasks) output.print(`  ${id}  ${output.paint("dim", filePath)}`);
    },
    onLoadError: (error) => {
      output.note(`${output.paint("red", "error:", "err")} ${error.message}`);
      output.note("The tasks that were loaded before stay. They are loaded again when a file changes.");
    },
  };
}
