import type { TriggeredRun__Output, TriggerResponse__Output } from "@baton/proto";
import { isFinalName, runStatusNameFromWire } from "@baton/proto/contract/run-status";
import { runs } from "@baton/sdk";
import { callCoordinator } from "@baton/sdk/calls";
import type { Command } from "commander";
import {
  parseCount,
  parseNumber,
  parseSeconds,
  readPayload,
  type TriggerFlags,
  triggerItem,
} from "../client/trigger-item.ts";
import { unlessStopped } from "../client/unless-stopped.ts";
import { type ClientFlags, clientCommand, collect, useCoordinator } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { errorLines } from "../show/error-lines.ts";
import { eventLine } from "../show/event-line.ts";
import { examplesText } from "../show/examples-text.ts";
import { exitCodes } from "../show/failure.ts";
import { loggedTextOf, logLine } from "../show/log-line.ts";
import { ProgressLine } from "../show/progress-line.ts";
import { runChangeOf } from "../show/run-change.ts";
import { runCommandLine } from "../show/run-hints.ts";
import { runToJson, storedJson } from "../show/run-json.ts";
import { paintStatus } from "../show/run-status.ts";

interface Flags extends ClientFlags, TriggerFlags {
  readonly wait?: boolean;
}

/** `baton trigger <taskId>` */
export function triggerCommand(context: CommandContext): Command {
  return clientCommand("trigger", "Triggers a task and prints the run.")
    .argument("<taskId>", "the task's id")
    .option("-p, --payload <json>", "the payload: JSON text, @file, or - for standard input")
    .option("-w, --wait", "wait for the end, with progress and the task's logs on stderr")
    .option("--delay <when>", 'start later: a duration such as "1h30m", or an ISO 8601 date')
    .option("--idempotency-key <key>", "a later trigger with the same key returns the first run")
    .option("--idempotency-key-ttl <span>", 'how long the key is kept, for example "24h" (default: 30 days)')
    .option("--tag <tag>", "a label, up to 10 times", collect)
    .option("--priority <seconds>", "move ahead in the queue by this time; may be negative", parseNumber)
    .option("--machine <preset>", 'the machine preset, for example "small-2x"')
    .option("--max-duration <seconds>", "active time after which an attempt is stopped", parseSeconds)
    .option("--max-attempts <count>", "attempts in total, the first one included", parseCount)
    .option("--run-id <id>", "an id of your own for the run, so that a repeated call cannot create two runs")
    .option("--allow-unregistered", "accept a task that no runner has registered yet; the run waits for it")
    .addHelpText(
      "after",
      `${examplesText(
        `baton trigger hello-world --payload '{"name":"Ada"}' --wait --json`,
        "baton trigger thumbnails --payload @photos.json --tag nightly --delay 1h",
      )}\nExit code: 0 done (with --wait: the run completed), 1 the run ended otherwise, 2 bad usage, 3 no coordinator, 130 Ctrl-C.\nCtrl-C ends the waiting; the run goes on.\n`,
    )
    .action(async (taskId: string, flags: Flags) => {
      const payload = await readPayload(flags.payload, context);
      useCoordinator(flags, context);
      const item = triggerItem(taskId, payload, flags);
      const { run } = (await callCoordinator("Trigger", { item })) as TriggerResponse__Output;
      if (run === null) throw new Error("The coordinator answered a trigger without a run.");
      if (flags.wait === true) await waitUnlessStopped(run, flags, context);
      else showTriggered(run, flags, context);
    });
}

function showTriggered(run: TriggeredRun__Output, { json }: Flags, { output }: CommandContext): void {
  const status = runStatusNameFromWire(run.status);
  if (json === true) {
    output.printJson({ id: run.runId, taskIdentifier: run.taskId, isCached: run.isCached, status });
    return;
  }
  const cached = run.isCached ? "  (the run that this key made before)" : "";
  output.printLine(`${run.runId}  ${run.taskId}  ${paintStatus(output, status)}${cached}`);
}

/** Waits for the run's end. Ctrl-C ends the waiting and not the run, and the command says so. */
async function waitUnlessStopped(
  triggered: TriggeredRun__Output,
  flags: Flags,
  context: CommandContext,
): Promise<void> {
  await unlessStopped(context, flags, triggered.runId, (signal) => waitForEnd(triggered, flags, context, signal));
}

async function waitForEnd(
  triggered: TriggeredRun__Output,
  flags: Flags,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { output } = context;
  await showProgress(triggered, flags, context, signal);
  const run = await runs.retrieve(triggered.runId);
  if (flags.json === true) output.printJson(runToJson(run));
  else if (run.output !== undefined) output.print(JSON.stringify(storedJson(run.output), null, 2));
  // The line about the end has shown the first line of the error.
  else for (const line of errorLines(run.error).slice(1)) output.note(line);
  if (run.status !== "COMPLETED") context.finish(exitCodes.failed);
}

async function showProgress(
  triggered: TriggeredRun__Output,
  flags: Flags,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { output } = context;
  const { runId, taskId, isCached } = triggered;
  using progress = new ProgressLine(output);
  progress.note(`${runId}  ${taskId}  triggered${isCached ? " before, by this key" : ""}`);
  const logs = showLogs(runId, flags, context, progress, signal);
  const onConnectionLost = (): void => progress.note("The coordinator is away; waiting for it.");
  for await (const state of runs.subscribeToRun(runId, { onConnectionLost, signal })) {
    // The task's lines are shown before its end, although they may arrive later.
    if (isFinalName(state.status)) await logs;
    progress.note(eventLine(runChangeOf(state), output, "err"));
    progress.update(state.status.toLowerCase().replace("_", " "));
  }
  signal.throwIfAborted();
}

async function showLogs(
  runId: string,
  flags: Flags,
  context: CommandContext,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const entry of runs.logs(runId, { follow: true, signal })) {
      if (signal.aborted) return;
      progress.note(logLine(loggedTextOf(entry), context.output, "err"));
    }
  } catch {
    if (signal.aborted) return;
    const command = runCommandLine(context, flags, "logs", runId);
    progress.note(`The task's logs are cut off here. To see them all:  ${command}`);
  }
}
