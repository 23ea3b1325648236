import { requireToken, resolveConnection } from "../bundled/connection.ts";
import { apiError, type ErrorCode } from "./errors.ts";
import type { RequestOptions } from "./request-options.ts";

/** Where the coordinator is and how calls to it are made. */
export interface ClientConfig {
  /** `host:port`. @defaultValue `BATON_COORDINATOR`, else the project's `.baton/address`, else `127.0.0.1:4750` */
  readonly coordinator?: string;
  /**
   * One line of ASCII characters. Without `coordinator` and `BATON_COORDINATOR` it goes to `127.0.0.1:4750` alone.
   * @defaultValue `BATON_TOKEN`, else that of `BATON_TOKEN_FILE`, else the project's `.baton/token` when the address is the one beside it
   */
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
const members: readonly string[] = ["coordinator", "token", "tokenFile", "requestOptions"];

/**
 * Sets where this process finds its coordinator, for all later calls. Each call replaces what was set before. Inside a
 * task it has no effect: there calls go through the runner.
 * @throws BadRequestError with `OPTION_INVALID` for an unknown member or a wrong type; AuthenticationError with
 * `TOKEN_INVALID`
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
  const { token } = config;
  if (token) withApiErrors(() => requireToken(token, "configure()"));
  (globalThis as Record<symbol, unknown>)[configKey] = Object.freeze({ ...config });
}

/** What `configure` set last; empty when it was never called. */
export function configured(): ClientConfig {
  return ((globalThis as Record<symbol, unknown>)[configKey] as ClientConfig | undefined) ?? {};
}

/**
 * The address and token to use now. A token is only sent to the address that it belongs to, so that a secret of one
 * coordinator never reaches another.
 * @throws AuthenticationError with `TOKEN_INVALID`, `TOKEN_FILE_UNREADABLE` or `TOKEN_FILE_UNSAFE`; BadRequestError with
 * `OPTION_INVALID` for an address with an "@"
 * @example
 * const { coordinator } = resolveAddress();
 */
export function resolveAddress(
  config: ClientConfig = configured(),
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd: string = process.cwd(),
): Address {
  const { coordinator, token, tokenFile } = config;
  const found = withApiErrors(() => resolveConnection({ address: coordinator, token, tokenFile }, env, cwd));
  if (found.address.includes("@")) {
    // What stands before it may be a password, so it is not shown.
    throw apiError(
      "OPTION_INVALID",
      'The address of the coordinator must be host:port, and one with an "@" came.',
      "coordinator",
    );
  }
  return { coordinator: found.address, token: found.token };
}

function withApiErrors<Value>(find: () => Value): Value {
  try {
    return find();
  } catch (error) {
    if (!isTokenError(error)) throw error;
    throw apiError(error.code, error.message, error.code === "TOKEN_INVALID" ? "token" : "tokenFile", error);
  }
}

function isTokenError(error: unknown): error is Error & { readonly code: ErrorCode } {
  return error instanceof Error && error.name === "TokenError" && "code" in error;
}
