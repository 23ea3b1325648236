import type { ClientFlags } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { commandLine } from "./command-line.ts";

/** Writes `baton runs <name> <runId>` for the coordinator of this command, to copy into a shell. */
export function runCommandLine({ env }: CommandContext, flags: ClientFlags, name: string, runId: string): string {
  return commandLine(env, ["runs", name, runId], { coordinator: flags.coordinator, "token-file": flags.tokenFile });
}

/** Prints on stderr that a run goes on although the command that waited for it ends. */
export function noteRunGoesOn(context: CommandContext, flags: ClientFlags, runId: string): void {
  context.output.note(`The run goes on. Follow it:  ${runCommandLine(context, flags, "watch", runId)}`);
  context.output.note(`                 Cancel it:  ${runCommandLine(context, flags, "cancel", runId)}`);
}
