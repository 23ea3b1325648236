import { basename, delimiter, dirname } from "node:path";

/**
 * How a person starts Baton's command again: as this process was started. A package manager puts its own command before
 * it, and a project's own command that was started by its path is found by `npx`.
 *
 * @param script - the file that Node.js was started with, not followed through links
 */
export function commandName(env: NodeJS.ProcessEnv, script: string = process.argv[1] ?? ""): string {
  const userAgent = env.npm_config_user_agent ?? "";
  if (userAgent.startsWith("pnpm/")) return "pnpm exec baton";
  if (userAgent.startsWith("yarn/")) return "yarn baton";
  if (userAgent.startsWith("bun/")) return "bunx baton";
  const isFromNpm = userAgent !== "" || env.npm_command !== undefined;
  return isFromNpm || isOffPath(env, script) ? "npx baton" : "baton";
}

/** Is this a project's own command, in a folder in which the shell looks for none? */
function isOffPath({ PATH = "" }: NodeJS.ProcessEnv, script: string): boolean {
  const folder = dirname(script);
  const isOfProject = basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules";
  return isOfProject && !PATH.split(delimiter).includes(folder);
}

/** A command to copy into a shell. Flags without a value are left out; a list gives its flag more than once. */
export function commandLine(
  env: NodeJS.ProcessEnv,
  words: readonly string[],
  flags: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): string {
  const given = Object.entries(flags).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((each) => [`--${name}`, each]),
  );
  return [commandName(env), ...[...words, ...given].map(quote)].join(" ");
}

/** Quotes a word for a POSIX shell, if it needs that. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
