import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CliError } from "./failure.ts";

/** Where Baton keeps what belongs to a project: database, token, address and compiled versions. */
export interface ProjectFolder {
  /** `<project>/.baton`. */
  readonly dir: string;
  readonly tokenFile: string;
  readonly addressFile: string;
  readonly databaseFile: string;
}

/** @throws CliError `PROJECT_UNREADABLE` when no folder has this path. */
export function requireFolder(projectDir: string): void {
  if (statSync(projectDir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new CliError("PROJECT_UNREADABLE", `"${projectDir}" must be a folder, and it is not one.`);
}

/** The names inside one project's `.baton`, which need not exist. */
export function projectFolder(projectDir: string): ProjectFolder {
  const dir = join(resolve(projectDir), ".baton");
  return {
    dir,
    tokenFile: join(dir, "token"),
    addressFile: join(dir, "address"),
    databaseFile: join(dir, "baton.db"),
  };
}

/** The `.baton` of this folder or of the nearest one above that has a token or an address. */
export function findProjectFolder(start: string): ProjectFolder | undefined {
  for (let dir = resolve(start); ; dir = dirname(dir)) {
    const folder = projectFolder(dir);
    if (existsSync(folder.tokenFile) || existsSync(folder.addressFile)) return folder;
    if (dirname(dir) === dir) return undefined;
  }
}

/**
 * Makes `.baton`, ignored by git, and in it a random token that only this user can read, unless there is one.
 *
 * @throws CliError `PROJECT_UNREADABLE` when it cannot be made
 */
export function prepareProjectFolder(folder: ProjectFolder): void {
  try {
    fillProjectFolder(folder);
  } catch (cause) {
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
  mkdirSync(folder.dir, { recursive: true });
  const ignoreFile = join(folder.dir, ".gitignore");
  if (!existsSync(ignoreFile)) writeFileSync(ignoreFile, "*\n");
  if (readTextFile(folder.tokenFile) === undefined) {
    rmSync(folder.tokenFile, { force: true });
    writeFileSync(folder.tokenFile, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  }
  chmodSync(folder.tokenFile, 0o600);
}

/** The trimmed text of a small file; `undefined` when it is absent, unreadable or empty. */
export function readTextFile(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}
