import { resolve } from "node:path";
import type { RunningRunner } from "@baton/runner";
import { Command, Option } from "commander";
import type { LevelWithSilent } from "pino";
import { requireAddress } from "../client/connection-options.ts";
import { requireFolder } from "../client/project-folder.ts";
import { parseInteger, parseNumber } from "../client/trigger-item.ts";
import type { CommandContext } from "../command-context.ts";
import { drainText } from "../show/drain-text.ts";
import { examplesText } from "../show/examples-text.ts";
import type { Output } from "../show/output.ts";
import { parseLogLevel } from "./service-log-level.ts";
import { untilStopSignal } from "./stop-signal.ts";

interface Flags {
  readonly coordinator?: string;
  readonly dir?: string;
  readonly concurrency?: number;
  readonly cpu?: number;
  readonly memoryGb?: number;
  /** Former name of `memoryGb`. */
  readonly memory?: number;
  readonly overcommit?: boolean;
  readonly maxDurationGraceMs?: number;
  /** Former name of `maxDurationGraceMs`. */
  readonly maxDurationGrace?: number;
  readonly stallTimeoutMs?: number;
  /** Former name of `stallTimeoutMs`. */
  readonly stallTimeout?: number;
  readonly tokenFile?: string;
  readonly logLevel: LevelWithSilent;
}

/** `baton runner` */
export function runnerCommand(context: CommandContext): Command {
  return new Command("runner")
    .description("Runs the tasks of a project until a signal drains it. Logs go to stderr as JSON.")
    .option("--coordinator <host:port>", "where the coordinator is (BATON_COORDINATOR; default: 127.0.0.1:4750)")
    .option("--dir <path>", "the project's root folder (default: here)")
    .option(
      "--concurrency <count>",
      "worker threads (default: 8 for each core, fewer when memory is short)",
      parseInteger,
    )
    .option("--cpu <count>", "vCPUs that presets of 1 vCPU and more may take (default: all)", parseNumber)
    .option(
      "--memory-gb <gb>",
      "GB of memory that presets may take (default: all memory except a reserve)",
      parseNumber,
    )
    .addOption(new Option("--memory <gb>").argParser(parseNumber).hideHelp())
    .option("--overcommit", "execute a preset that is larger than this runner, alone")
    .option(
      "--max-duration-grace-ms <ms>",
      "time between the abort of the signal at maxDuration and the end of the thread (default: 0)",
      parseInteger,
    )
    .option(
      "--stall-timeout-ms <ms>",
      "fail an attempt whose event loop is silent for this time (default: never)",
      parseInteger,
    )
    .addOption(new Option("--max-duration-grace <ms>").argParser(parseInteger).hideHelp())
    .addOption(new Option("--stall-timeout <ms>").argParser(parseInteger).hideHelp())
    .option("--token-file <path>", "a file with the coordinator's token (BATON_TOKEN_FILE)")
    .option("--log-level <level>", "trace, debug, info, warn, error, fatal or silent", parseLogLevel, "info")
    .addHelpText(
      "after",
      `${examplesText("baton runner --coordinator coordinator:4750 --dir /app --token-file /run/secrets/baton-token")}\nMore settings: docs/operating.md.\n`,
    )
    .action(async ({ logLevel, ...flags }: Flags) => {
      // Imported here, so that short commands start without the code of a server.
      const { readRunnerConfig, startRunner } = await import("@baton/runner");
      const { serviceLog } = await import("../show/process-log.ts");
      const config = readRunnerConfig(flags, context.env);
      requireAddress(config.coordinator);
      requireFolder(resolve(context.cwd, config.dir));
      const running = await startRunner(config, serviceLog("runner", logLevel));
      const output = context.serviceOutput();
      const stopped = untilStopSignal(context);
      await Promise.race([running.ready.then(() => sayReady(running, output)), stopped]);
      await stopped;
      output.print(drainText({ attemptCount: running.attemptCount(), graceMs: config.drainGraceMs }));
      await running.stop();
    });
}

function sayReady({ runnerId, version }: RunningRunner, output: Output): void {
  output.print(`runner ${runnerId} ready, version ${version() ?? "none"}`);
}
