import { requireToken, resolveConnection } from "../bundled/connection.ts";
import { apiError, type ErrorCode } from "./errors.ts";
import type { RequestOptions } from "./request-options.ts";

/** Options of `configure`. */
export interface ClientConfig {
  /**
   * Address of the coordinator, `host:port`.
   * @defaultValue `BATON_COORDINATOR`, else the project's `.baton/address`, else `127.0.0.1:4750`
   */
  readonly coordinator?: string;
  /**
   * The coordinator's token, one line of ASCII characters. Without an address it is only sent to `127.0.0.1:4750`.
   * @defaultValue `BATON_TOKEN`, else the content of `BATON_TOKEN_FILE`, else the project's `.baton/token` when its address is used
   */
  readonly token?: string;
  /** A file whose trimmed content is the token. The first call reads it. @defaultValue none */
  readonly tokenFile?: string;
  /** Options of every call that does not set its own. */
  readonly requestOptions?: RequestOptions;
}

/** Address and token of a coordinator. */
export interface Address {
  readonly coordinator: string;
  readonly token: string | undefined;
}

/** Shared by every copy of the SDK in the process. */
const configKey = Symbol.for("baton.sdk.config.v1");
const members: readonly string[] = ["coordinator", "token", "tokenFile", "requestOptions"];

/**
 * Sets where this process finds its coordinator, for all later calls. Each call replaces the configuration before it. Inside
 * a task it has no effect: calls of a task go through the runner.
 * @throws BadRequestError with `OPTION_INVALID` for an unknown member or a wrong type; AuthenticationError with
 * `TOKEN_INVALID`
 * @example
 * configure({ coordinator: "coordinator.internal:4750", tokenFile: "/run/secrets/baton-token" });
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

/** Returns the configuration that `configure` set last; `{}` when it was never called. */
export function configured(): ClientConfig {
  return ((globalThis as Record<symbol, unknown>)[configKey] as ClientConfig | undefined) ?? {};
}

/**
 * Returns the address and the token that calls would use now. A token is only sent to the address that it belongs to, so
 * that no coordinator gets the token of another.
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
    // The text before the "@" may be a password, so the message does not show it.
    throw apiError(
      "OPTION_INVALID",
      'The address of the coordinator must be host:port, without an "@".',
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
