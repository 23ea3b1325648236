import type { LogLevel } from "../contract/log-level.ts";
import type { ErrorHook, Hooks } from "./task-hooks.ts";
import type { RetryOptions, TaskMachine } from "./task-options.ts";

/**
 * The default export of `baton.config.ts` or `trigger.config.ts`. The compiler and the registration refuse any other
 * member.
 */
export type BatonConfig = ConfigFields &
  IgnoredConfigFields &
  Hooks<unknown, unknown, unknown> &
  ErrorHook<unknown, unknown>;

/** The members of a configuration except its hooks. Hooks of a configuration are global: they apply to every task. */
export interface ConfigFields {
  /** The project's name in `ctx.project`. @defaultValue the name of the folder */
  readonly project?: string;
  /** Folders that hold task files, read recursively. @defaultValue every folder named `trigger` */
  readonly dirs?: readonly string[];
  /** Files in those folders that are not task files. @defaultValue `["**\/*.test.*", "**\/*.spec.*"]` */
  readonly ignorePatterns?: readonly string[];
  readonly retries?: {
    /** The policy of tasks without `retry`, as a whole. */
    readonly default?: RetryOptions;
    /** `false` gives every run a single attempt in `baton dev`. @defaultValue true */
    readonly enabledInDev?: boolean;
  };
  /** The machine of tasks without one. @defaultValue "small-1x" */
  readonly machine?: TaskMachine;
  /** The `maxDuration` of tasks without one, in seconds. @defaultValue no limit */
  readonly maxDuration?: number;
  /** The `ttl` of tasks without one: a duration such as `"10m"`, or seconds. @defaultValue none; 10 minutes in `baton dev` */
  readonly ttl?: string | number;
  /** The environment variables that task code sees. @defaultValue all except `BATON_*` and `NODE_OPTIONS` */
  readonly env?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /** Limits the import of the task files, in seconds. @defaultValue 30 */
  readonly loadTimeout?: number;
  /** The lowest level that `logger` stores. @defaultValue "info" */
  readonly logLevel?: "none" | LogLevel;
  /** Prints captured console output on the runner too. @defaultValue false */
  readonly enableConsoleLogging?: boolean;
  /** Switches the capture of console output off. @defaultValue false */
  readonly disableConsoleInterceptor?: boolean;
  /** Reuses a thread for further attempts; `false` starts a new thread for each attempt. @defaultValue true, 10,000 attempts */
  readonly processKeepAlive?: boolean | { readonly enabled: boolean; readonly maxExecutionsPerProcess?: number };
  /** `"object"` calls every hook with one object, those of tasks too. @defaultValue "positional" */
  readonly hookParams?: "positional" | "object";
  /** Keeps a run in the version it started with, however long no runner has that version. @defaultValue false */
  readonly pinVersions?: boolean;
}

/** Members of a Trigger.dev configuration that have no effect here. A notice at registration names those that are set. */
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

/** Members of `T` that no configuration has. */
type UnknownMember<T> = Exclude<keyof T, keyof BatonConfig>;

/**
 * Adds types to a configuration and returns it unchanged. The compiler refuses unknown members, also in a spread or a
 * variable.
 * @example
 * export default defineConfig({ maxDuration: 300, retries: { default: { maxAttempts: 5 } } });
 */
export function defineConfig<T extends BatonConfig>(
  config: BatonConfig &
    ([UnknownMember<T>] extends [never] ? unknown : T & { readonly [K in UnknownMember<T>]: never }),
): BatonConfig {
  return config;
}
