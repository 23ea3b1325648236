import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";

/** The files of environment variables that are read in development. Later ones take precedence. */
export const envFileNames = [".env", ".env.local", ".env.development", ".env.development.local"] as const;

/** The contents of a project's `.env` files at one time. */
export interface EnvFiles {
  readonly variables: NodeJS.Dict<string>;
  /** The text of each file that exists. */
  readonly texts: ReadonlyMap<string, string>;
  /** Sentences about files that exist and cannot be read. */
  readonly warnings: readonly string[];
}

/** Reads {@link envFileNames} of a folder. Never throws: a file that cannot be read counts as empty. */
export function readEnvFiles(dir: string): EnvFiles {
  const texts = new Map<string, string>();
  const warnings: string[] = [];
  for (const name of envFileNames) {
    try {
      texts.set(name, readFileSync(path.join(dir, name), "utf8").replace(/^\uFEFF/, ""));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
      warnings.push(`${name} cannot be read, so tasks do not see its variables: ${(error as Error).message}.`);
    }
  }
  const variables = Object.assign({}, ...[...texts.values()].map((text) => parseEnv(text))) as NodeJS.Dict<string>;
  return { variables, texts, warnings };
}

/** Returns the names of files that were changed, created or deleted. */
export function changedEnvFiles(before: EnvFiles, after: EnvFiles): readonly string[] {
  return envFileNames.filter((name) => before.texts.get(name) !== after.texts.get(name));
}

/** Returns the variables that only one of two environments has or whose values differ, sorted. */
export function changedVariables(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}
