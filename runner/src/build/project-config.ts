import { existsSync } from "node:fs";
import path from "node:path";
import { hookOptions } from "@baton/proto/contract/hook-names";
import type { MachineName } from "@baton/proto/contract/machine";
import { builtInRetryPolicy, type RetryPolicy } from "@baton/proto/contract/retry";
import * as z from "zod";
import { ConfigFileInvalidError } from "./build-error.ts";
import { isDescribed } from "./definition/describe-value.ts";
import { findHookProblems } from "./definition/hook-options.ts";
import { readMachine } from "./definition/machine-option.ts";
import { readRetry } from "./definition/retry-options.ts";
import { type Reading, readMaxDuration, readTtl } from "./definition/time-options.ts";
import { logThresholds, type ResolvedConfig } from "./manifest.ts";

/** A configuration as read: how task files are found, and defaults for tasks. */
export interface ProjectConfig {
  readonly resolved: ResolvedConfig;
  /** Folders of task files; absent for all folders named `trigger`. */
  readonly dirs?: readonly string[] | undefined;
  readonly ignorePatterns: readonly string[];
  readonly defaults: TaskDefaults;
  /** Sentences for the author of the file. */
  readonly notices: readonly string[];
}

/** Values for tasks that do not set their own. */
export interface TaskDefaults {
  readonly retry: RetryPolicy;
  readonly machine?: MachineName | undefined;
  readonly maxDuration?: number | "none" | undefined;
  readonly ttlMs?: number | undefined;
  /** Whether runs keep the version that they started with. */
  readonly pinVersions?: boolean | undefined;
}

const baseNames = ["baton.config", "trigger.config"];
const extensions = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];
const ignoredFields = [
  "build",
  "runtime",
  "tsconfig",
  "telemetry",
  "extraCACerts",
  "deploy",
  "compatibilityFlags",
  "legacyDevProcessCwdBehaviour",
] as const;
const defaultAttemptsPerThread = 10_000;

/** Finds the configuration file of a project; undefined when there is none. */
export function findConfigFile(projectDir: string): string | undefined {
  const candidates = baseNames.flatMap((name) =>
    extensions.map((extension) => path.join(projectDir, name + extension)),
  );
  return candidates.find((file) => existsSync(file));
}

const retry = z.unknown().transform((value, context): RetryPolicy => {
  const { retry, problems, unknown } = readRetry(value, "");
  const all = [...problems, ...unknown.map((name) => ({ path: name, reason: "is not a known member" }))];
  for (const { path: at, reason } of all) {
    context.addIssue({ code: "custom", message: reason, path: at.split(".").filter((name) => name !== "") });
  }
  return retry;
});

const machine = z.unknown().transform((value, context): MachineName => {
  const { preset, problems } = readMachine(value);
  for (const { path: at, reason } of problems) {
    context.addIssue({ code: "custom", message: reason, path: at === "" ? [] : [at] });
  }
  return preset;
});

const names = z.array(z.string().min(1));
const ProjectConfigFile = z.strictObject({
  project: z.string().min(1).optional(),
  dirs: names.min(1).optional(),
  ignorePatterns: names.default(["**/*.test.*", "**/*.spec.*"]),
  retries: z.strictObject({ enabledInDev: z.boolean().default(true), default: retry.optional() }).prefault({}),
  machine: machine.optional(),
  maxDuration: reading(readMaxDuration).optional(),
  ttl: reading(readTtl).optional(),
  hookParams: z.enum(["positional", "object"]).default("positional"),
  env: z.strictObject({ allow: names.exactOptional(), deny: names.exactOptional() }).default({}),
  loadTimeout: z.number().positive().max(3_600).default(30),
  pinVersions: z.boolean().default(false),
  logLevel: z.enum(logThresholds).default("info"),
  enableConsoleLogging: z.boolean().default(false),
  disableConsoleInterceptor: z.boolean().default(false),
  processKeepAlive: z
    .union([
      z.boolean(),
      z.strictObject({
        enabled: z.boolean(),
        maxExecutionsPerProcess: z.number().int().min(1).default(defaultAttemptsPerThread),
      }),
    ])
    .default(true),
});

