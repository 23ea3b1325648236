import type { ClientFlags } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../show/failure.ts";
import { noteRunGoesOn } from "../show/run-hints.ts";

/**
 * Waits for a run. Ctrl-C ends the waiting and not the run; the command says so, and exits like a process that a signal
 * ended.
 *
 * @param wait - Waits; rejects when its signal aborts.
 */
export async function unlessStopped(
  context: CommandContext,
  flags: ClientFlags,
  runId: string,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stopping = new AbortController();
  let stopSignal: "SIGINT" | "SIGTERM" | undefined;
  const giveSignalsBack = context.onStopSignal((signal) => {
    stopSignal = signal === "SIGTERM" ? "SIGTERM" : "SIGINT";
    stopping.abort();
  });
  try {
    await wait(stopping.signal);
  } catch (error) {
    if (stopSignal === undefined) throw error;
    noteRunGoesOn(context, flags, runId);
    context.finish(exitCodes[stopSignal]);
  } finally {
    giveSignalsBack();
  }
}
