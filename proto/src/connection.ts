import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readSmallFile, readTokenFile, requireToken, TokenError } from "./token.ts";

export { maxTokenLength, readTokenFile, requireToken, TokenError } from "./token.ts";

/** The default address of a coordinator. */
export const defaultAddress = "127.0.0.1:4750";

/** A coordinator, and the token that belongs to it. */
export interface CoordinatorAccess {
  /** `host:port` */
  readonly address: string;
  readonly token: string | undefined;
}

/** The parts of a connection that a program or a person names, before the environment is read. */
export interface NamedConnection {
  readonly address?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/**
 * Finds an address and the token that belongs to it (decision 0020): the named ones, then `BATON_COORDINATOR`, `BATON_TOKEN` and
 * `BATON_TOKEN_FILE`, then the files of `baton dev` in the project of `cwd`. A token goes to the address that is named beside it;
 * a token without an address goes to the default address only.
 * @throws TokenError
 */
export function resolveConnection(named: NamedConnection, env: NodeJS.ProcessEnv, cwd: string): CoordinatorAccess {
  const namedAddress = nonEmpty(named.address) ?? nonEmpty(env.BATON_COORDINATOR);
  const token = tokenOf(named, "configure()") ?? environmentToken(namedAddress, env);
  if (token !== undefined) return { address: namedAddress ?? defaultAddress, token };
  const local = findProjectConnection(cwd);
  if (namedAddress === undefined) return local ?? { address: defaultAddress, token: undefined };
  return { address: namedAddress, token: namedAddress === local?.address ? local.token : undefined };
}

/** Whether the token of the environment belongs to this address: not when the environment names another address. */
export function isEnvironmentTokenFor(address: string | undefined, { BATON_COORDINATOR }: NodeJS.ProcessEnv): boolean {
  return address === undefined || !BATON_COORDINATOR || BATON_COORDINATOR === address;
}

/** Finds the `.baton` of a project that has an address. */
export function findBatonFolder(cwd: string): string | undefined {
  for (const dir of projectFolders(resolve(cwd))) {
    const folder = join(dir, ".baton");
    if (existsSync(join(folder, "address"))) return folder;
  }
  return undefined;
}

/**
 * Refuses a file or folder that another user than root may have written.
 * @throws TokenError `TOKEN_FILE_UNSAFE`
 */
export function requireOwn(path: string, mode: number, uid: number): void {
  const own = process.geteuid?.();
  // Windows has access lists, which these numbers do not show.
  if (own === undefined) return;
  const fault =
    uid !== own && uid !== 0
      ? `belongs to another user (${uid})`
      : (mode & groupAndOthersWrite) !== 0
        ? "can be written by other users"
        : undefined;
  if (fault === undefined) return;
  throw new TokenError(
    "TOKEN_FILE_UNSAFE",
    `"${path}" ${fault}, so what it names may be theirs, and no token is sent. If it is yours, run ` +
      `"chmod go-w ${path}" as its owner; else delete it, or name the coordinator and its token yourself.`,
  );
}

const groupAndOthersWrite = 0o022;

/** @throws TokenError */
function findProjectConnection(cwd: string): CoordinatorAccess | undefined {
  const folder = findBatonFolder(cwd);
  if (folder === undefined) return undefined;
  const { mode, uid } = statSync(folder);
  requireOwn(folder, mode, uid);
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path)
      ? nonEmpty(readSmallFile(path, (...owned) => requireOwn(path, ...owned)).trim())
      : undefined;
  };
  const address = read("address");
  const token = read("token");
  if (address === undefined) return undefined;
  return { address, token: token && requireToken(token, `the file "${join(folder, "token")}"`) };
}

/** Lists this folder and those above it, up to the root of the repository, else up to the nearest package. */
function projectFolders(start: string): readonly string[] {
  const all = [start];
  for (let dir = start; dirname(dir) !== dir; dir = dirname(dir)) all.push(dirname(dir));
  const nearestWith = (name: string): number => all.findIndex((dir) => existsSync(join(dir, name)));
  const repository = nearestWith(".git");
  return all.slice(0, Math.max(repository === -1 ? nearestWith("package.json") : repository, 0) + 1);
}

function environmentToken(address: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (!isEnvironmentTokenFor(address, env)) return undefined;
  return tokenOf({ token: env.BATON_TOKEN, tokenFile: env.BATON_TOKEN_FILE }, "BATON_TOKEN");
}

function tokenOf({ token, tokenFile }: NamedConnection, origin: string): string | undefined {
  if (nonEmpty(token) !== undefined) return requireToken(token ?? "", origin);
  return tokenFile ? readTokenFile(tokenFile) : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
