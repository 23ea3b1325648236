/** How this process was started, as a person would type it: with `npx` before it when npm started it. */
export function commandName(env: NodeJS.ProcessEnv): string {
  return env.npm_command === undefined ? "baton" : "npx baton";
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
