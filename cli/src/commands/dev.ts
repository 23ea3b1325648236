import { resolve } from "node:path";
import { defaultAddress } from "@baton/proto/connection";
import { Command } from "commander";
import { requireFolder } from "../client/project-folder.ts";
import { parseInteger } from "../client/trigger-item.ts";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import type { DevFlags } from "./dev-session.ts";
import { parseLogLevel } from "./service-log-level.ts";

const defaultPollMs = 500;

interface Flags extends Omit<DevFlags, "pollMs"> {
  readonly poll?: number | true;
}

/** `baton dev [dir]` */
export function devCommand(context: CommandContext): Command {
  return new Command("dev")
    .description(
      "Runs a coordinator and a runner for a project on this computer, and reloads its tasks when they change.",
    )
    .argument("[dir]", "the project's folder", ".")
    .option(
      "--listen <host:port>",
      `where to listen; port 0 takes a free one (BATON_LISTEN; default: ${defaultAddress}, or the next free port)`,
    )
    .option(
      "--concurrency <count>",
      "worker threads (default: 8 for each core, fewer when memory is short)",
      parseInteger,
    )
    .option(
      "--poll [ms]",
      "look for changes this often instead of waiting for events, which some file systems do not send " +
        `(BATON_WATCH_POLL_MS; ${defaultPollMs} when no number is given)`,
      parseInteger,
    )
    .option("--log-level <level>", "log level of coordinator and runner", parseLogLevel, "warn")
    .option("--no-logs", "do not show what tasks print")
    .addHelpText(
      "after",
      `${examplesText("baton dev", "baton dev examples --listen 127.0.0.1:0", "baton dev --poll")}\nIts database, token and address are in .baton of that folder, where the other\ncommands and the SDK find them. Tasks see the variables of .env, .env.local,\n.env.development and .env.development.local there.\n`,
    )
    .action(async (dir: string, { poll, ...flags }: Flags) => {
      const projectDir = resolve(context.cwd, dir);
      requireFolder(projectDir);
      // Imported here, so that short commands start without the code of a server.
      const { runDev } = await import("./dev-session.ts");
      await runDev(projectDir, { ...flags, pollMs: poll === true ? defaultPollMs : poll }, context);
    });
}
