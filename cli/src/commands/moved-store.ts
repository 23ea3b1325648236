import type { Store } from "@baton/coordinator";
import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../show/failure.ts";

/** The flag `--store` in the help of both commands. */
export const storeFlag = ["--store <url>", "sqlite:path, mongodb://… or mongodb+srv://… (BATON_STORE)"] as const;

/** A store to move, not opened yet. */
export interface MovedStore {
  readonly store: Store;
  /** Its address without a password. */
  readonly place: string;
}

/**
 * Makes the store that the flag or the environment names. There is no default, because moving the wrong store is worse than an
 * error.
 * @throws CliError, StoreUnusableError
 */
export async function makeMovedStore(flag: string | undefined, { env }: CommandContext): Promise<MovedStore> {
  const address = flag ?? env.BATON_STORE ?? "";
  if (address === "") {
    throw new CliError(
      "STORE_MISSING",
      "Name the store with --store sqlite:<path>, --store mongodb://… or BATON_STORE.",
    );
  }
  if (address === "memory:") {
    throw new CliError(
      "STORE_UNUSABLE",
      'A store "memory:" ends with its process. Name a SQLite file or a MongoDB database.',
    );
  }
  const { createStore, environmentId, showAddress } = await import("@baton/coordinator");
  return { store: createStore(address, environmentId), place: showAddress(address) };
}

/** Returns a signal that aborts, on SIGINT or SIGTERM, with the failure of a command that a signal ended. */
export function abortOnStopSignal(context: CommandContext, consequence: string): AbortSignal {
  const controller = new AbortController();
  context.onStopSignal((signal) => {
    const message = `${signal} ended this before it was finished. ${consequence}`;
    controller.abort(new CliError("INTERRUPTED", message, { exitCode: exitCodes.failed }));
  });
  return controller.signal;
}
