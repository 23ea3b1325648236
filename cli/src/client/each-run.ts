import { type ClientFlags, useCoordinator } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { commandName } from "../show/command-line.ts";
import { describeFailure, exitCodes, type Failure, failureText } from "../show/failure.ts";
import { resolveRunId } from "./resolve-run-id.ts";

/**
 * Does the same to each named run, one after another. It shows a failure and goes on with the next run; the command then ends
 * with the exit code of a failure. With `--json` the failure is a document of the result. When the coordinator cannot be
 * reached, it ends at once.
 *
 * @param words - Whole ids or beginnings of them.
 * @throws CliError or ApiError when the coordinator cannot be reached
 */
export async function eachRun(
  words: readonly string[],
  flags: ClientFlags,
  context: CommandContext,
  act: (runId: string) => Promise<void>,
): Promise<void> {
  const { output } = context;
  useCoordinator(flags, context);
  for (const word of words) {
    try {
      await act(await resolveRunId(word, output));
    } catch (error) {
      const failure = describeFailure(error, commandName(context.env));
      if (failure.exitCode === exitCodes.unreachable) throw error;
      showRunFailure(word, failure, flags, context);
    }
  }
}

function showRunFailure(
  word: string,
  failure: Failure,
  { json }: ClientFlags,
  { finish, output }: CommandContext,
): void {
  const { code, exitCode, message } = failure;
  if (json === true) output.printJson({ id: word, error: { code, message } });
  else output.note(failureText(failure, output));
  finish(exitCode);
}