/** Returns the configuration of a project without a configuration file. */
export function defaultConfig(projectDir: string): ProjectConfig {
  return parseConfig({ default: {} }, projectDir, "");
}

/**
 * Checks the exports of a configuration file and fills in the defaults.
 *
 * @param values - the exports `default`, `config` and `handleError`, described by `describeValue`
 * @param file - the file's name, relative to the project
 * @throws {@link ConfigFileInvalidError} naming every invalid field.
 */
export function parseConfig(
  values: Readonly<Record<string, unknown>>,
  projectDir: string,
  file: string,
): ProjectConfig {
  const written = values.default ?? values.config;
  if (typeof written !== "object" || written === null || isDescribed(written)) {
    throw new ConfigFileInvalidError(
      file,
      "Expected a default export of defineConfig({ ... }), or an export named config.",
    );
  }
  const fields: Record<string, unknown> = { ...written };
  const ignored = ignoredFields.filter((name) => takeOut(fields, name));
  const hooks = takeHooks(fields, values.handleError);

  const parsed = ProjectConfigFile.safeParse(fields);
  const problems = findHookProblems(hooks).map(({ path: at, reason }) => `✖ ${reason}\n  → at ${at}`);
  if (!parsed.success) problems.push(z.prettifyError(parsed.error));
  if (!parsed.success || problems.length > 0) throw new ConfigFileInvalidError(file, problems.join("\n"));
  return toProjectConfig(parsed.data, projectDir, ignored.length === 0 ? [] : [ignoredNotice(file, ignored)]);
}

function toProjectConfig(
  config: z.infer<typeof ProjectConfigFile>,
  projectDir: string,
  notices: readonly string[],
): ProjectConfig {
  return {
    resolved: {
      project: config.project ?? path.basename(projectDir),
      env: config.env,
      loadTimeoutMs: Math.round(config.loadTimeout * 1_000),
      logLevel: config.logLevel,
      enableConsoleLogging: config.enableConsoleLogging,
      disableConsoleInterceptor: config.disableConsoleInterceptor,
      maxAttemptsPerThread: attemptsPerThread(config.processKeepAlive),
      retriesEnabledInDev: config.retries.enabledInDev,
      hookParams: config.hookParams,
    },
    dirs: config.dirs,
    ignorePatterns: config.ignorePatterns,
    defaults: {
      retry: config.retries.default ?? builtInRetryPolicy,
      machine: config.machine,
      maxDuration: config.maxDuration,
      ttlMs: config.ttl,
      pinVersions: config.pinVersions,
    },
    notices,
  };
}

function attemptsPerThread(keepAlive: z.infer<typeof ProjectConfigFile>["processKeepAlive"]): number {
  if (typeof keepAlive === "boolean") return keepAlive ? defaultAttemptsPerThread : 1;
  return keepAlive.enabled ? keepAlive.maxExecutionsPerProcess : 1;
}

function ignoredNotice(file: string, ignored: readonly string[]): string {
  return `${file}: ${ignored.join(", ")} ${ignored.length === 1 ? "has" : "have"} no effect here.`;
}

/**
 * Moves the hooks out of `fields`. A separately exported `handleError` counts when the configuration has none under
 * either name.
 */
function takeHooks(fields: Record<string, unknown>, exportedHandler: unknown): Record<string, unknown> {
  const hooks: Record<string, unknown> = {};
  for (const name of hookOptions) {
    hooks[name] = fields[name];
    delete fields[name];
  }
  if (hooks.handleError === undefined && hooks.catchError === undefined) hooks.handleError = exportedHandler;
  return hooks;
}

function takeOut(fields: Record<string, unknown>, name: string): boolean {
  const isGiven = fields[name] !== undefined;
  delete fields[name];
  return isGiven;
}

function reading<T>(read: (value: unknown) => Reading<T>) {
  return z.unknown().transform((value, context): T => {
    const result = read(value);
    if ("value" in result) return result.value;
    context.addIssue({ code: "custom", message: result.reason });
    return z.NEVER;
  });
}
