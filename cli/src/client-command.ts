import { configure } from "@baton/sdk";
import { Command, InvalidArgumentError } from "commander";
import { type ConnectionFlags, readConnectionOptions } from "./client/connection-options.ts";
import type { CommandContext } from "./command-context.ts";

/** Makes a command that calls a coordinator, with the flags that all such commands have. */
export function clientCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      "--coordinator <host:port>",
      "where the coordinator is (BATON_COORDINATOR; default: what baton dev left here)",
    )
    .option("--token-file <path>", "a file with the token (BATON_TOKEN, BATON_TOKEN_FILE)")
    .option("--json", "print machine-readable output on stdout and nothing else there");
}

/** The flags of every client command. */
export interface ClientFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** The argument of commands for several runs. */
export const runIdsArgument = ["<runId...>", "ids, or beginnings of them that no other run has"] as const;

/** The argument of commands for one run. */
export const runIdArgument = ["<runId>", "the run's id, or a beginning of it that no other run has"] as const;

/**
 * Sends every later call to the coordinator that the flags and the environment name. The SDK does not repeat a failed call,
 * because a person sees the failure at once and can repeat the command.
 * @throws CliError `OPTION_INVALID` for an address that is not `host:port`; TokenError
 */
export function useCoordinator(flags: ClientFlags, { env, cwd }: CommandContext): void {
  const { address, token } = readConnectionOptions(flags, env, cwd);
  const requestOptions = { retry: { maxAttempts: 1 } };
  configure({ coordinator: address, ...(token === undefined ? {} : { token }), requestOptions });
}

/** Collects the values of a flag that may come more than once. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  if (value.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return [...(earlier ?? []), value];
}
