import { Command, InvalidArgumentError } from "commander";
import { Connection } from "./client/connection.ts";
import { type ConnectionFlags, readConnectionOptions } from "./client/connection-options.ts";
import type { CommandContext } from "./command-context.ts";

/** A command that talks to a coordinator, with the flags that all of them have. */
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

/** Flags of every client command. */
export interface ClientFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** The argument of commands that do the same to several runs. */
export const runIdsArgument = ["<runId...>", "ids, or beginnings of them that no other run has"] as const;

/** The argument of commands that are about one run. */
export const runIdArgument = ["<runId>", "the run's id, or a beginning of it that no other run has"] as const;

/** Opens the connection that the flags and the environment name. */
export function openConnection(flags: ClientFlags, { env, cwd }: CommandContext): Connection {
  return new Connection(readConnectionOptions(flags, env, cwd));
}

/** Collects the values of a flag that may be given more than once. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  if (value.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return [...(earlier ?? []), value];
}
