import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { requireOwn, TokenError } from "@baton/proto/connection";
import { CliError } from "../show/failure.ts";

/** The files of a project that Baton keeps: database, token, address and compiled versions. */
export interface ProjectFolder {
  /** `<project>/.baton`. */
  readonly dir: string;
  readonly tokenFile: string;
  readonly addressFile: string;
  readonly databaseFile: string;
}

/** Checks that the project's folder exists. @throws CliError `PROJECT_UNREADABLE` when it does not */
export function requireFolder(projectDir: string): void {
  if (statSync(projectDir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new CliError("PROJECT_UNREADABLE", `"${projectDir}" must be a folder, and it is not one.`);
}

/** Returns the paths inside a project's `.baton`, which need not exist. */
export function projectFolder(projectDir: string): ProjectFolder {
  const dir = join(resolve(projectDir), ".baton");
  return {
    dir,
    tokenFile: join(dir, "token"),
    addressFile: join(dir, "address"),
    databaseFile: join(dir, "baton.db"),
  };
}

/**
 * Makes `.baton`, which git ignores and only this user can open, with a random token in it. Keeps an existing token that no
 * other user could read.
 * @throws TokenError `TOKEN_FILE_UNSAFE` when another user owns the folder or the token
 * @throws CliError `PROJECT_UNREADABLE` when it cannot be made
 */
export function prepareProjectFolder(folder: ProjectFolder): void {
  try {
    fillProjectFolder(folder);
  } catch (cause) {
    if (cause instanceof TokenError) throw cause;
    throw new CliError("PROJECT_UNREADABLE", unusable(folder, cause), { cause });
  }
}

function unusable({ dir, tokenFile }: ProjectFolder, cause: unknown): string {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === false) {
    return `"${dir}" must be a folder, and it is a file. Baton keeps its database, token and address there; move the file away.`;
  }
  if (statSync(tokenFile, { throwIfNoEntry: false })?.isDirectory() === true) {
    return `"${tokenFile}" must be a file with the token, and it is a folder. Move it away; a new token is made then.`;
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `The folder "${dir}", which needs a token that only this user can read, cannot be prepared: ${reason}.`;
}

function fillProjectFolder(folder: ProjectFolder): void {
  keepPrivate(folder);
  const ignoreFile = join(folder.dir, ".gitignore");
  if (!existsSync(ignoreFile)) writeFileSync(ignoreFile, "*\n");
  if (readTextFile(folder.tokenFile) === undefined || wasOpenToOthers(folder.tokenFile)) {
    writePrivateFile(folder.tokenFile, randomBytes(32).toString("base64url"));
  }
}

/** Writes the address, and makes the folder and the token again if somebody deleted them. */
export function writeProjectFiles(folder: ProjectFolder, address: string, token: string): void {
  keepPrivate(folder);
  if (readTextFile(folder.tokenFile) !== token) writePrivateFile(folder.tokenFile, token);
  writePrivateFile(folder.addressFile, address);
}

/** Whether other users can read or write the token, so that it must be replaced. */
function wasOpenToOthers(tokenFile: string): boolean {
  const { mode, uid } = statSync(tokenFile);
  requireOwn(tokenFile, 0, uid);
  return (mode & 0o077) !== 0;
}

function keepPrivate({ dir }: ProjectFolder): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(dir);
  // The mode is changed here, so only the owner is checked.
  requireOwn(dir, 0, uid);
  if ((mode & 0o077) !== 0) chmodSync(dir, 0o700);
}

/** Replaces a file in one step, so that no reader finds a part of it or no file. */
function writePrivateFile(path: string, text: string): void {
  const written = `${path}.${process.pid}`;
  writeFileSync(written, `${text}\n`, { mode: 0o600 });
  renameSync(written, path);
}

/** Reads the trimmed text of a small file; returns `undefined` when it is absent, unreadable or empty. */
export function readTextFile(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}
