import { availableParallelism, totalmem } from "node:os";
import { defaultAddress, isEnvironmentTokenFor } from "@baton/proto/connection";
import { defaultMachine, machines } from "@baton/proto/contract/machine";
import { readSettings, type SettingSource } from "@baton/proto/settings";
import * as z from "zod";
import { CredentialInEnvironmentError } from "./errors.ts";
import type { TaskChange } from "./project/task-changes.ts";

const threadsPerCore = 8;
const bytesPerGb = 1024 ** 3;

/** What a runner is started with. Immutable. */
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
  /** Take a machine that is larger than the whole runner, alone. @defaultValue false */
  readonly overcommit: boolean;
  /** File with the shared token; absent: none is sent. */
  readonly tokenFile?: string | undefined;
  /** How long attempts may go on while the runner drains, in milliseconds. @defaultValue 25_000 */
  readonly drainGraceMs: number;
  /** What an attempt gets between the abort of its signal at `maxDuration` and its end, in milliseconds. @defaultValue 0 */
  readonly maxDurationGraceMs: number;
  /**
   * A thread whose event loop is silent for so long, in milliseconds, ends as a failed attempt. Absent: never, because a
   * long computation is no fault.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Build again when a file changes, in the environment `DEVELOPMENT`. @defaultValue false */
  readonly watch?: boolean | undefined;
  /**
   * How often files are looked at for changes while watching, in milliseconds, 50 to 60,000. Absent: the file system tells
   * of changes.
   */
  readonly watchPollMs?: number | undefined;
  /** Told about each version that the coordinator registered for this runner. */
  readonly onVersion?: ((version: AnnouncedVersion) => void) | undefined;
  /**
   * Told what is wrong with the task files while watching: before the version of the other files is registered when some
   * are left out, else the version before goes on.
   *
   * @param leftOut - The task files, relative to the project; undefined when no version is made without them.
   */
  readonly onProblems?: ((problems: readonly Error[], leftOut: readonly string[] | undefined) => void) | undefined;
  /** Told when task files that could not be built can be again, and are what was loaded before. */
  readonly onMended?: (() => void) | undefined;
  /** Told when files of variables changed while watching, after the next attempt would see them. */
  readonly onEnvironment?: ((change: EnvironmentChange) => void) | undefined;
}

/** What became of the variables of a project's `.env` files. */
export interface EnvironmentChange {
  /** The files that changed, as `.env.local`. */
  readonly files: readonly string[];
  /** The variables that tasks see otherwise now. Those of the process win, so there may be none. */
  readonly variables: readonly string[];
}

/** A registered version, as it is announced to whoever started the runner. */
export interface AnnouncedVersion {
  /** "YYYYMMDD.N" */
  readonly version: string;
  readonly tasks: readonly { readonly id: string; readonly filePath: string }[];
  /** Were task files left out, because something is wrong with them? */
  readonly isPartial: boolean;
  /** What became of the tasks since the version that was announced before; absent of the first. */
  readonly changes?: readonly TaskChange[];
  /** The files that changed since then, relative to the project. */
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
 * Reads the configuration from flags (named as the members of {@link RunnerConfig} or as on the command line) and, for what
 * they leave out, from the environment.
 *
 * @throws {@link CredentialInEnvironmentError} when `BATON_TOKEN` is set.
 * @throws {@link ConfigError} naming every setting that cannot be used.
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

/** What the machine has, or a container's limit when that is less. */
function usableMemoryGb(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.floor((bytes / bytesPerGb) * 100) / 100;
}
