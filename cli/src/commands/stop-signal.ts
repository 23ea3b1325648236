import type { CommandContext } from "../command-context.ts";

/** Resolves with the first SIGINT or SIGTERM; the second one ends the process at once. */
export function untilStopSignal(context: CommandContext): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    context.onStopSignal(resolve);
  });
}
