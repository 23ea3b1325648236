import type { Store } from "@baton/coordinator";
import type { CommandContext } from "../command-context.ts";
import { CliError, exitCodes } from "../show/failure.ts";

/** What is said of `--store` in the help of both commands. */
export const storeFlag = ["--store <url>", "sqlite:path, mongodb://… or mongodb+srv://… (BATON_STORE)"] as const;

/** A store that is to be moved, not opened. */
export interface MovedStore {
  readonly store: Store;
  /** Its address as it may be shown. */
  readonly place: string;
}

/**
 * Makes the store that the flag or the environment names. None is taken by default: to move another store than the one
 * that was meant is worse than to be asked.
 * @throws CliError, StoreUnusableError
 */
export async function makeMovedStore(flag: string | undefined, { env }: CommandContext): Promise<MovedStore> {
  const address = flag ?? env.BATON_STORE ?? "";
  if (address === "") {
    throw new CliError("STORE_MISSING", "Say which store: --store sqlite:<path>, --store mongodb://…, or BATON_STORE.");
  }
  if (address === "memory:") {
    throw new CliError("STORE_UNUSABLE", 'A store "memory:" ends with its process. Name one that lasts.');
  }
  const { createStore, environmentId, showAddress } = await import("@baton/coordinator");
  return { store: createStore(address, environmentId), place: showAddress(address) };
}

/** Aborts with the failure of a command that a signal ended. */
export function abortOnStopSignal(context: CommandContext, consequence: string): AbortSignal {
  const controller = new AbortController();
  context.onStopSignal((signal) => {
    const message = `${signal} ended this before it was finished. ${consequence}`;
    controller.abort(new CliError("INTERRUPTED", message, { exitCode: exitCodes.failed }));
  });
  return controller.signal;
}
