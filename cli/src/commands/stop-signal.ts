import type { CommandContext } from "../command-context.ts";

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once. */
export function untilStopSignal(context: CommandContext): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    context.onStopSignal(resolve);
  });
}
