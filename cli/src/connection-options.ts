import { readFileSync } from "node:fs";
import { CliError } from "./failure.ts";
import { findProjectFolder, readTextFile } from "./project-folder.ts";

/** Where the coordinator is, and what it wants to hear. */
export interface ConnectionOptions {
  /** `host:port` */
  readonly address: string;
  readonly token?: string;
}

/** Flags that every client command has. */
export interface ConnectionFlags {
  readonly coordinator?: string;
  readonly tokenFile?: string;
}

/** Where `baton coordinator` and `baton dev` listen unless told otherwise. */
export const defaultAddress = "127.0.0.1:4750";

/**
 * Finds address and token: a flag, then `BATON_COORDINATOR`, `BATON_TOKEN` and `BATON_TOKEN_FILE`, then what `baton dev`
 * left in `.baton` of this folder or the nearest one above. That
 * token goes only to the address beside it.
 *
 * @throws CliError `OPTION_INVALID` for an address that is not `host:port`, `TOKEN_FILE_UNREADABLE`
 */
export function readConnectionOptions(flags: ConnectionFlags, env: NodeJS.ProcessEnv, cwd: string): ConnectionOptions {
  const folder = findProjectFolder(cwd);
  const local = (folder && readTextFile(folder.addressFile)) ?? defaultAddress;
  const address = flags.coordinator ?? (env.BATON_COORDINATOR || local);
  requireAddress(address);
  const token = namedToken(flags, env) ?? (folder && address === local ? readTextFile(folder.tokenFile) : undefined);
  return token === undefined ? { address } : { address, token };
}

/** @throws CliError `OPTION_INVALID` for an address that is not `host:port`. */
export function requireAddress(address: string): void {
  if (/^(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/.test(address)) return;
  throw new CliError("OPTION_INVALID", `The coordinator's address must be host:port, and "${address}" came.`);
}

function namedToken(flags: ConnectionFlags, env: NodeJS.ProcessEnv): string | undefined {
  if (flags.tokenFile !== undefined) return readTokenFile(flags.tokenFile);
  if (env.BATON_TOKEN) return env.BATON_TOKEN;
  return env.BATON_TOKEN_FILE ? readTokenFile(env.BATON_TOKEN_FILE) : undefined;
}

function readTokenFile(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, "utf8").trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError("TOKEN_FILE_UNREADABLE", `The token file "${path}" cannot be read: ${reason}.`, {
      cause: error,
    });
  }
  if (token !== "") return token;
  throw new CliError("TOKEN_FILE_UNREADABLE", `The token file "${path}" is empty. Put the token into it.`);
}
