/** Thrown for settings that cannot be used; the message names every problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "CONFIG_INVALID";
}

/** The names under which one setting can be given. */
export interface SettingSource {
  /** The environment variable. */
  readonly variable: string;
  /** The member of the flags, when it has another name than the setting. */
  readonly flag?: string;
  /** A former name of the flag, which still works. */
  readonly formerFlag?: string;
}

/** A schema that checks settings. Schemas of zod have this shape. */
export interface SettingsSchema<Settings> {
  safeParse(given: Record<string, unknown>):
    | { readonly success: true; readonly data: Settings }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly message: string; readonly path: readonly PropertyKey[] }[];
        };
      };
}

/**
 * Reads settings from flags, and from the environment where there is no flag. An undefined flag and an empty variable count as
 * absent. Flags may also have the names of the settings, for callers that are not a command line.
 *
 * @throws ConfigError, which names each wrong setting by its flag or variable and never shows its value, because the value may be a
 * secret in the wrong place
 */
export function readSettings<Settings>(
  schema: SettingsSchema<Settings>,
  sources: Readonly<Record<string, SettingSource>>,
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): Settings {
  const unread = new Map(Object.entries(flags).filter(([, value]) => value !== undefined));
  const given: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const [name, { variable, flag = name, formerFlag = flag }] of Object.entries(sources)) {
    const members = [name, flag, formerFlag].filter((member) => unread.has(member));
    const [member] = members;
    if (member === undefined) given[name] = env[variable] || undefined;
    else given[name] = unread.get(member);
    origins[name] = member === undefined ? variable : flagText(member === formerFlag ? formerFlag : flag);
    for (const each of members) unread.delete(each);
  }
  // The schema refuses these flags, because no setting has their name.
  for (const [name, value] of unread) given[name] = value;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ message, path: [name] }) => {
    const origin = origins[String(name)];
    return `\n  ✖ ${origin === undefined ? "" : `${origin}: `}${message}`;
  });
  throw new ConfigError(`The configuration cannot be used:${problems.join("")}`);
}

function flagText(member: string): string {
  return `--${member.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
