import type { ErrorHook, Hooks } from "./task-hooks.ts";
import type { RetryOptions, TaskMachine } from "./task-options.ts";

/** What `baton.config.ts` or `trigger.config.ts` exports. Any other member is refused, here and at registration. */
export type BatonConfig = ConfigFields &
  IgnoredConfigFields &
  Hooks<unknown, unknown, unknown> &
  ErrorHook<unknown, unknown>;

/** The members of a configuration besides its hooks, which are global: around every task, outside the task's own. */
export interface ConfigFields {
  /** The project's reference. @defaultValue the name of the folder */
  readonly project?: string;
  /** Folders that hold task files, read recursively. @defaultValue every folder named `trigger` */
  readonly dirs?: readonly string[];
  /** @defaultValue `["**\/*.test.*", "**\/*.spec.*"]` */
  readonly ignorePatterns?: readonly string[];
  readonly retries?: {
    /** For tasks without `retry`, as a whole. */
    readonly default?: RetryOptions;
    /** `false`: a single attempt under `baton dev`. @defaultValue true */
    readonly enabledInDev?: boolean;
  };
  /** For tasks without one. @defaultValue "small-1x" */
  readonly machine?: TaskMachine;
  /** Seconds, for tasks without one; none by default. */
  readonly maxDuration?: number;
  /** For tasks without one: a duration such as `"10m"`, or seconds; none by default. */
  readonly ttl?: string | number;
  /** Which environment variables task code sees. @defaultValue everything but `BATON_*` and `NODE_OPTIONS` */
  readonly env?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /** Seconds that importing the task files may take. @defaultValue 30 */
  readonly loadTimeout?: number;
  /** The lowest level that `logger` stores. @defaultValue "info" */
  readonly logLevel?: "none" | "error" | "warn" | "info" | "log" | "debug";
  /** Also print captured console output on the runner. @defaultValue false */
  readonly enableConsoleLogging?: boolean;
  /** Do not capture console output. @defaultValue false */
  readonly disableConsoleInterceptor?: boolean;
  /** Reuse a thread for further attempts; `false`: a fresh one for each. @defaultValue true, 10,000 attempts */
  readonly processKeepAlive?: boolean | { readonly enabled: boolean; readonly maxExecutionsPerProcess?: number };
  /** `"object"`: hooks whose arguments are positional get one object instead, in tasks too. @defaultValue "positional" */
  readonly hookParams?: "positional" | "object";
  /** A run never goes on in another version, however long no runner has its own. @defaultValue false */
  readonly pinVersions?: boolean;
}

/** Members of a Trigger.dev configuration that have no effect here; a notice at registration names those that are set. */
export interface IgnoredConfigFields {
  readonly build?: unknown;
  readonly runtime?: unknown;
  readonly tsconfig?: unknown;
  readonly telemetry?: unknown;
  readonly extraCACerts?: unknown;
  readonly deploy?: unknown;
  readonly compatibilityFlags?: unknown;
  readonly legacyDevProcessCwdBehaviour?: unknown;
}

/** The members of `T` that a configuration does not have. */
type UnknownMember<T> = Exclude<keyof T, keyof BatonConfig>;

/**
 * Gives the configuration its types; changes nothing. A member that no configuration has is an error of the compiler, also
 * when it comes from a spread or a variable.
 */
export function defineConfig<T extends BatonConfig>(
  config: BatonConfig &
    ([UnknownMember<T>] extends [never] ? unknown : T & { readonly [K in UnknownMember<T>]: never }),
): BatonConfig {
  return config;
}
