import { basename, delimiter, dirname } from "node:path";

/**
 * Returns how a person starts the `baton` command again: as this process was started, with the command of the package manager
 * before it. A project's own command that was started by its path is started with `npx`.
 *
 * @param script - The file that Node.js was started with, with links not resolved.
 */
export function commandName(env: NodeJS.ProcessEnv, script: string = process.argv[1] ?? ""): string {
  const userAgent = env.npm_config_user_agent ?? "";
  if (userAgent.startsWith("pnpm/")) return "pnpm exec baton";
  if (userAgent.startsWith("yarn/")) return "yarn baton";
  if (userAgent.startsWith("bun/")) return "bunx baton";
  const isFromNpm = userAgent !== "" || env.npm_command !== undefined;
  return isFromNpm || isOffPath(env, script) ? "npx baton" : "baton";
}

/** Whether the script is a project's own command in a folder that is not in the shell's PATH. */
function isOffPath({ PATH = "" }: NodeJS.ProcessEnv, script: string): boolean {
  const folder = dirname(script);
  const isOfProject = basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules";
  return isOfProject && !PATH.split(delimiter).includes(folder);
}

/** Writes a command to copy into a shell. It leaves out flags without a value, and repeats a flag for each value of a list. */
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
