import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiError } from "./errors.ts";
import type { RequestOptions } from "./request-options.ts";

/** Where the coordinator is and how calls to it are made. */
export interface ClientConfig {
  /** `host:port`. @defaultValue `BATON_COORDINATOR`, else the nearest `.baton/address`, else `127.0.0.1:4750` */
  readonly coordinator?: string;
  /** @defaultValue `BATON_TOKEN`, else the nearest `.baton/token` when the address is that folder's or the default */
  readonly token?: string;
  /** A file whose trimmed content is the token; read when the first call is made. */
  readonly tokenFile?: string;
  /** For every call that does not say otherwise. */
  readonly requestOptions?: RequestOptions;
}

/** One coordinator, as a channel needs it. */
export interface Address {
  readonly coordinator: string;
  readonly token: string | undefined;
}

/** Every copy of the SDK in a process has the same configuration. */
const configKey = Symbol.for("baton.sdk.config.v1");
const defaultCoordinator = "127.0.0.1:4750";
const members: readonly string[] = ["coordinator", "token", "tokenFile", "requestOptions"];

/**
 * Sets where this process finds its coordinator, for all later calls. Each call replaces what was set before. Inside a
 * task it has no effect: there calls go through the runner.
 * @throws BadRequestError with `OPTION_INVALID` for an unknown member or a wrong type
 */
export function configure(config: ClientConfig): void {
  for (const [name, value] of Object.entries(config)) {
    if (!members.includes(name)) {
      throw apiError("OPTION_INVALID", `configure() has no option "${name}"; it takes ${members.join(", ")}.`, name);
    }
    if (value !== undefined && typeof value !== (name === "requestOptions" ? "object" : "string")) {
      throw apiError("OPTION_INVALID", `configure() expected another type for "${name}", got ${typeof value}.`, name);
    }
  }
  (globalThis as Record<symbol, unknown>)[configKey] = Object.freeze({ ...config });
}

/** What `configure` set last; empty when it was never called. */
export function configured(): ClientConfig {
  return ((globalThis as Record<symbol, unknown>)[configKey] as ClientConfig | undefined) ?? {};
}

/**
 * The address and token to use now. A token from a `.baton` folder is only sent to the address of that folder, so that
 * a secret of one coordinator never reaches another.
 * @throws AuthenticationError with `TOKEN_FILE_UNREADABLE`
 * @internal
 */
export function resolveAddress(config: ClientConfig, env: NodeJS.ProcessEnv, cwd: string): Address {
  const named = config.coordinator ?? nonEmpty(env.BATON_COORDINATOR);
  const givenToken = config.token ?? (config.tokenFile ? readToken(config.tokenFile) : nonEmpty(env.BATON_TOKEN));
  if (named !== undefined && givenToken !== undefined) return { coordinator: named, token: givenToken };
  const folder = findFolder(cwd);
  const local = (folder && readIfThere(join(folder, "address"))) ?? defaultCoordinator;
  const coordinator = named ?? local;
  const localToken = folder && coordinator === local ? readIfThere(join(folder, "token")) : undefined;
  return { coordinator, token: givenToken ?? localToken };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function findFolder(start: string): string | undefined {
  for (let dir = start; ; dir = dirname(dir)) {
    const folder = join(dir, ".baton");
    if (existsSync(join(folder, "token")) || existsSync(join(folder, "address"))) return folder;
    if (dir === dirname(dir)) return undefined;
  }
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? nonEmpty(readToken(file)) : undefined;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw apiError("TOKEN_FILE_UNREADABLE", `The file ${file} cannot be read: ${String(error)}`, "tokenFile", error);
  }
}
