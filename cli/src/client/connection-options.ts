import { type CoordinatorAccess, resolveConnection } from "@baton/proto/connection";
import { CliError } from "../show/failure.ts";

/** The connection flags of every client command. */
export interface ConnectionFlags {
  readonly coordinator?: string;
  readonly tokenFile?: string;
}

/**
 * Finds address and token: in a flag, then in `BATON_COORDINATOR`, `BATON_TOKEN` and `BATON_TOKEN_FILE`, then in the project's
 * `.baton`, where `baton dev` writes them. A token goes only to the address that it belongs to.
 *
 * @throws CliError `OPTION_INVALID` for an address that is not `host:port`; TokenError
 */
export function readConnectionOptions(flags: ConnectionFlags, env: NodeJS.ProcessEnv, cwd: string): CoordinatorAccess {
  const { coordinator, tokenFile } = flags;
  const connection = resolveConnection({ address: coordinator, tokenFile }, env, cwd);
  requireAddress(connection.address);
  return connection;
}

/** Checks an address. @throws CliError `OPTION_INVALID` for one that is not `host:port` */
export function requireAddress(address: string): void {
  if (/^(\[[0-9a-fA-F:]+\]|[^\s:/@]+):\d{1,5}$/.test(address)) return;
  // The text before an "@" may be a password.
  const shown = address.replace(/^.*@/s, "…@");
  throw new CliError("OPTION_INVALID", `The coordinator's address must be host:port, not "${shown}".`);
}
