import { Command } from "commander";
import type { LevelWithSilent } from "pino";
import type { CommandContext } from "../command-context.ts";
import { examplesText } from "../show/examples-text.ts";
import { parseLogLevel } from "./service-log-level.ts";
import { untilStopSignal } from "./stop-signal.ts";

interface Flags {
  readonly listen?: string;
  readonly store?: string;
  readonly tokenFile?: string;
  readonly insecure?: boolean;
  readonly standby?: boolean;
  readonly logLevel: LevelWithSilent;
}

/** `baton coordinator` */
export function coordinatorCommand(context: CommandContext): Command {
  return new Command("coordinator")
    .description("Runs a coordinator until a signal stops it. Logs go to stderr as JSON.")
    .option("--listen <host:port>", "where to listen; port 0 takes a free one (BATON_LISTEN; default: 127.0.0.1:4750)")
    .option("--store <url>", "sqlite:path, mongodb://… or memory: (BATON_STORE; default: sqlite:.baton/baton.db)")
    .option("--token-file <path>", "a file with the token that every call needs (BATON_TOKEN_FILE, BATON_TOKEN)")
    .option("--insecure", "listen elsewhere than on loopback without a token")
    .option("--standby", "on MongoDB: wait while another coordinator owns the store, then take over")
    .option("--log-level <level>", "trace, debug, info, warn, error, fatal or silent", parseLogLevel, "info")
    .addHelpText(
      "after",
      `${examplesText("baton coordinator --listen 0.0.0.0:4750 --store sqlite:/data/baton.db --token-file /run/secrets/baton-token")}\nMore settings: docs/operating.md.\n`,
    )
    .action(async ({ logLevel, ...flags }: Flags) => {
      // Imported here, so that short commands start without the code of a server.
      const { readCoordinatorConfig, startCoordinator } = await import("@baton/coordinator");
      const { serviceLog } = await import("../show/process-log.ts");
      const config = readCoordinatorConfig(flags, context.env);
      const log = serviceLog("coordinator", logLevel);
      const stopping = new AbortController();
      const stopSignal = untilStopSignal(context).finally(() => stopping.abort());
      const running = await startCoordinator(config, log, stopping.signal).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
      if (running === undefined) return;
      context.serviceOutput().print(`coordinator listening on ${running.address}`);
      const lost = await Promise.race([stopSignal, running.storeLost]);
      await running.stop();
      if (typeof lost !== "string") throw lost;
    });
}
