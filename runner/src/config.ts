import { availableParallelism, totalmem } from "node:os";
import { defaultAddress, isEnvironmentTokenFor } from "@baton/proto/connection";
import { defaultMachine, machines } from "@baton/proto/contract/machine";
import { readSettings, type SettingSource } from "@baton/proto/settings";
import * as z from "zod";
import { CredentialInEnvironmentError } from "./errors.ts";
import type { TaskChange } from "./project/task-changes.ts";

const threadsPerCore = 8;
const bytesPerGb = 1024 ** 3;

/** The settings of a runner. Immutable. */
export interface RunnerConfig {
  /** `host:port` of the coordinator. @defaultValue "127.0.0.1:4750" */
  readonly coordinator: string;
  /** The project's folder. @defaultValue "." */
  readonly dir: string;
  /** Worker threads, at least 1. @defaultValue 8 for each core, as many as memory allows on the default machine */
  readonly concurrency: number;
  /** vCPUs for attempts whose machine has at least 1. @defaultValue the cores that this process may use */
  readonly cpu: number;
  /** Memory for attempts, in GB. @defaultValue the memory that this process may use */
  readonly memoryGb: number;
  /** Whether an attempt whose machine is larger than the whole runner may execute, alone. @defaultValue false */
  readonly overcommit: boolean;
  /** File with the shared token; absent when none is sent. */
  readonly tokenFile?: string | undefined;
  /** How long attempts may go on while the runner drains, in milliseconds. @defaultValue 25_000 */
  readonly drainGraceMs: number;
  /** Time between the abort of an attempt's signal at `maxDuration` and its end, in milliseconds. @defaultValue 0 */
  readonly maxDurationGraceMs: number;
  /**
   * Time in milliseconds after which an attempt fails whose thread's event loop is silent. Absent for no limit, because
   * a long computation is not an error.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Whether the runner builds again when a file changes, in the environment `DEVELOPMENT`. @defaultValue false */
  readonly watch?: boolean | undefined;
  /**
   * Interval in milliseconds at which watched files are checked for changes, 50 to 60,000. Absent when the file system
   * reports changes.
   */
  readonly watchPollMs?: number | undefined;
  /** Called for each version that the coordinator registered for this runner. */
  readonly onVersion?: ((version: AnnouncedVersion) => void) | undefined;
  /**
   * Called when task files have problems while watching. When files are left out, the version of the others is
   * registered next; otherwise the earlier version stays.
   *
   * @param leftOut - task files that were left out, relative to the project; undefined when no new version is made
   */
  readonly onProblems?: ((problems: readonly Error[], leftOut: readonly string[] | undefined) => void) | undefined;
  /** Called when task files can be built again and are equal to the version that was loaded before. */
  readonly onMended?: (() => void) | undefined;
  /** Called when `.env` files changed while watching, once new attempts see the change. */
  readonly onEnvironment?: ((change: EnvironmentChange) => void) | undefined;
}

/** A change of a project's `.env` files. */
export interface EnvironmentChange {
  /** The names of the changed files, such as `.env.local`. */
  readonly files: readonly string[];
  /** Variables whose value changed for tasks. Variables of the process take precedence, so there may be none. */
  readonly variables: readonly string[];
}

/** A registered version, as it is announced to the program that started the runner. */
export interface AnnouncedVersion {
  /** "YYYYMMDD.N" */
  readonly version: string;
  readonly tasks: readonly { readonly id: string; readonly filePath: string }[];
  /** Whether task files with problems were left out. */
  readonly isPartial: boolean;
  /** Changes of tasks since the version announced before; absent for the first. */
  readonly changes?: readonly TaskChange[];
  /** Files that changed since the version announced before, relative to the project. */
  readonly editedFiles: readonly string[];
}

const Settings = z.strictObject({
  coordinator: z.string().min(1).default(defaultAddress),
  dir: z.string().min(1).default("."),
  concurrency: z.coerce.number().int().min(1).max(4096).optional(),
  cpu: z.coerce.number().positive().optional(),
  memoryGb: z.coerce.number().positive().optional(),
  overcommit: z.stringbool().or(z.boolean()).default(false),
  tokenFile: z.string().min(1).optional(),
  drainGraceMs: z.coerce.number().int().min(0).default(25_000),
  maxDurationGraceMs: z.coerce.number().int().min(0).max(60_000).default(0),
  stallTimeoutMs: z.coerce.number().int().min(1_000).optional(),
  watchPollMs: z.coerce.number().int().min(50).max(60_000).optional(),
});

const sources: Readonly<Record<keyof z.infer<typeof Settings>, SettingSource>> = {
  coordinator: { variable: "BATON_COORDINATOR" },
  dir: { variable: "BATON_DIR" },
  concurrency: { variable: "BATON_CONCURRENCY" },
  cpu: { variable: "BATON_CPU" },
  memoryGb: { variable: "BATON_MEMORY", formerFlag: "memory" },
  overcommit: { variable: "BATON_OVERCOMMIT" },
  tokenFile: { variable: "BATON_TOKEN_FILE" },
  drainGraceMs: { variable: "BATON_DRAIN_GRACE_MS" },
  maxDurationGraceMs: { variable: "BATON_MAX_DURATION_GRACE_MS", formerFlag: "maxDurationGrace" },
  stallTimeoutMs: { variable: "BATON_STALL_TIMEOUT_MS", formerFlag: "stallTimeout" },
  watchPollMs: { variable: "BATON_WATCH_POLL_MS", flag: "poll" },
};

/**
 * Reads the configuration from flags, named as members of {@link RunnerConfig} or as on the command line, and missing
 * settings from the environment.
 *
 * @throws {@link CredentialInEnvironmentError} when `BATON_TOKEN` is set.
 * @throws {@link ConfigError} naming every invalid setting.
 */
export function readRunnerConfig(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): RunnerConfig {
  if (env.BATON_TOKEN !== undefined && env.BATON_TOKEN !== "") throw new CredentialInEnvironmentError();
  const isOwnTokenFile = isEnvironmentTokenFor(flags.coordinator as string | undefined, env);
  const settings = readSettings(
    Settings,
    sources,
    flags,
    isOwnTokenFile ? env : { ...env, BATON_TOKEN_FILE: undefined },
  );
  const cpu = settings.cpu ?? availableParallelism();
  const memoryGb = settings.memoryGb ?? usableMemoryGb();
  const fitting = Math.floor(memoryGb / machines[defaultMachine].memoryGb);
  const concurrency = settings.concurrency ?? Math.max(1, Math.min(threadsPerCore * availableParallelism(), fitting));
  return Object.freeze({ ...settings, cpu, memoryGb, concurrency });
}

/** Returns the computer's memory, or the container's limit when it is lower. */
function usableMemoryGb(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.floor((bytes / bytesPerGb) * 100) / 100;
}
