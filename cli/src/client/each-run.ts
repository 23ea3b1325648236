import { type ClientFlags, useCoordinator } from "../client-command.ts";
import type { CommandContext } from "../command-context.ts";
import { commandName } from "../show/command-line.ts";
import { describeFailure, exitCodes, type Failure, failureText } from "../show/failure.ts";
import { resolveRunId } from "./resolve-run-id.ts";

/**
 * Does the same to each run that is named, one after another. One that fails is shown and does not keep the others from
 * their turn; the command then ends with its exit code. With `--json` the failure is a document of the result. Without a
 * coordinator it ends at once.
 *
 * @param words - whole ids or beginnings of them
 * @throws CliError or ApiError when no coordinator answers
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
